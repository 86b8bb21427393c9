import { type FiringView, formatTime, type Task, type TaskDefinition } from '@tenuto/contract';
import {
  type FiringRecord,
  hasSchedule,
  type ScheduledTask,
  scheduleWords,
  type TaskRecord,
} from '@tenuto/engine';

const DEFAULTS = {
  description: null,
  priority: 5,
  misfire_policy: 'fire_once',
  max_catch_up: 100,
  overlap_policy: 'allow',
} as const satisfies Partial<TaskDefinition>;

export function taskView(task: TaskRecord): Task {
  const { definition, payload, snoozed, tickAt } = task;
  const { max_catch_up: catchUp, ...defaults } = DEFAULTS;
  return {
    task_id: task.taskId,
    status: task.status,
    owner: task.owner,
    schedule_description: scheduleText(task),
    payload: { ...payload },
    ...defaults,
    ...(hasSchedule(definition) && { max_catch_up: catchUp }),
    ...definition,
    next_fire_at: timeOrNull(task.status === 'active' ? task.dueAt : null),
    snoozed:
      snoozed && tickAt !== null ? { tick: formatTime(tickAt), reason: task.snoozeReason } : null,
    last_fired_at: timeOrNull(task.lastFiredAt),
    fired_count: task.fired,
    queued_count: task.queued,
    version: task.version,
    created_at: formatTime(task.createdAt),
    created_by: task.createdBy,
    updated_at: formatTime(task.updatedAt),
    updated_by: task.updatedBy,
  };
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : formatTime(ms);
}

/** What fires a task, as people say it. */
export function scheduleText({
  definition,
  createdAt,
}: Pick<ScheduledTask, 'definition' | 'createdAt'>): string | null {
  if (!hasSchedule(definition)) return describeTrigger(definition);
  return scheduleWords(definition, createdAt);
}

/** What fires a task that has no schedule. */
export function describeTrigger(definition: TaskDefinition): string {
  const { schedule_kind: kind, schedule_expr: expr, probe } = definition;
  if (kind === 'event') return `on events of ${expr}`;
  return `when ${expr}${probe === undefined ? '' : ' (probed)'}`;
}

export function firingView(firing: FiringRecord): FiringView {
  const { outcome, recordedAt, dueAt } = firing;
  return {
    task_id: firing.taskId,
    key: firing.key,
    at: formatTime(firing.at),
    tick: formatTime(firing.tick),
    origin: firing.origin,
    outcome,
    reason: firing.reason,
    run_id: firing.runId,
    event_id: firing.eventId,
    late_ms: outcome === 'fired' ? Math.max(0, Math.round(recordedAt - dueAt)) : null,
    recorded_at: formatTime(recordedAt),
  };
}
