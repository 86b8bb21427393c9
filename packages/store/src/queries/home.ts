import type { Access, FailingTaskRecord, HomeStore } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { firstIdAt } from './job-list.ts';
import { reachable } from './run-row.ts';
import { SCHEDULED, type ScheduledRow, scheduledOf } from './task-row.ts';

/** Of what has failed in tasks so many runs are looked at, the newest. */
const FAILURES_READ = 5_000;

export function createHomeStore(db: Database): HomeStore {
  return {
    hasRuns: (access) => hasRuns(db, access),
    failingTasks: (access, of) => failingTasks(db, access, of),
    nextTasks: (access, limit) => nextTasks(db, access, limit),
  };
}

async function hasRuns(db: Database, access: Access): Promise<boolean> {
  const given = parameters();
  const where = reachable(access, given);
  const [row] = await ask<{ has: boolean }>(
    db,
    `select exists (select from run_live r where ${where})
       or exists (select from runs r where ${where}) as has`,
    given.values,
  );
  return row?.has ?? false;
}

interface FailingRow {
  readonly task_id: string;
  readonly title: string;
  readonly failures: number;
  readonly last_failed_at: Date;
  readonly total: number;
}

/**
 * From an index that has no other runs than those of tasks that failed. A task of which a later run
 * has completed does not fail any more.
 */
async function failingTasks(
  db: Database,
  access: Access,
  { since, limit }: Parameters<HomeStore['failingTasks']>[1],
): Promise<{ readonly items: readonly FailingTaskRecord[]; readonly total: number }> {
  const given = parameters();
  const rows = await ask<FailingRow>(
    db,
    `with failed as materialized (
       select r.task_id, r.run_id from runs r
       where r.task_id is not null and r.status in ('failed', 'timeout', 'aborted')
         and r.run_id >= ${given.add(firstIdAt(since))} and ${reachable(access, given)}
       order by r.run_id desc limit ${FAILURES_READ}),
     by_task as (
       select task_id, count(*)::int as failures, (max(run_id::text))::uuid as last_run
       from failed group by task_id),
     failing as materialized (
       select b.*, t.title from by_task b
       join tasks t on t.task_id = b.task_id and t.deleted_at is null
       where not exists (select from runs x where x.task_id = b.task_id
         and x.run_id > b.last_run and x.status = 'completed')),
     shown as (
       select * from failing order by failures desc, last_run desc limit ${given.add(limit)})
     select s.task_id, s.title, s.failures, r.completed_at as last_failed_at,
       (select count(*)::int from failing) as total
     from shown s join runs r on r.run_id = s.last_run
     order by s.failures desc, s.last_run desc`,
    given.values,
  );
  return {
    items: rows.map((row) => ({
      ...{ taskId: row.task_id, title: row.title, failures: row.failures },
      lastFailedAt: row.last_failed_at.getTime(),
    })),
    total: rows[0]?.total ?? 0,
  };
}

async function nextTasks(db: Database, access: Access, limit: number) {
  const given = parameters();
  const rows = await ask<ScheduledRow>(
    db,
    `select ${SCHEDULED} from tasks t
     where t.due_at is not null and t.status = 'active' and t.deleted_at is null
       and ${reachable(access, given, 't')}
     order by t.due_at, t.task_id limit ${given.add(limit)}`,
    given.values,
  );
  return rows.map(scheduledOf);
}
