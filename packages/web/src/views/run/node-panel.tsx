import { Button } from '@mantine/core';
import type { Attempt, JobNode, RunDetail } from '@tenuto/contract';
import { type ReactNode, useRef, useState } from 'react';
import { type RunAsk, useRunAction } from '../../data/run-actions.ts';
import { useAttempts } from '../../data/runs.ts';
import { useMay } from '../../data/scopes.ts';
import { duration } from '../../logic/format.ts';
import { shownStatus } from '../../logic/status.ts';
import { useClosing } from '../../ui/closing.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-id.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';
import { SendSignal } from './send-signal.tsx';

const words = RUN_WORDS.node;

interface Props {
  readonly run: RunDetail;
  readonly node: JobNode;
  readonly close: () => void;
  readonly openLog: () => void;
}

/** One node beside the graph: what it came to, attempt by attempt, and what may be done. */
export function NodePanel({ run, node, close, openLog }: Props) {
  const { data: attempts } = useAttempts(run.run_id, node.node_id);
  const panel = useRef<HTMLElement>(null);
  useClosing(panel, close);
  return (
    <aside ref={panel} className="node-panel card" aria-label={`${words.title} ${node.node_id}`}>
      <header>
        <StatusMark status={shownStatus(node)} />
        <strong className="grow cut">{node.name ?? node.node_id}</strong>
        <CopyButton text={node.node_id} what={node.node_id} />
        <button
          type="button"
          className="bare-button"
          onClick={close}
          aria-label={WORDS.common.close}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="card-body node-body">
        <div className="row">
          <Button variant="default" onClick={openLog}>
            {words.openLog}
          </Button>
          <NodeActions run={run} node={node} />
        </div>
        <Facts node={node} />
        {node.error !== null && (
          <Part title={words.error}>
            <p className="tone-red">
              <code>{node.error.type}</code> {node.error.message}
            </p>
          </Part>
        )}
        <Part title={words.attempts}>
          <Attempts attempts={attempts ?? []} />
        </Part>
        <Part title={words.output}>
          {node.output === null || node.output === undefined ? (
            <p className="dim">{words.noOutput}</p>
          ) : (
            <JsonView value={node.output} label={words.output} />
          )}
        </Part>
        {node.with !== undefined && (
          <Part title={words.input}>
            <JsonView value={node.with} label={words.input} />
          </Part>
        )}
      </div>
    </aside>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ node }: { readonly node: JobNode }) {
  const facts: readonly (readonly [string, ReactNode])[] = [
    [words.type, node.type.replaceAll('_', ' ')],
    [words.uses, node.uses === null ? '–' : <code key="uses">{node.uses}</code>],
    [words.took, node.duration_ms === null ? '–' : duration(node.duration_ms)],
    ...(node.parent_nodes.length > 0
      ? [
          [
            words.parents,
            <code key="parents">{node.parent_nodes.slice(0, 8).join(', ')}</code>,
          ] as const,
        ]
      : []),
    ...(node.waiting_for?.until
      ? [[words.waits, <When key="waits" at={node.waiting_for.until} />] as const]
      : []),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <p className="dim">–</p>;
  return (
    <table className="table">
      <tbody>
        {attempts.map((one, index) => (
          <tr key={`${one.generation}-${one.attempt}`}>
            <td className="num">{one.attempt}</td>
            <td>
              <StatusMark status={one.status} />
            </td>
            <td className="num">{one.duration_ms === null ? '–' : duration(one.duration_ms)}</td>
            <td className="attempt-error">
              {one.error?.message}
              {one.retry_at !== null && index === attempts.length - 1 && (
                <span className="dim">
                  {' '}
                  {words.retryAt} <When at={one.retry_at} />
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NodeActions({ run, node }: { readonly run: RunDetail; readonly node: JobNode }) {
  const [question, setQuestion] = useState<Question>();
  const action = useRunAction(run.run_id);
  const mayChange = useMay()('jobs:write');
  if (!mayChange) return null;
  const { node_id: nodeId } = node;
  const ended = run.status === 'failed' || run.status === 'timeout';
  const bad = node.status === 'failed' || node.status === 'timeout';
  const ask = (what: 'retryNode' | 'skip', verb: string) => () => {
    const [title, text] = RUN_WORDS.page.ask[what];
    const asks: Question = {
      ...{ title, text, verb, reason: true, reasonNeeded: what === 'skip' },
      act: (reason) => action.mutate({ do: what, nodeId, reason } satisfies RunAsk),
    };
    setQuestion(asks);
  };
  return (
    <>
      {ended && (
        <Button variant="default" onClick={ask('retryNode', words.retry)}>
          {words.retry}
        </Button>
      )}
      {ended && bad && (
        <Button variant="default" onClick={ask('skip', words.skip)}>
          {words.skip}
        </Button>
      )}
      {node.status === 'waiting' && node.waiting_for?.until !== undefined && node.attempts > 0 && (
        <Button
          variant="default"
          loading={action.isPending}
          onClick={() => action.mutate({ do: 'cancelRetry', nodeId })}
        >
          {words.cancelRetry}
        </Button>
      )}
      {node.waiting_for?.signal !== undefined &&
        node.status === 'waiting' &&
        run.phases.length === 0 && <SendSignal runId={run.run_id} name={node.waiting_for.signal} />}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
