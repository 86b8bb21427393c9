import { Link } from '@tanstack/react-router';
import type { Task } from '@tenuto/contract';
import { useMay } from '../../data/scopes.ts';
import { count } from '../../logic/format.ts';
import { failuresOf } from '../../logic/task-outlook.ts';
import { Rows } from '../../ui/rows.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { TASK_WORDS as words } from '../../words-task.ts';

interface Props {
  readonly tasks: readonly Task[];
  readonly selected: ReadonlySet<string>;
  readonly select: (ids: ReadonlySet<string>) => void;
}

/** Tasks as rows: where each stands, when next, and how its last runs have ended. */
export function TaskTable({ tasks, selected, select }: Props) {
  const canSelect = useMay()('tasks:update');
  const ids = tasks.map((task) => task.task_id);
  const allChosen = ids.every((id) => selected.has(id));
  const flip = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    select(next);
  };
  return (
    <div className="card table-scroll">
      <table className="table table-cards task-table">
        <thead>
          <tr>
            {canSelect && (
              <th className="check-cell">
                <input
                  type="checkbox"
                  aria-label={words.bulk.all}
                  checked={allChosen}
                  onChange={() => select(new Set(allChosen ? [] : ids))}
                />
              </th>
            )}
            <th>{words.status}</th>
            <th>{words.name}</th>
            <th>{words.schedule}</th>
            <th>{words.next}</th>
            <th>{words.lastRuns}</th>
            <th>{words.last}</th>
            <th>{words.fired}</th>
          </tr>
        </thead>
        <Rows items={tasks}>
          {(task) => (
            <tr key={task.task_id} className={failuresOf(task) > 0 ? 'failing' : undefined}>
              {canSelect && (
                <td className="check-cell">
                  <input
                    type="checkbox"
                    aria-label={words.bulk.select(task.title)}
                    checked={selected.has(task.task_id)}
                    onChange={() => flip(task.task_id)}
                  />
                </td>
              )}
              <Cells task={task} />
            </tr>
          )}
        </Rows>
      </table>
    </div>
  );
}

function Cells({ task }: { readonly task: Task }) {
  const failures = failuresOf(task);
  return (
    <>
      <td>
        <StatusMark status={task.status} />
      </td>
      <td className="first">
        <Link to="/tasks/$taskId" params={{ taskId: task.task_id }} className="task-link">
          {task.title}
        </Link>
        {failures > 0 && <span className="badge tone-red">{words.failingText(failures)}</span>}
        {task.snoozed !== null && <span className="badge tone-amber">{words.snoozed}</span>}
        {task.queued_count > 0 && (
          <span className="badge tone-slate">{words.waiting(task.queued_count)}</span>
        )}
      </td>
      <td className="task-schedule">
        <span className="dim">{words.kinds[task.schedule_kind]} </span>
        {task.schedule_description ?? <code>{task.schedule_expr}</code>}
      </td>
      <td data-label={words.next} data-empty={task.next_fire_at === null}>
        <When at={task.next_fire_at} />
      </td>
      <td data-label={words.lastRuns} data-empty={!task.last_runs?.length}>
        <LastRuns task={task} />
      </td>
      <td data-label={words.last} data-empty={task.last_fired_at === null}>
        <When at={task.last_fired_at} />
      </td>
      <td className="num" data-label={words.fired} data-empty={task.fired_count === 0}>
        {count(task.fired_count)}
      </td>
    </>
  );
}

/** How the last runs have ended, the newest at the right; each leads to its run. */
function LastRuns({ task: { last_runs: runs = [] } }: { readonly task: Task }) {
  if (runs.length === 0) return <span className="dim">–</span>;
  return (
    <span className="last-runs">
      {runs.toReversed().map(({ run_id: runId, status }) => (
        <Link key={runId} to="/runs/$runId" params={{ runId }}>
          <StatusMark status={status} bare />
        </Link>
      ))}
    </span>
  );
}
