import type { RunStatus } from '@tenuto/contract';
import type { Access, Page, PageRequest, TaskFilter, TaskRecord, TaskRun } from '@tenuto/engine';
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

/** Newest first. */
export function listTasks(
  db: Database,
  access: Access,
  filter: TaskFilter,
  page: PageRequest<string>,
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
  if (filter.failing !== undefined) where.push(filter.failing ? FAILING : `not ${FAILING}`);
  return pageOf<TaskRow, TaskRecord>(db, {
    ...{ columns: WHOLE, from: 'tasks t', where, key: ['t.task_id'], newestFirst: true },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: taskOf },
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
