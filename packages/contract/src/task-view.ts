import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { WriteTaskSchema } from './task-request.ts';
import { FIRING_ORIGINS, FIRING_OUTCOMES, FIRING_REASONS, TASK_STATUSES } from './task-words.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { RUN_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const uuid = Type.String({ format: 'uuid' });

const example = {
  task_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  title: 'morning report',
  description: null,
  status: 'active',
  owner: 'ana',
  schedule_kind: 'cron',
  schedule_expr: '0 9 * * MON-FRI',
  schedule_description: 'At 09:00, Monday through Friday, Europe/Paris',
  timezone: 'Europe/Paris',
  payload: { pipeline: [{ id: 'wait', uses: 'sleep.for', with: { seconds: 1 } }] },
  priority: 5,
  misfire_policy: 'fire_once',
  max_catch_up: 100,
  overlap_policy: 'allow',
  next_fire_at: '2026-01-15T08:00:00.000Z',
  snoozed: null,
  last_fired_at: null,
  fired_count: 0,
  queued_count: 0,
  version: 1,
  created_at: '2026-01-14T09:30:00.000Z',
  created_by: 'ana',
  updated_at: '2026-01-14T09:30:00.000Z',
  updated_by: 'ana',
};

const { title, schedule_kind, schedule_expr, payload: _, ...others } = WriteTaskSchema.properties;

/** A task, as it was written and where it stands. */
export const TaskSchema = Type.Object(
  {
    task_id: uuid,
    title,
    status: Type.Enum([...TASK_STATUSES]),
    owner: Type.String(),
    schedule_kind,
    schedule_expr,
    schedule_description: Type.Union([Type.String(), Type.Null()], {
      description: 'The schedule in words; null of what has none.',
    }),
    payload: Type.Record(Type.String(), Type.Unknown(), { description: 'As it was written.' }),
    ...others,
    next_fire_at: Type.Union([TimeSchema, Type.Null()], {
      description: 'With jitter, and as it was snoozed; null when nothing is planned.',
    }),
    snoozed: Type.Union([
      Type.Object({ tick: TimeSchema, reason: Type.Union([Type.String(), Type.Null()]) }, closed),
      Type.Null(),
    ]),
    last_fired_at: OptionalTimeSchema,
    fired_count: Type.Integer({ ...count, description: 'Runs that its trigger has made.' }),
    queued_count: Type.Integer({ ...count, description: 'Firings that wait for their turn.' }),
    last_runs: Type.Optional(
      Type.Array(Type.Object({ run_id: uuid, status: Type.Enum([...RUN_STATUSES]) }, closed), {
        description: 'Its last runs, newest first; in lists that were asked for them.',
      }),
    ),
    version: Type.Integer({ minimum: 1 }),
    created_at: TimeSchema,
    created_by: Type.String(),
    updated_at: TimeSchema,
    updated_by: Type.String(),
  },
  { ...closed, examples: [example] },
);
export type Task = Static<typeof TaskSchema>;
export const TaskListSchema = listSchema(TaskSchema);

/** What came of one expected firing, or of one that somebody asked for. */
export const FiringSchema = Type.Object(
  {
    task_id: uuid,
    key: Type.String({ description: 'Unique within the task, with `at`.' }),
    at: Type.String({ ...TimeSchema, description: 'When it was expected, or asked for.' }),
    tick: Type.String({ ...TimeSchema, description: 'The time that it stands for.' }),
    origin: Type.Enum([...FIRING_ORIGINS]),
    outcome: Type.Enum([...FIRING_OUTCOMES]),
    reason: Type.Union([Type.Enum([...FIRING_REASONS]), Type.Null()]),
    run_id: Type.Union([uuid, Type.Null()]),
    event_id: Type.Union([uuid, Type.Null()]),
    late_ms: Type.Union([Type.Integer(), Type.Null()], {
      description: 'From when it was due to when its run was stored.',
    }),
    recorded_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        task_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        key: 'tick',
        at: '2026-01-15T08:00:00.000Z',
        tick: '2026-01-15T08:00:00.000Z',
        origin: 'schedule',
        outcome: 'fired',
        reason: null,
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c',
        event_id: null,
        late_ms: 12,
        recorded_at: '2026-01-15T08:00:00.012Z',
      },
    ],
  },
);
export type FiringView = Static<typeof FiringSchema>;
export const FiringListSchema = listSchema(FiringSchema);

/** What an operation on a task answers. */
export const TaskOperationSchema = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String(),
    details: Type.Object(
      {
        task_id: uuid,
        task: TaskSchema,
        run_id: Type.Optional(uuid),
        run_ids: Type.Optional(
          Type.Array(uuid, { description: 'Of a backfill or a catch-up, the first hundred.' }),
        ),
        firings: Type.Optional(
          Type.Integer({ ...count, description: 'How many a backfill or a catch-up makes.' }),
        ),
        ticks: Type.Optional(Type.Array(TimeSchema)),
        dry_run: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
  },
  {
    ...closed,
    examples: [
      {
        success: true,
        message: 'The task is paused.',
        details: { task_id: example.task_id, task: { ...example, status: 'paused' } },
      },
    ],
  },
);
export type TaskOperation = Static<typeof TaskOperationSchema>;
