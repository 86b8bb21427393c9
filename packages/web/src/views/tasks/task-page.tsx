import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { Task } from '@tenuto/contract';
import { NoSuchPage } from '../../app/problems.tsx';
import { isMissing } from '../../data/query-client.ts';
import { useLastRuns, useTask, useTaskPreview } from '../../data/tasks.ts';
import { count } from '../../logic/format.ts';
import { isPlanned } from '../../logic/task-draft.ts';
import { failuresOf } from '../../logic/task-outlook.ts';
import { isZone, wallAt } from '../../logic/zone-time.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';
import { Firings } from './firings.tsx';
import { Ledger } from './ledger.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskChanges } from './task-changes.tsx';
import { TriggerFacts, WhatItStarts } from './task-facts.tsx';
import { TaskStats } from './task-stats.tsx';
import './tasks.css';

const words = TASK_WORDS.page;

/** One task: when it fires, what came of each firing, what it does. */
export function TaskPage() {
  const { taskId } = useParams({ from: '/tasks/$taskId' });
  const { data: task, error, refetch } = useTask(taskId);
  if (isMissing(error)) return <NoSuchPage />;
  if (task === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  return <Found task={task} />;
}

function Found({ task }: { readonly task: Task }) {
  const search = useSearch({ from: '/tasks/$taskId' });
  const zone = isZone(task.timezone ?? '') ? (task.timezone ?? 'UTC') : 'UTC';
  return (
    <Page
      title={task.title}
      aside={
        <>
          <StatusMark status={task.status} />
          <CopyId id={task.task_id} />
          <span className="grow" />
          <TaskActions task={task} />
        </>
      }
    >
      <Said task={task} zone={zone} />
      <div className="task">
        <div className="stack">
          <section className="card" aria-label={words.trigger}>
            <header>
              <h2>{words.trigger}</h2>
            </header>
            <div className="card-body">
              <TriggerFacts task={task} />
            </div>
            <NextFirings task={task} />
          </section>
          <WhatItStarts task={task} />
          <TaskChanges taskId={task.task_id} />
        </div>
        <div className="stack">
          <TaskStats taskId={task.task_id} />
          <Ledger taskId={task.task_id} zone={zone} search={search} />
        </div>
      </div>
    </Page>
  );
}

/** In a sentence or two: what starts it, when next, and what holds it up. */
function Said({ task, zone }: { readonly task: Task; readonly zone: string }) {
  const { next_fire_at: next, snoozed } = task;
  const { data: runs } = useLastRuns(task.task_id);
  const failures = failuresOf({ last_runs: runs?.items ?? [] });
  return (
    <div className="task-said">
      <p>
        {task.schedule_description ?? <code>{task.schedule_expr}</code>}
        {next !== null && (
          <>
            {' · '}
            {words.now}{' '}
            <strong>
              <When at={next} />
            </strong>{' '}
            <span className="dim num">
              ({wallAt(Date.parse(next), zone).replace('T', ' ')} {zone})
            </span>
          </>
        )}
      </p>
      {failures > 0 && (
        <p className="tone-red">
          {TASK_WORDS.failingText(failures)}
          {runs?.items[0] !== undefined && (
            <>
              {': '}
              <Link to="/runs/$runId" params={{ runId: runs.items[0].run_id }}>
                {words.why}
              </Link>
            </>
          )}
        </p>
      )}
      {task.description && <p className="dim">{task.description}</p>}
      {snoozed !== null && (
        <p className="tone-amber">
          {words.snoozed}: {words.snoozedUntil}{' '}
          {wallAt(Date.parse(snoozed.tick), zone).replace('T', ' ')}
          {snoozed.reason !== null && `, ${snoozed.reason}`}
        </p>
      )}
      {task.queued_count > 0 && (
        <p className="tone-slate">
          {words.queued}:{' '}
          <Link
            to="/tasks/$taskId"
            params={{ taskId: task.task_id }}
            search={{ outcome: 'queued' }}
          >
            {count(task.queued_count)}
          </Link>
        </p>
      )}
    </div>
  );
}

function NextFirings({ task }: { readonly task: Task }) {
  const planned = isPlanned(task.schedule_kind);
  const over = task.status === 'cancelled' || task.status === 'completed';
  const { data } = useTaskPreview(task.task_id, planned && !over);
  if (!planned || over) return null;
  if (data === undefined) return <Waiting />;
  return (
    <>
      <h3 className="card-sub">{words.preview}</h3>
      {data.firings.length === 0 ? (
        <p className="card-body dim">{words.nonePlanned}</p>
      ) : (
        <Firings firings={data.firings.slice(0, 8)} />
      )}
    </>
  );
}
