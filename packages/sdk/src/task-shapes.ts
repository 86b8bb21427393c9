import {
  type BulkTasksAnswer,
  FIRING_ORIGINS,
  FIRING_OUTCOMES,
  FIRING_REASONS,
  type FiringView,
  RUN_STATUSES,
  type RunStatsView,
  SCHEDULE_KINDS,
  type SchedulePreview,
  TASK_BULK_ACTIONS,
  TASK_BULK_OUTCOMES,
  TASK_STATUSES,
  type Task,
  type TaskOperation,
} from '@tenuto/contract';
import {
  fields,
  flag,
  isRecord,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
} from './shape.ts';

const maybeText = nullable(text);

const knownOfTask = fields({
  task_id: text,
  title: text,
  status: oneOf(TASK_STATUSES),
  owner: text,
  schedule_kind: oneOf(SCHEDULE_KINDS),
  schedule_expr: text,
  schedule_description: maybeText,
  payload: isRecord,
  next_fire_at: maybeText,
  snoozed: nullable(fields({ tick: text, reason: maybeText })),
  last_fired_at: maybeText,
  fired_count: number,
  queued_count: number,
  last_runs: optional(listOf(fields({ run_id: text, status: oneOf(RUN_STATUSES) }))),
  version: number,
  created_at: text,
  created_by: text,
  updated_at: text,
  updated_by: text,
});
/** What the server adds; the rest of a task is what somebody has written, and was checked then. */
export const taskShape: Shape<Task> = (value): value is Task => knownOfTask(value);

export const firingShape: Shape<FiringView> = fields({
  task_id: text,
  key: text,
  at: text,
  tick: text,
  origin: oneOf(FIRING_ORIGINS),
  outcome: oneOf(FIRING_OUTCOMES),
  reason: nullable(oneOf(FIRING_REASONS)),
  run_id: maybeText,
  event_id: maybeText,
  late_ms: nullable(number),
  recorded_at: text,
});

export const previewShape: Shape<SchedulePreview> = fields({
  firings: listOf(
    fields({ at: text, local: text, dst: optional(oneOf(['gap', 'overlap'] as const)) }),
  ),
  description: text,
});

export const taskOperationShape: Shape<TaskOperation> = fields({
  success: flag,
  message: text,
  details: fields({
    task_id: text,
    task: taskShape,
    run_id: optional(text),
    run_ids: optional(listOf(text)),
    firings: optional(number),
    ticks: optional(listOf(text)),
    dry_run: optional(flag),
  }),
});

export const bulkTasksShape: Shape<BulkTasksAnswer> = fields({
  action: oneOf(TASK_BULK_ACTIONS),
  outcomes: fields({ changed: number, refused: number, failed: number }),
  failures: listOf(fields({ task_id: text, outcome: oneOf(TASK_BULK_OUTCOMES), detail: text })),
});

export const runStatsShape: Shape<RunStatsView> = fields({
  days: number,
  task_id: maybeText,
  total: number,
  completed: number,
  failed: number,
  cancelled: number,
  live: number,
  success_rate: nullable(number),
  failure_rate: nullable(number),
  average_duration_seconds: nullable(number),
  p50_duration_seconds: nullable(number),
  p95_duration_seconds: nullable(number),
  last_run_at: maybeText,
  last_success_at: maybeText,
  last_failure_at: maybeText,
  runs_per_day: listOf(fields({ day: text, runs: number, completed: number, failed: number })),
  runs_per_hour: listOf(fields({ hour: text, runs: number, completed: number, failed: number })),
});
