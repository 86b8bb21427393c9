import type { RunStatus, TaskOrder } from '@tenuto/contract';
import type {
  Access,
  Page,
  PageRequest,
  TaskFilter,
  TaskKey,
  TaskRecord,
  TaskRun,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { escapeLike } from './like.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';
import { type TaskRow, taskOf, WHOLE } from './task-row.ts';

/** A task that has not been deleted. */
export async function findTask(
  db: Database,
  access: Access,
  taskId: string,
): Promise<TaskRecord | undefined> {
  const given = parameters();
  const [row] = await ask<TaskRow>(
    db,
    `select ${WHOLE} from tasks t where t.task_id = ${given.add(taskId)} and t.deleted_at is null
       and ${reachable(access, given, 't')}`,
    given.values,
  );
  return row && taskOf(row);
}

/** Runs that are over stand in `runs`; for each task the end of an index is read. */
const FAILING = `coalesce((select r.status in ('failed', 'timeout', 'aborted') from runs r
  where r.task_id = t.task_id order by r.run_id desc limit 1), false)`;

export function listTasks(
  db: Database,
  access: Access,
  { filter, order }: { readonly filter: TaskFilter; readonly order: TaskOrder },
  page: PageRequest<TaskKey>,
): Promise<Page<TaskRecord>> {
  const given = parameters();
  const where = ['t.deleted_at is null', reachable(access, given, 't')];
  const equal: readonly (readonly [column: string, value: string | undefined])[] = [
    ['status', filter.status],
    ['schedule_kind', filter.scheduleKind],
    ['created_by', filter.createdBy],
    ['title', filter.title],
    ['concurrency_key', filter.concurrencyKey],
  ];
  for (const [column, value] of equal) {
    if (value !== undefined) where.push(`t.${column} = ${given.add(value)}`);
  }
  if (filter.titlePrefix !== undefined) {
    where.push(`t.title like ${given.add(`${escapeLike(filter.titlePrefix)}%`)}`);
  }
  if (order === 'next') where.push('t.due_at is not null');
  if (filter.failing !== undefined) where.push(filter.failing ? FAILING : `not ${FAILING}`);
  return pageOf<TaskRow, TaskRecord>(db, {
    ...{ columns: WHOLE, from: 'tasks t', where, page, given, item: taskOf },
    ...(order === 'next'
      ? {
          key: ['t.due_at', 't.task_id'],
          after: page.after && [page.after.dueAt, page.after.taskId],
        }
      : { key: ['t.task_id'], newestFirst: true, after: page.after && [page.after.taskId] }),
  });
}

/** The last runs of each of the tasks, newest first. */
export async function lastRunsOf(
  db: Database,
  taskIds: readonly string[],
  most: number,
): Promise<readonly TaskRun[]> {
  if (taskIds.length === 0) return [];
  // Each branch reads the end of an index on the task and its runs; a probe is no run of its task.
  const branch = (table: string) => `(select r.run_id, r.status::text as status from ${table} r
    where r.task_id = t.task_id order by r.run_id desc limit $2)`;
  const rows = await ask<{ task_id: string; run_id: string; status: RunStatus }>(
    db,
    `select t.task_id, last.run_id, last.status from unnest($1::uuid[]) t(task_id)
     cross join lateral (
       select run_id, status from (${branch('run_live')} union all ${branch('runs')}) found
       order by run_id desc limit $2) last
     order by t.task_id, last.run_id desc`,
    [taskIds, most],
  );
  return rows.map((row) => ({ taskId: row.task_id, runId: row.run_id, status: row.status }));
}

/** Milliseconds since the epoch, by the clock that decides when tasks are due. */
export async function timeOfDatabase(db: Pick<Database, 'query'>): Promise<number> {
  const [row] = await ask<{ now: number }>(
    db,
    'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  if (row === undefined) throw new Error('the database has no time');
  return row.now;
}
