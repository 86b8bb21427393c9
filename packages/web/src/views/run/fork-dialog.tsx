import { Button, Group, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ForkChanges, RunDetail } from '@tenuto/contract';
import { type FormEvent, useMemo, useState } from 'react';
import { useFork } from '../../data/compare.ts';
import { useRunNodes } from '../../data/runs.ts';
import { readObject, runsAgain } from '../../logic/fork-preview.ts';
import { pretty } from '../../logic/format.ts';
import { Failure } from '../../ui/notice.tsx';
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
    <Modal opened={opened} onClose={close} title={words.title} size="lg">
      {opened && <Form run={run} node={node} close={close} />}
    </Modal>
  );
}

function Form({ run, node, close }: Omit<Props, 'opened'>) {
  const { data: job } = useRunNodes(run.run_id);
  const all = job?.nodes ?? [];
  const [from, setFrom] = useState(node);
  const [name, setName] = useState(run.name);
  const [params, setParams] = useState(pretty(run.params));
  const [nodes, setNodes] = useState('');
  const fork = useFork(run.run_id);
  const navigate = useNavigate();
  const given = readObject(params);
  const changed = readObject(nodes);
  const unknown = Object.keys(changed.value ?? {}).find(
    (id) => !all.some(({ node_id }) => node_id === id),
  );
  const differing = Object.entries(given.value ?? {}).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(run.params[key]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (given.problem ?? changed.problem) return;
    const changes = {
      ...(differing.length > 0 && { params: Object.fromEntries(differing) }),
      ...(changed.value !== undefined && { nodes: changed.value as ForkChanges['nodes'] & {} }),
      ...(name.trim() !== '' && name !== run.name && { name: name.trim() }),
    };
    const body = { ...(from !== undefined && { from_node: from }), changes };
    fork.mutate(body, {
      onSuccess: (made) => {
        close();
        void navigate({ to: '/runs/$runId', params: { runId: made } });
      },
    });
  };
  const problem = (text: string | undefined) => text !== undefined && words.bad + text;
  return (
    <form onSubmit={submit} className="stack fork-form">
      <p className="dim">{words.text}</p>
      <Select
        label={words.from}
        placeholder={words.fromAll}
        data={all.map(({ node_id: id, name: own }) => ({ value: id, label: own ?? id }))}
        value={from ?? null}
        onChange={(value) => setFrom(value ?? undefined)}
        searchable
        clearable
        limit={100}
      />
      <TextInput
        label={words.name}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={255}
      />
      <Textarea
        label={words.params}
        description={words.paramsHint}
        value={params}
        onChange={(event) => setParams(event.currentTarget.value)}
        rows={5}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={problem(given.problem)}
      />
      <Textarea
        label={words.nodes}
        description={words.nodesHint}
        placeholder='{ "summarise": { "model": "openai/gpt-5-mini" } }'
        value={nodes}
        onChange={(event) => setNodes(event.currentTarget.value)}
        rows={5}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={problem(changed.problem) || (unknown !== undefined && words.unknown(unknown))}
      />
      <Preview
        {...{ run, from }}
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
  readonly nodes: readonly string[];
  readonly params: readonly string[];
}

function Preview({ run, from, nodes, params }: PreviewProps) {
  const { data: job } = useRunNodes(run.run_id);
  const all = job?.nodes;
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
