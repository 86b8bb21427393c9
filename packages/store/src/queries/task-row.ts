import type { TaskDefinition, TaskPayload, TaskStatus } from '@tenuto/contract';
import type { ScheduledTask, TaskRecord } from '@tenuto/engine';

/** What a scheduler reads of a task; `t` is its row. Whole numbers of 64 bits come as float8. */
export const SCHEDULED = `t.task_id, t.turn, t.definition, t.status, t.tick_at::float8 as tick_at,
  t.due_at::float8 as due_at, t.snoozed, t.snooze_reason, t.paused_at::float8 as paused_at,
  t.last_fired_at::float8 as last_fired_at, t.fired, t.queued, t.condition_holds, t.probe_run,
  (extract(epoch from t.created_at) * 1000)::float8 as created_at`;
/** The same with the runs of it that go on. */
export const COUNTED = `${SCHEDULED},
  (select count(*)::int from run_live r where r.task_id = t.task_id) as live`;
/** What people are shown of it. */
export const WHOLE = `${COUNTED}, t.owner, t.payload, t.version, t.created_by,
  (extract(epoch from t.updated_at) * 1000)::float8 as updated_at, t.updated_by`;

export interface ScheduledRow {
  readonly task_id: string;
  readonly turn: number;
  /** JSON text that the API has written. */
  readonly definition: string;
  readonly status: TaskStatus;
  readonly tick_at: number | null;
  readonly due_at: number | null;
  readonly snoozed: boolean;
  readonly snooze_reason: string | null;
  readonly paused_at: number | null;
  readonly last_fired_at: number | null;
  readonly fired: number;
  readonly queued: number;
  readonly condition_holds: boolean | null;
  readonly probe_run: string | null;
  readonly created_at: number;
  readonly live?: number;
}
export interface TaskRow extends ScheduledRow {
  readonly owner: string;
  readonly payload: string;
  readonly version: number;
  readonly created_by: string;
  readonly updated_at: number;
  readonly updated_by: string;
}

export function scheduledOf(row: ScheduledRow): ScheduledTask {
  return {
    taskId: row.task_id,
    turn: row.turn,
    definition: JSON.parse(row.definition) as TaskDefinition,
    status: row.status,
    tickAt: row.tick_at,
    dueAt: row.due_at,
    snoozed: row.snoozed,
    snoozeReason: row.snooze_reason,
    pausedAt: row.paused_at,
    lastFiredAt: row.last_fired_at,
    fired: row.fired,
    queued: row.queued,
    conditionHolds: row.condition_holds,
    probeRun: row.probe_run,
    createdAt: Math.floor(row.created_at),
    live: row.live ?? 0,
  };
}

export function taskOf(row: TaskRow): TaskRecord {
  return {
    ...scheduledOf(row),
    owner: row.owner,
    payload: JSON.parse(row.payload) as TaskPayload,
    version: row.version,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
