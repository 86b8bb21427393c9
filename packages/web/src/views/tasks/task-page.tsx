import { Link, useParams } from '@tanstack/react-router';
import type { FiringView, SchedulePreview, Task } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { isMissing } from '../../data/query-client.ts';
import { useFirings, useTask, useTaskPreview, useTaskStats } from '../../data/tasks.ts';
import { duration, percent } from '../../logic/format.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Exact, When } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';
import { Firings } from './firings.tsx';
import { TaskActions } from './task-actions.tsx';
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
  const { data: firings } = useFirings(task.task_id);
  const isPlanned = ['cron', 'rrule', 'once'].includes(task.schedule_kind);
  const { data: preview } = useTaskPreview(task.task_id, isPlanned && task.status !== 'cancelled');
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
      <Facts task={task} />
      {task.description && <p>{task.description}</p>}
      <div className="task">
        <Card title={words.preview}>
          {isPlanned ? (
            <Preview preview={preview} />
          ) : (
            <p className="card-body dim">{words.noPreview}</p>
          )}
        </Card>
        <Card title={words.ledger} note={words.ledgerText}>
          <Ledger firings={firings?.items} />
        </Card>
        <Card title={words.definition}>
          <div className="card-body">
            <JsonView value={task.payload} label={words.definition} />
          </div>
        </Card>
      </div>
    </Page>
  );
}

interface CardProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}

function Card({ title, note, children }: CardProps) {
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span className="dim">{note}</span>}
      </header>
      {children}
    </section>
  );
}

function Facts({ task }: { readonly task: Task }) {
  const { data: stats } = useTaskStats(task.task_id);
  const rate = stats?.success_rate ?? null;
  const average = stats?.average_duration_seconds ?? null;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      TASK_WORDS.schedule,
      <span key="schedule">
        {task.schedule_description} <code>{task.schedule_expr}</code>
      </span>,
    ],
    [words.timezone, task.timezone ?? 'UTC'],
    [TASK_WORDS.next, <When key="next" at={task.next_fire_at} />],
    [words.overlap, TASK_WORDS.form.overlaps[task.overlap_policy ?? 'allow']],
    [words.misfire, TASK_WORDS.form.misfires[task.misfire_policy ?? 'fire_once']],
    [words.success, rate === null ? '–' : percent(rate)],
    [words.average, average === null ? '–' : duration(average * 1_000)],
    [
      words.runs,
      <Link key="runs" to="/runs" search={{ task: task.task_id }}>
        {stats?.total ?? task.fired_count}
      </Link>,
    ],
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

function Preview({ preview }: { readonly preview: SchedulePreview | undefined }) {
  if (preview === undefined) return <Waiting />;
  if (preview.firings.length === 0) return <p className="card-body dim">{words.nonePlanned}</p>;
  return <Firings firings={preview.firings} />;
}

function Ledger({ firings }: { readonly firings: readonly FiringView[] | undefined }) {
  if (firings === undefined) return <Waiting />;
  if (firings.length === 0) return <p className="card-body dim">{words.noLedger}</p>;
  return (
    <div className="table-scroll">
      <table className="table table-cards">
        <thead>
          <tr>
            <th>{words.due}</th>
            <th>{words.outcome}</th>
            <th>{words.reason}</th>
            <th>{words.origin}</th>
            <th>{words.late}</th>
            <th>{words.run}</th>
          </tr>
        </thead>
        <tbody>
          {firings.map((firing) => (
            <tr key={firing.at + firing.key}>
              <td>
                <Exact at={firing.at} />
              </td>
              <td>
                <StatusMark status={firing.outcome} />
              </td>
              <td>{firing.reason}</td>
              <td>{firing.origin.replaceAll('_', ' ')}</td>
              <td className="num">{firing.late_ms === null ? '–' : duration(firing.late_ms)}</td>
              <td>
                {firing.run_id !== null && (
                  <Link to="/runs/$runId" params={{ runId: firing.run_id }}>
                    {firing.run_id.slice(-8)}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
