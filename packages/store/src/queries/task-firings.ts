import type {
  Access,
  FiringFilter,
  FiringKey,
  FiringRecord,
  Page,
  PageRequest,
} from '@tenuto/engine';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

export const FIRING_COLUMNS = `f.task_id, f.at::float8 as at, f.key, f.tick::float8 as tick,
  f.due_at::float8 as due_at, f.origin, f.outcome, f.reason, f.run_id, f.event_id,
  (extract(epoch from f.recorded_at) * 1000)::float8 as recorded_at`;
/** The history of a task, and what waits. @param task the expression of its id */
export const firingsOf = (task: string) => `(
  select task_id, at, key, tick, due_at, origin, outcome, reason, run_id, event_id, recorded_at
  from task_firings where task_id = ${task}
  union all
  select task_id, at, key, tick, due_at, origin, 'queued', reason, null, event_id, queued_at
  from task_queue where task_id = ${task}) f`;

export interface FiringRow {
  readonly task_id: string;
  readonly at: number;
  readonly key: string;
  readonly tick: number;
  readonly due_at: number;
  readonly origin: FiringRecord['origin'];
  readonly outcome: FiringRecord['outcome'];
  readonly reason: FiringRecord['reason'];
  readonly run_id: string | null;
  readonly event_id: string | null;
  readonly recorded_at: number;
}

/** Newest first. */
export function listFirings(
  db: Database,
  access: Access,
  { taskId, outcome, from, to }: { readonly taskId: string } & FiringFilter,
  page: PageRequest<FiringKey>,
): Promise<Page<FiringRecord>> {
  const given = parameters();
  const task = given.add(taskId);
  const where = [may(access, task, given)];
  if (outcome !== undefined) where.push(`f.outcome = ${given.add(outcome)}`);
  if (from !== undefined) where.push(`f.at >= ${given.add(from)}`);
  if (to !== undefined) where.push(`f.at <= ${given.add(to)}`);
  return pageOf<FiringRow, FiringRecord>(db, {
    ...{
      columns: FIRING_COLUMNS,
      from: firingsOf(task),
      where,
      key: ['f.at', 'f.key'],
      newestFirst: true,
    },
    after: page.after === undefined ? undefined : [page.after.at, page.after.key],
    ...{ page, given, item: firingOf },
  });
}

/** Ticks that a pause has swallowed since some moment: the newest, oldest first. */
export async function missedTicks(
  db: Database,
  access: Access,
  { taskId, since, most }: { readonly taskId: string; since: number; most: number },
): Promise<number[]> {
  const given = parameters();
  const task = given.add(taskId);
  const rows = await ask<{ at: number }>(
    db,
    `select f.at::float8 as at from task_firings f
     where f.task_id = ${task} and f.at >= ${given.add(since)} and f.reason = 'paused'
       and f.origin = 'schedule' and ${may(access, task, given)}
     order by f.at desc limit ${given.add(most)}`,
    given.values,
  );
  return rows.map(({ at }) => at).reverse();
}

function may(access: Access, task: string, given: Parameters): string {
  if (access.all) return 'true';
  return `exists (select from tasks t where t.task_id = ${task}
    and ${reachable(access, given, 't')})`;
}

export function firingOf(row: FiringRow): FiringRecord {
  return {
    ...{ taskId: row.task_id, key: row.key, at: row.at, tick: row.tick, dueAt: row.due_at },
    ...{ origin: row.origin, outcome: row.outcome, reason: row.reason },
    ...{ runId: row.run_id, eventId: row.event_id, recordedAt: row.recorded_at },
  };
}
