import { Link } from '@tanstack/react-router';
import type { RunView } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useOpenApprovals } from '../../data/approvals.ts';
import { now } from '../../data/clock.ts';
import { useHealth } from '../../data/health.ts';
import { useOpenInterventions } from '../../data/interventions.ts';
import { useRunsToAdvance } from '../../data/phased.ts';
import { useRunSummary, useSomeRuns } from '../../data/runs.ts';
import { useMay } from '../../data/scopes.ts';
import { useNextTasks } from '../../data/tasks.ts';
import { count, percent } from '../../logic/format.ts';
import { waitsForMoney } from '../../logic/phases.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Took, When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Progress } from '../runs/run-table.tsx';

/** Is anything wrong: the one sentence at the top. */
export function Verdict() {
  const { data: stats } = useRunSummary(1);
  const { data: health } = useHealth();
  if (stats === undefined) return <div className="verdict" />;
  const troubles = Object.entries(health?.checks ?? {}).filter(([, { status }]) => status !== 'ok');
  if (troubles.length > 0) {
    const detail = troubles.map(([name, { detail: said }]) => `${name}: ${said ?? ''}`).join(' · ');
    return <Sentence tone="red" title={words.unwell} detail={detail} to="/system" />;
  }
  if (stats.failed > 0) {
    const detail = words.wrongDetail(percent(stats.failure_rate ?? 0), count(stats.total));
    return <Sentence tone="red" title={words.wrong(stats.failed)} detail={detail} to="/runs" />;
  }
  const detail = stats.total > 0 ? words.wellDetail(count(stats.total)) : words.quietDetail;
  return <Sentence tone="green" title={words.well} detail={detail} />;
}

interface SentenceProps {
  readonly tone: 'red' | 'green';
  readonly title: string;
  readonly detail: string;
  readonly to?: '/runs' | '/system';
}

function Sentence({ tone, title, detail, to }: SentenceProps) {
  const search = to === '/runs' ? { status: 'failed,timeout', since: '24h' } : {};
  return (
    <div className={`verdict verdict-${tone}`}>
      <StatusMark status={tone === 'red' ? 'failed' : 'completed'} bare />
      <strong>{title}</strong>
      <span className="dim">{detail}</span>
      {to !== undefined && (
        <Link to={to} search={search}>
          {words.seeAll}
        </Link>
      )}
    </div>
  );
}

interface CardProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

function Card({ title, aside, children, className = '' }: CardProps) {
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

/** What waits for a person: questions first, then failures and money, then phases. */
export function NeedsMe() {
  const { data } = useOpenInterventions();
  const { data: approvals } = useOpenApprovals();
  const { data: runs } = useRunsToAdvance();
  const mine = approvals?.items.filter(({ approval_id: id }) => approvals.mine.includes(id)) ?? [];
  const needs: readonly Need[] = [
    ...mine.map((item) => ({
      ...{ key: item.approval_id, text: item.title, at: item.opened_at },
      kind: words.needKinds.approval,
    })),
    ...(data?.items ?? []).map((item) => ({
      ...{ key: item.intervention_id, text: item.message, at: item.opened_at },
      kind: waitsForMoney(item) ? words.needKinds.money : words.needKinds.failure,
    })),
    ...(runs ?? []).map((run) => ({
      ...{ key: run.run_id, text: run.name, at: run.started_at, kind: words.needKinds.next },
    })),
  ];
  const total = (data?.total ?? 0) + (approvals?.mineTotal ?? 0) + (runs?.length ?? 0);
  return (
    <Card
      title={words.needs}
      aside={needs.length > 0 && <Link to="/needs">{words.needsMore(total)}</Link>}
      className={needs.length > 0 ? 'card-calls' : ''}
    >
      {data !== undefined && needs.length === 0 && (
        <p className="card-body dim">{words.needsNone}</p>
      )}
      <ul className="home-list">
        {needs.slice(0, NEEDS_SHOWN).map(({ key, text, kind, at }) => (
          <li key={key}>
            <StatusMark status="needs_person" bare />
            <Link to="/needs" className="grow cut">
              {text}
            </Link>
            <span className="dim">{kind}</span>
            <When at={at} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface Need {
  readonly key: string;
  readonly text: string;
  readonly kind: string;
  readonly at: string | null;
}

const NEEDS_SHOWN = 7;

const RUNNING = ['running', 'recovering', 'retrying', 'paused'];

export function RunningNow() {
  const { data } = useSomeRuns({ status: RUNNING, limit: 8 });
  const may = useMay();
  return (
    <RunCard
      title={words.running}
      none={words.runningNone}
      start={may('jobs:write')}
      runs={data?.items}
      status={RUNNING}
    />
  );
}

const BAD = ['failed', 'timeout', 'aborted'];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export function LatestFailures() {
  // In steps of an hour, so that the question stays the same.
  const since = new Date(Math.floor((now() - DAY_MS) / HOUR_MS) * HOUR_MS).toISOString();
  const { data } = useSomeRuns({ status: BAD, created_after: since, limit: 8 });
  return (
    <RunCard title={words.failures} none={words.failuresNone} runs={data?.items} status={BAD} />
  );
}

interface RunCardProps {
  readonly title: string;
  readonly none: string;
  /** Whether a run may be started here while there is none. */
  readonly start?: boolean;
  readonly runs: readonly RunView[] | undefined;
  readonly status: readonly string[];
}

function RunCard({ title, none, start = false, runs, status }: RunCardProps) {
  const all = (
    <Link to="/runs" search={{ status: status.join(',') }}>
      {words.seeAll}
    </Link>
  );
  return (
    <Card title={title} aside={all}>
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
  const { data } = useNextTasks();
  return (
    <Card title={words.next} aside={<Link to="/tasks">{words.seeAll}</Link>}>
      {data?.length === 0 && (
        <div className="card-body dim">
          <p>{words.nextNone}</p>
          <p className="example">
            <code>{words.nextExample}</code>
            <CopyButton text={words.nextExample} what={words.nextExample} />
          </p>
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
