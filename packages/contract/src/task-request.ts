import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { type DagInput, EdgeSchema, NodeSchema, RetryPolicySchema } from './plan-schema.ts';
import { DstPolicySchema, ScheduleExpressionSchema } from './schedule.ts';
import {
  BACKOFF_ALIASES,
  MISFIRE_POLICIES,
  OVERLAP_POLICIES,
  SCHEDULE_KINDS,
} from './task-words.ts';
import { TimeSchema } from './time.ts';
import { RETRY_STRATEGIES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const anyObject = Type.Record(Type.String(), Type.Unknown());
const expression = Type.String({ minLength: 1, maxLength: 4_096 });
const optional = Type.Optional;

/** One step of a pipeline: each runs when the one before it has completed. */
export const StepSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: LIMITS.nodeIdChars }),
    uses: Type.String({ minLength: 1, maxLength: 200 }),
    with: optional(Type.Record(Type.String(), Type.Unknown())),
    if: optional(
      Type.Union([expression, Type.Boolean()], {
        description: 'When it is false the step is skipped and the next one runs.',
      }),
    ),
    save_as: optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$' })),
    timeout_seconds: optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 })),
    max_retries: optional(Type.Integer({ minimum: 0, maximum: LIMITS.maxAttempts - 1 })),
  },
  {
    ...closed,
    examples: [{ id: 'fetch', uses: 'http.request', with: { url: 'https://a.example' } }],
  },
);
export type StepInput = Static<typeof StepSchema>;

const params = optional(
  Type.Record(Type.String(), Type.Unknown(), { description: '`params` in expressions.' }),
);
const payload = Type.Object(
  {
    pipeline: optional(Type.Array(StepSchema, { minItems: 1, maxItems: LIMITS.taskSteps })),
    dag_definition: optional(
      Type.Object(
        {
          nodes: Type.Array(NodeSchema),
          edges: optional(Type.Array(EdgeSchema, { maxItems: LIMITS.planEdges })),
        },
        closed,
      ),
    ),
    template: optional(Type.String({ minLength: 1, maxLength: 255 })),
    profile: optional(Type.String({ minLength: 1, maxLength: 255 })),
    intake: optional(anyObject),
    params,
  },
  { ...closed, description: 'One of pipeline, dag_definition, template and profile.' },
);

/** What is run to find out whether a condition holds; its output is `steps.probe`. */
const ProbeSchema = Type.Object(
  {
    uses: Type.String({ minLength: 1, maxLength: 200 }),
    with: optional(Type.Record(Type.String(), Type.Unknown())),
    timeout_seconds: optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_600 })),
  },
  closed,
);

const BatchSchema = Type.Object(
  {
    max_events: Type.Integer({ minimum: 1, maximum: LIMITS.taskBatchEvents }),
    max_wait_seconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
  },
  { ...closed, description: 'Events are gathered, and one run gets them all.' },
);

const timezone = Type.String({ minLength: 1, maxLength: 64, description: 'An IANA name.' });
const seconds = (maximum: number) => Type.Integer({ minimum: 1, maximum });

const fields = {
  title: Type.String({ minLength: 1, maxLength: 200 }),
  description: optional(Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()])),
  schedule_kind: Type.Enum([...SCHEDULE_KINDS]),
  schedule_expr: ScheduleExpressionSchema,
  timezone: optional(timezone),
  payload,
  priority: optional(Type.Integer({ minimum: 1, maximum: 10, default: 5 })),
  max_retries: optional(Type.Integer({ minimum: 0, maximum: LIMITS.maxAttempts - 1 })),
  backoff_strategy: optional(Type.Enum([...RETRY_STRATEGIES, ...BACKOFF_ALIASES])),
  retry_policy: optional(RetryPolicySchema),
  filter: optional(
    Type.String({ ...expression, description: 'Of an event task: CEL over `event`.' }),
  ),
  probe: optional(ProbeSchema),
  poll_interval_seconds: optional(seconds(86_400)),
  debounce_seconds: optional(seconds(86_400)),
  batch: optional(BatchSchema),
  dst_policy: optional(DstPolicySchema),
  misfire_policy: optional(Type.Enum([...MISFIRE_POLICIES], { default: 'fire_once' })),
  max_catch_up: optional(
    Type.Integer({
      minimum: 1,
      maximum: LIMITS.taskCatchUp,
      default: 100,
      description: 'Of fire_all: the newest of the missed firings that are made up for.',
    }),
  ),
  dedupe_key: optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'May hold `${...}`.' }),
  ),
  dedupe_window_seconds: optional(seconds(30 * 86_400)),
  concurrency_key: optional(Type.String({ minLength: 1, maxLength: 255 })),
  concurrency_limit: optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  overlap_policy: optional(Type.Enum([...OVERLAP_POLICIES], { default: 'allow' })),
  start_at: optional(TimeSchema),
  end_at: optional(TimeSchema),
  max_runs: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
  jitter_seconds: optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
} as const;

