import { Link } from '@tanstack/react-router';
import type { RunView } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useSomeRuns } from '../../data/runs.ts';
import { useRunsThatCall } from '../../data/runs-that-call.ts';
import { useMay } from '../../data/scopes.ts';
import { useNextTasks } from '../../data/tasks.ts';
import { count } from '../../logic/format.ts';
import type { RunFilters } from '../../logic/run-filters.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { messageOf } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Took, When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Progress } from '../runs/run-cells.tsx';
import { useLateFailures } from './use-late-failures.ts';

interface CardProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Card({ title, aside, children, className = '' }: CardProps) {
  return (
    <section className={`card ${className}`}>
      <header>
        <h2 className="grow">{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** What stands in a card of which nothing is known: an empty one would say that nothing is wrong. */
export function Unread({ error }: { readonly error: unknown }) {
  return (
    <p className="card-body tone-amber" role="alert">
      {words.unread} {messageOf(error)}
    </p>
  );
}

const RUNNING = ['running', 'recovering', 'retrying', 'paused'];

export function RunningNow() {
  const { data, error } = useSomeRuns({ status: RUNNING, limit: 8 });
  const may = useMay();
  return (
    <RunCard
      title={words.running}
      none={words.runningNone}
      start={may('jobs:write')}
      runs={data?.items}
      error={error}
      search={{ status: RUNNING.join(',') }}
      all={data && words.runningCount(count(data.total))}
    />
  );
}

const SHOWN = 8;

export function LatestFailures() {
  const { data, error } = useLateFailures(SHOWN);
  return (
    <RunCard
      title={words.failures}
      none={words.failuresNone}
      runs={data?.items}
      error={error}
      search={{ status: 'failed,timeout,aborted', since: '24h' }}
    />
  );
}

interface RunCardProps {
  readonly title: string;
  readonly none: string;
  /** Whether a run may be started here while there is none. */
  readonly start?: boolean;
  readonly runs: readonly RunView[] | undefined;
  readonly error: unknown;
  readonly search: RunFilters;
  readonly all?: string | undefined;
}

function RunCard({ title, none, start = false, search, all = words.seeAll, ...of }: RunCardProps) {
  const { runs, error } = of;
  const calling = useRunsThatCall();
  const more = runs !== undefined && runs.length > 0 && (
    <Link to="/runs" search={search}>
      {all}
    </Link>
  );
  return (
    <Card title={title} aside={more}>
      {runs === undefined && (error === null ? <Waiting rows={2} /> : <Unread error={error} />)}
      {runs?.length === 0 && (
        <p className="card-body dim">
          {none} {start && <Link to="/submit">{words.submit}</Link>}
        </p>
      )}
      <ul className="home-list">
        {runs?.map((run) => (
          <li key={run.run_id}>
            <StatusMark status={run.status} bare />
            <Link to="/runs/$runId" params={{ runId: run.run_id }} className="grow cut">
              {run.name}
              {run.error?.message && <span className="dim"> {run.error.message}</span>}
            </Link>
            {calling.has(run.run_id) && <StatusMark status="needs_person" bare />}
            {run.completed_at === null && <Progress run={run} />}
            {run.completed_at === null ? (
              <Took from={run.started_at} to={null} />
            ) : (
              <When at={run.completed_at} />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What tasks will start. */
export function NextFirings() {
  const { data, error } = useNextTasks();
  const may = useMay();
  return (
    <Card title={words.next} aside={<Link to="/tasks">{words.seeAll}</Link>}>
      {data === undefined && (error === null ? <Waiting rows={2} /> : <Unread error={error} />)}
      {data?.length === 0 && (
        <div className="card-body dim">
          <p>{words.nextNone}</p>
          <p className="example">
            <code>{words.nextExample}</code>
            <CopyButton text={words.nextExample} what={words.nextExample} />
          </p>
          {may('tasks:create') && <Link to="/tasks/new">{words.nextHere}</Link>}
        </div>
      )}
      <ul className="home-list">
        {data?.map((task) => (
          <li key={task.task_id}>
            <StatusMark status="scheduled" bare />
            <Link to="/tasks/$taskId" params={{ taskId: task.task_id }} className="grow cut">
              {task.title}
              <span className="dim"> {task.schedule_description}</span>
            </Link>
            <When at={task.next_fire_at} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
