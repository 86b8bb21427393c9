import type { RunView } from '@tenuto/contract';
import type { ReactNode } from 'react';
import type { RunColumn } from '../../logic/run-columns.ts';
import { isOver, lookOf } from '../../logic/status.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Took, When } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;

/** What each column that can be chosen shows of a run. */
export const CELLS: Readonly<Record<RunColumn, (run: RunView) => ReactNode>> = {
  kind: (run) => words.kinds[run.kind],
  profile: (run) => run.profile ?? <span className="dim">–</span>,
  progress: (run) => <Progress run={run} />,
  created: (run) => <When at={run.created_at} />,
  started: (run) => <When at={run.started_at} />,
  ended: (run) => <When at={run.completed_at} />,
  took: (run) => <Took from={run.started_at} to={run.completed_at} />,
  priority: (run) => <span className="num">{run.priority}</span>,
  by: (run) => <span className="dim">{run.triggered_by}</span>,
  tags: (run) => <span className="dim">{run.tags.join(', ')}</span>,
  id: (run) => <CopyId id={run.run_id} />,
};

/** How far a run has come; a bar is for what still moves, so that its eye-catching is worth it. */
export function Progress({
  run,
}: {
  readonly run: Pick<RunView, 'progress_percentage' | 'status'>;
}) {
  const value = Math.round(run.progress_percentage);
  if (isOver(run.status)) return <span className="dim num">{value}%</span>;
  return (
    <span className={`tone-${lookOf(run.status).tone} num`}>
      <span className="meter" aria-hidden="true">
        <span style={{ width: `${value}%` }} />
      </span>{' '}
      <span className="percent">{value}%</span>
    </span>
  );
}
