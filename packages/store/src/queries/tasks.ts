import type { Access, Page, PageRequest, TaskFilter, TaskRecord } from '@tenuto/engine';
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
  return pageOf<TaskRow, TaskRecord>(db, {
    ...{ columns: WHOLE, from: 'tasks t', where, key: ['t.task_id'], newestFirst: true },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: taskOf },
  });
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