const example = {
  title: 'morning report',
  schedule_kind: 'cron',
  schedule_expr: '0 9 * * MON-FRI',
  timezone: 'Europe/Paris',
  payload: {
    pipeline: [
      { id: 'fetch', uses: 'http.request', with: { url: 'https://example.com/${params.page}' } },
      { id: 'keep', uses: 'transform.cel', with: { expression: 'steps.fetch.status' } },
    ],
    params: { page: 'report' },
  },
  overlap_policy: 'skip',
} as const;

/** The body of `POST /tasks`, and of `PUT` on one of them. */
export const WriteTaskSchema = Type.Object(fields, { ...closed, examples: [example] });

/** {@link WriteTaskSchema} as a type; written out because nodes refer to themselves. */
export interface WriteTask extends Omit<Static<typeof WriteTaskSchema>, 'payload'> {
  readonly payload: TaskPayload;
}
export interface TaskPayload
  extends Omit<Static<typeof WriteTaskSchema>['payload'], 'dag_definition'> {
  readonly dag_definition?: DagInput;
}
/** What a task says, but for what it does. */
export type TaskDefinition = Omit<WriteTask, 'payload'>;

/** Fields of a task that a `PATCH` may take away again, by null. */
const REMOVABLE = [
  'description',
  'max_retries',
  'backoff_strategy',
  'retry_policy',
  'filter',
  'probe',
  'poll_interval_seconds',
  'debounce_seconds',
  'batch',
  'dst_policy',
  'dedupe_key',
  'dedupe_window_seconds',
  'concurrency_key',
  'concurrency_limit',
  'start_at',
  'end_at',
  'max_runs',
  'jitter_seconds',
] as const;

function editable() {
  const removable: ReadonlySet<string> = new Set(REMOVABLE);
  const entries = Object.entries(fields).map(([name, schema]) => [
    name,
    optional(removable.has(name) ? Type.Union([schema, Type.Null()]) : schema),
  ]);
  return Object.fromEntries(entries);
}

/** The body of `PATCH`: what is not given stays, what is null is taken away. */
export const EditTaskSchema = Type.Object(editable(), {
  ...closed,
  minProperties: 1,
  examples: [{ schedule_expr: '30 9 * * MON-FRI', max_runs: null }],
});
export type EditTask = { readonly [field in keyof WriteTask]?: WriteTask[field] | null };

/** The body of `POST /tasks/{task_id}/run_now`. */
export const RunTaskSchema = Type.Object(
  { params: optional(Type.Record(Type.String(), Type.Unknown())) },
  { ...closed, examples: [{ params: { page: 'today' } }] },
);
export type RunTask = Static<typeof RunTaskSchema>;

const reason = Type.String({ minLength: 1, maxLength: LIMITS.reasonChars });

/** The body of `POST /tasks/{task_id}/snooze`. */
export const SnoozeTaskSchema = Type.Object(
  { delay_seconds: Type.Integer({ minimum: 1, maximum: 604_800 }), reason: optional(reason) },
  { ...closed, examples: [{ delay_seconds: 3_600, reason: 'the service is being moved' }] },
);
export type SnoozeTask = Static<typeof SnoozeTaskSchema>;

/** The body of `POST /tasks/{task_id}/pause` and `/cancel`. */
export const StopTaskSchema = Type.Object(
  { reason: optional(reason) },
  { ...closed, examples: [{ reason: 'not needed over the holidays' }] },
);
export type StopTask = Static<typeof StopTaskSchema>;

/** The body of `POST /tasks/{task_id}/resume`. */
export const ResumeTaskSchema = Type.Object(
  {
    catch_up: optional(
      Type.Boolean({
        default: false,
        description: 'Makes up for what was missed, as its misfire_policy says.',
      }),
    ),
  },
  { ...closed, examples: [{ catch_up: true }] },
);
export type ResumeTask = Static<typeof ResumeTaskSchema>;

/** The body of `POST /tasks/{task_id}/backfill`. */
export const BackfillTaskSchema = Type.Object(
  {
    from: TimeSchema,
    to: Type.String({ ...TimeSchema, description: 'Inclusive; not in the future.' }),
    dry_run: optional(Type.Boolean({ default: false })),
  },
  {
    ...closed,
    examples: [{ from: '2026-01-01T00:00:00.000Z', to: '2026-01-08T00:00:00.000Z', dry_run: true }],
  },
);
export type BackfillTask = Static<typeof BackfillTaskSchema>;

/** The body of `POST /tasks/preview`. */
export const PreviewTaskSchema = Type.Object(
  {
    schedule_kind: fields.schedule_kind,
    schedule_expr: ScheduleExpressionSchema,
    timezone: optional(timezone),
    dst_policy: optional(DstPolicySchema),
    from: optional(TimeSchema),
    count: optional(Type.Integer({ minimum: 1, maximum: LIMITS.previewFirings, default: 10 })),
  },
  {
    ...closed,
    examples: [{ schedule_kind: 'cron', schedule_expr: '0 9 * * *', timezone: 'Europe/Paris' }],
  },
);
export type PreviewTask = Static<typeof PreviewTaskSchema>;
