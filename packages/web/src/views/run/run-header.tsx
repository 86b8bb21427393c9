import { Link } from '@tanstack/react-router';
import { GRAPH_STATES, type RunDetail } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useRunMetrics } from '../../data/artifacts.ts';
import { useRunStates } from '../../data/run-graph.ts';
import { count } from '../../logic/format.ts';
import { countsOf } from '../../logic/run-states.ts';
import { Amount } from '../../ui/amount.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Took, When } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { Progress } from '../runs/run-cells.tsx';
import { RunActions } from './run-actions.tsx';

const words = RUN_WORDS.page;

interface Props {
  readonly run: RunDetail;
  /** The node that is looked at. */
  readonly node: string | undefined;
}

/** What a run is and how it stands, with what may be done about it. */
export function RunHeader({ run, node }: Props) {
  const { counts } = run;
  const nodes = nodesOf(run);
  return (
    <header className="run-header">
      <div className="run-title">
        <h1>{run.name}</h1>
        <StatusMark status={run.status} />
        <CopyId id={run.run_id} />
        <span className="grow" />
        <RunActions run={run} node={node} />
      </div>
      <dl className="facts">
        <Fact name={words.progress}>
          <Progress run={run} />
        </Fact>
        <Fact name={words.nodes}>
          {count(counts.completed)} / {count(nodes)}
          <Failed run={run} />
        </Fact>
        <Fact name={words.elapsed}>
          <Took from={run.started_at} to={run.completed_at} />
        </Fact>
        {run.phases.length > 0 && <Cost run={run} />}
        <Fact name={words.created}>
          <When at={run.created_at} />
        </Fact>
        <Fact name={words.by}>{run.triggered_by}</Fact>
        <Fact name={words.kind}>
          {RUN_WORDS.list.kinds[run.kind]}
          {run.task_id !== null && (
            <>
              {' '}
              <Link to="/tasks/$taskId" params={{ taskId: run.task_id }}>
                {words.toTask}
              </Link>
            </>
          )}
        </Fact>
        <Fact name={words.priority}>{run.priority}</Fact>
      </dl>
    </header>
  );
}

const NOT_REACHED = GRAPH_STATES.indexOf('not_reached');

/** Nodes that have failed themselves; those behind them were only not reached. */
function Failed({ run }: { readonly run: RunDetail }) {
  return run.counts.failed === 0 ? null : <FailedOf run={run} />;
}

function FailedOf({ run }: { readonly run: RunDetail }) {
  const states = useRunStates(run.run_id, `${run.version} ${run.status}`);
  const missed = states === undefined ? 0 : (countsOf(states)[NOT_REACHED] ?? 0);
  const failed = Math.max(0, run.counts.failed - missed);
  return (
    <>
      {failed > 0 && <span className="tone-red"> · {words.failed(count(failed))}</span>}
      {missed > 0 && <span className="dim"> · {words.notReached(count(missed))}</span>}
    </>
  );
}

/** What the run has cost so far; nothing where no model was asked. */
function Cost({ run }: { readonly run: RunDetail }) {
  const { data } = useRunMetrics(run.run_id);
  if (data === undefined || data.total_cost_usd === 0) return null;
  return (
    <Fact name={words.cost}>
      <Amount cost={data.total_cost_usd} recorded={data.total_recorded_cost_usd} />
    </Fact>
  );
}

function nodesOf({ counts }: RunDetail): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
