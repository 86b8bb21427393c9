/** What schedulers read of tasks, and how waiting firings become runs. */
import type { EndedProbe, ScheduledTask, ScheduleStore } from '@tenuto/engine';
import type pg from 'pg';
import { jsonOf } from './run-row.ts';
import { COUNTED, SCHEDULED, type ScheduledRow, scheduledOf } from './task-row.ts';

type Queryable = Pick<pg.Pool, 'query'>;

const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)`;

/** Tasks that are due soon, but for those that only gather events. */
export async function dueTasks(
  db: Queryable,
  { withinMs, limit }: Parameters<ScheduleStore['due']>[0],
): Promise<{ now: number; tasks: ScheduledTask[] }> {
  const { rows } = await db.query<ScheduledRow & { readonly now: number }>({
    name: 'due tasks',
    text: `select ${SCHEDULED}, ${NOW_MS}::float8 as now from tasks t
      where t.due_at <= (${NOW_MS})::bigint + $1 and t.schedule_kind <> 'event'
        and t.deleted_at is null
      order by t.due_at limit $2`,
    values: [withinMs, limit],
  });
  return { now: rows[0]?.now ?? 0, tasks: rows.map(scheduledOf) };
}

export async function standingTasks(
  db: Queryable,
  taskIds: readonly string[],
): Promise<ScheduledTask[]> {
  const { rows } = await db.query<ScheduledRow>(
    `select ${COUNTED} from tasks t where t.task_id = any($1::uuid[]) and t.deleted_at is null`,
    [taskIds],
  );
  return rows.map(scheduledOf);
}

/** Probes that are over, with what the last of their nodes has said. */
export async function endedProbes(db: Queryable, limit: number): Promise<EndedProbe[]> {
  const { rows } = await db.query<{
    readonly task_id: string;
    readonly run_id: string;
    readonly output: string | null;
  }>(
    `select t.task_id, r.run_id, (select a.output from attempts a
         where a.run_id = r.run_id and a.node = 1 and a.status = 'completed'
         order by a.seq desc limit 1) as output
     from tasks t join runs r on r.run_id = t.probe_run
     where t.probe_run is not null and t.deleted_at is null limit $1`,
    [limit],
  );
  return rows.map((row) => {
    const said = jsonOf(row.output);
    return {
      taskId: row.task_id,
      runId: row.run_id,
      holds: typeof said === 'boolean' ? said : null,
    };
  });
}
