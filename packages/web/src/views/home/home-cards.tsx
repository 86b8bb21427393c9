import { Link } from '@tanstack/react-router';
import type { Home } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useHome } from '../../data/home.ts';
import { useRunsThatCall } from '../../data/needs.ts';
import { useMay } from '../../data/scopes.ts';
import { count } from '../../logic/format.ts';
import type { RunFilters } from '../../logic/run-filters.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { messageOf } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Took, When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Progress } from '../runs/run-cells.tsx';

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

const RUNNING = 'running,recovering,retrying,paused';
const BAD = 'failed,timeout,aborted';

export function RunningNow() {
  const may = useMay();
  return (
    <RunCard
      title={words.running}
      none={words.runningNone}
      start={may('jobs:write')}
      part={({ running }) => running}
      search={{ status: RUNNING }}
    />
  );
}

export function LatestFailures() {
  return (
    <RunCard
      title={words.failures}
      none={words.failuresNone}
      part={({ failures }) => failures}
      search={{ status: BAD, since: '24h' }}
    />
  );
}

interface RunCardProps {
  readonly title: string;
  readonly none: string;
  /** Whether a run may be started here while there is none. */
  readonly start?: boolean;
  /** Null: who is signed in may not read it. */
  readonly part: (home: Home) => Home['running'];
  readonly search: RunFilters;
}

function RunCard({ title, none, start = false, part, search }: RunCardProps) {
  const { data, error } = useHome();
  const calling = useRunsThatCall();
  const runs = data && part(data);
  if (runs === null) return null;
  const all = runs !== undefined && runs.total > 0 && (
    <Link to="/runs" search={search}>
      {words.allOf(count(runs.total))}
    </Link>
  );
  return (
    <Card title={title} aside={all}>
      {runs === undefined && (error === null ? <Waiting rows={2} /> : <Unread error={error} />)}
      {runs?.items.length === 0 && (
        <p className="card-body dim">
          {none} {start && <Link to="/submit">{words.submit}</Link>}
        </p>
      )}
      <ul className="home-list">
        {runs?.items.map((run) => (
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
  const { data: home, error } = useHome();
  const may = useMay();
  const data = home?.next;
  if (data === null) return null;
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
