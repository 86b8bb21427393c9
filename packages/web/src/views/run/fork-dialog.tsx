import { Button, Group, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ForkChanges, RunDetail } from '@tenuto/contract';
import { type FormEvent, useMemo, useState } from 'react';
import { useFork } from '../../data/compare.ts';
import { useRunGraph, useRunStates } from '../../data/run-graph.ts';
import { useRunPlan } from '../../data/runs.ts';
import { nodesOf, readObject, runsAgain } from '../../logic/fork-preview.ts';
import { pretty } from '../../logic/format.ts';
import { runGraphOf } from '../../logic/run-graph.ts';
import { TextField } from '../../ui/fields.tsx';
import { Failure } from '../../ui/notice.tsx';
import { FormModal } from '../../ui/unsaved.tsx';
import { FORK_WORDS as words } from '../../words-compare.ts';

interface Props {
  readonly run: RunDetail;
  readonly node: string | undefined;
  readonly opened: boolean;
  readonly close: () => void;
}

/** Makes a fork, with what is to be another one in it; shows before what runs again. */
export function ForkDialog({ run, node, opened, close }: Props) {
  return (
    <FormModal opened={opened} onClose={close} title={words.title} size="lg">
      {opened && <Form run={run} node={node} />}
    </FormModal>
  );
}

type NodeChanges = NonNullable<ForkChanges['nodes']>;

const NODES_EXAMPLE = '{ "summarise": { "model": "openai/gpt-5-mini" } }';

function Form({ run, node }: Pick<Props, 'run' | 'node'>) {
  const all = useNodes(run);
  const [from, setFrom] = useState(node);
  const [name, setName] = useState(run.name);
  const [params, setParams] = useState(pretty(run.params));
  const [nodes, setNodes] = useState('');
  const fork = useFork(run.run_id);
  const navigate = useNavigate();
  const given = readObject(params);
  const changed = readObject(nodes);
  const ids = new Set(all?.map(({ node_id: id }) => id));
  const unknown = Object.keys(changed.value ?? {}).find((id) => all && !ids.has(id));
  const differing = Object.entries(given.value ?? {}).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(run.params[key]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (given.problem ?? changed.problem) return;
    const other = name.trim();
    const changes: ForkChanges = {
      ...(differing.length > 0 && { params: Object.fromEntries(differing) }),
      // What may be changed of a node is the server's to say.
      ...(changed.value !== undefined && { nodes: changed.value as NodeChanges }),
      ...(other !== '' && other !== run.name && { name: other }),
    };
    const goThere = (runId: string) =>
      void navigate({ to: '/runs/$runId', params: { runId }, ignoreBlocker: true });
    fork.mutate(
      { ...(from !== undefined && { from_node: from }), changes },
      { onSuccess: goThere },
    );
  };
  const problem = (text: string | undefined) => (text === undefined ? text : words.bad + text);
  return (
    <form onSubmit={submit} className="stack fork-form">
      <p className="dim">{words.text}</p>
      <Select
        label={words.from}
        placeholder={words.fromAll}
        data={[...ids]}
        value={from ?? null}
        onChange={(value) => setFrom(value ?? undefined)}
        searchable
        clearable
        limit={100}
      />
      <TextField {...{ label: words.name, value: name, put: setName, maxLength: 255 }} />
      <TextField
        {...{ kind: 'lines', rows: 5, code: true, label: words.params, hint: words.paramsHint }}
        {...{ value: params, put: setParams, error: problem(given.problem) }}
      />
      <TextField
        {...{ kind: 'lines', rows: 5, code: true, label: words.nodes, hint: words.nodesHint }}
        {...{ value: nodes, put: setNodes, placeholder: NODES_EXAMPLE }}
        error={problem(changed.problem) ?? (unknown && words.unknown(unknown))}
      />
      <Preview
        {...{ run, from, all }}
        nodes={Object.keys(changed.value ?? {})}
        params={differing.map(([key]) => key)}
      />
      {fork.error !== null && <Failure error={fork.error} />}
      <Group justify="flex-end" gap="xs">
        <Button type="submit" loading={fork.isPending} disabled={unknown !== undefined}>
          {words.go}
        </Button>
      </Group>
    </form>
  );
}

const SHOWN = 12;

interface PreviewProps {
  readonly run: RunDetail;
  readonly from: string | undefined;
  readonly all: ReturnType<typeof useNodes>;
  readonly nodes: readonly string[];
  readonly params: readonly string[];
}

/** All nodes of the run, however many; undefined while they are not known. */
function useNodes(run: RunDetail) {
  const { data: graph } = useRunGraph(run.run_id);
  const states = useRunStates(run.run_id, `${run.version} ${run.status}`);
  return useMemo(
    () => graph && states && nodesOf(runGraphOf(graph, states.instances), states),
    [graph, states],
  );
}

function Preview({ run, from, all, nodes, params }: PreviewProps) {
  const { data: job } = useRunPlan(run.run_id);
  const plan = job?.plan;
  const choice = `${nodes.join()}|${params.join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the choice is what they come to.
  const again = useMemo(
    () => [...runsAgain(all ?? [], plan ?? undefined, { from, nodes, params })],
    [all, plan, from, choice],
  );
  if (all === undefined) return null;
  const isAll = again.length === all.length;
  return (
    <div className="fork-preview" role="status">
      <strong>{words.preview(again.length, all.length)}</strong>
      {!isAll && (
        <p>
          {again.slice(0, SHOWN).map((id) => (
            <code key={id} className="chip">
              {id}
            </code>
          ))}{' '}
          {again.length > SHOWN && words.more(again.length - SHOWN)}{' '}
          <span className="dim">{words.atLeast}</span>
        </p>
      )}
    </div>
  );
}
