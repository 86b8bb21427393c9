import Type, { type Static } from 'typebox';
import { ReasonToWaitSchema } from './explain.ts';
import { listSchema } from './list.ts';
import { NodeErrorSchema } from './node-view.ts';
import { RunPhaseSchema } from './phased-run.ts';
import { BudgetSchema } from './profile.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { RUN_KINDS, RUN_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const anyObject = Type.Record(Type.String(), Type.Unknown());

const summary = {
  run_id: Type.String({ format: 'uuid' }),
  kind: Type.Enum([...RUN_KINDS]),
  task_id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
    description: 'The task that has made it.',
  }),
  name: Type.String(),
  status: Type.Enum([...RUN_STATUSES]),
  success: Type.Union([Type.Boolean(), Type.Null()], {
    description: 'Null while the run is not over.',
  }),
  priority: Type.Integer({ minimum: 1, maximum: 10 }),
  triggered_by: Type.String(),
  created_at: TimeSchema,
  scheduled_at: OptionalTimeSchema,
  started_at: OptionalTimeSchema,
  completed_at: OptionalTimeSchema,
  total_duration_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'From its start to its end, or to now.',
  }),
  progress_percentage: Type.Number({ minimum: 0, maximum: 100 }),
  counts: Type.Object(
    { pending: count, running: count, completed: count, failed: count, skipped: count },
    closed,
  ),
  error: Type.Union([NodeErrorSchema, Type.Null()], {
    description: 'In a list its text is withheld unless `include_errors` is true.',
  }),
  tags: Type.Array(Type.String()),
  metadata: anyObject,
  profile: Type.Union([Type.String(), Type.Null()], { description: 'Of a phased run.' }),
  project_name: Type.Union([Type.String(), Type.Null()]),
  version: Type.Integer({ minimum: 1 }),
} as const;

/** The run that a fork is of. */
export const ForkedFromSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    node: Type.Union([Type.String(), Type.Null()], {
      description: 'The node that it begins at; null when it runs all of them.',
    }),
    attempts_taken_over: count,
  },
  closed,
);

const example = {
  run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  kind: 'job',
  task_id: null,
  name: 'nightly checks',
  status: 'scheduled',
  success: null,
  priority: 5,
  triggered_by: 'admin',
  created_at: '2026-01-15T09:30:00.100Z',
  scheduled_at: '2026-01-15T22:00:00.000Z',
  started_at: null,
  completed_at: null,
  total_duration_seconds: null,
  progress_percentage: 0,
  counts: { pending: 2, running: 0, completed: 0, failed: 0, skipped: 0 },
  error: null,
  tags: ['nightly'],
  metadata: {},
  profile: null,
  project_name: null,
  version: 1,
};

/** One run among others. */
export const RunSummarySchema = Type.Object(summary, { ...closed, examples: [example] });
export type RunView = Static<typeof RunSummarySchema>;

/** One run, with what it was given and what it waits for. */
export const RunSchema = Type.Object(
  {
    ...summary,
    params: anyObject,
    intake: Type.Union([anyObject, Type.Null()], { description: 'Of a phased run.' }),
    profile_version: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    current_phase: Type.Union([Type.String(), Type.Null()], {
      description: 'The first phase that is going on, waits or has failed.',
    }),
    auto_advance: Type.Union([Type.Boolean(), Type.Null()], {
      description: 'What the run says; null, its phases and its profile say it.',
    }),
    budget: Type.Union([BudgetSchema, Type.Null()]),
    phases: Type.Array(RunPhaseSchema, { description: 'None of a run that has no profile.' }),
    attempt: Type.Integer({
      minimum: 1,
      description: 'One, and one more for each attempt that was made again.',
    }),
    output: Type.Union([anyObject, Type.Null()], {
      description: 'Outputs of the nodes that no other node waits for, once the run is over.',
    }),
    waiting_for: Type.Union([ReasonToWaitSchema, Type.Null()], {
      description: 'The first of the reasons that `/explain` gives for the run as a whole.',
    }),
    forked_from: Type.Union([ForkedFromSchema, Type.Null()]),
    estimated_completion_at: Type.Union([TimeSchema, Type.Null()], {
      description: 'As if the rest went at the pace so far; null while that says nothing.',
    }),
  },
  {
    ...closed,
    examples: [
      {
        ...example,
        params: { branch: 'main' },
        intake: null,
        profile_version: null,
        current_phase: null,
        auto_advance: null,
        budget: null,
        phases: [],
        attempt: 1,
        output: null,
        forked_from: null,
        estimated_completion_at: null,
        waiting_for: {
          cause: 'scheduled',
          detail: 'The run is to start at 2026-01-15T22:00:00.000Z.',
          frees: 'Its time; a change of scheduled_at brings it forward.',
          since: null,
          until: '2026-01-15T22:00:00.000Z',
        },
      },
    ],
  },
);
export type RunDetail = Static<typeof RunSchema>;

export const RunListSchema = listSchema(RunSummarySchema);
