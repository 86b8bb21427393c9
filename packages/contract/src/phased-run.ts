import Type, { type Static } from 'typebox';
import { GATE_SEVERITIES, GATE_TYPES } from './gate.ts';
import { BudgetSchema } from './profile.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { NODE_STATUSES, RUN_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const anyObject = Type.Record(Type.String(), Type.Unknown());
const phaseName = Type.String({ minLength: 1, maxLength: 64 });
const reason = Type.Optional(Type.String({ maxLength: 1_000 }));

/** The body of `POST /runs`. */
export const CreateRunSchema = Type.Object(
  {
    profile: Type.String({ minLength: 1, maxLength: 255, description: 'Its name, or its id.' }),
    profile_version: Type.Optional(
      Type.Integer({ minimum: 1, description: 'An earlier version of a stored profile.' }),
    ),
    intake: Type.Optional(anyObject),
    project_name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    metadata: Type.Optional(anyObject),
    auto_advance: Type.Optional(
      Type.Boolean({ description: 'Goes before what the profile and its phases say.' }),
    ),
    budget: Type.Optional(BudgetSchema),
    params: Type.Optional(anyObject),
  },
  {
    ...closed,
    examples: [
      {
        profile: 'analytics_forecast_app',
        project_name: 'Demand of 2027',
        intake: { goal: 'Forecast the weekly demand of each branch for the next 13 weeks' },
        auto_advance: false,
        budget: { usd: 5 },
      },
    ],
  },
);
export type CreateRun = Static<typeof CreateRunSchema>;

/** What making a run of a profile answers. */
export const CreatedRunSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    profile: Type.String(),
    project_name: Type.Union([Type.String(), Type.Null()]),
    current_phase: Type.Union([Type.String(), Type.Null()]),
    status: Type.Enum([...RUN_STATUSES]),
    created_at: TimeSchema,
    updated_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        profile: 'analytics_forecast_app',
        project_name: 'Demand of 2027',
        current_phase: 'planning',
        status: 'running',
        created_at: '2026-01-15T09:30:00.100Z',
        updated_at: '2026-01-15T09:30:00.100Z',
      },
    ],
  },
);
export type CreatedRun = Static<typeof CreatedRunSchema>;

/** One phase of a run. */
export const RunPhaseSchema = Type.Object(
  {
    phase: Type.String(),
    name: Type.String(),
    status: Type.Enum([...NODE_STATUSES], {
      description: '`ready`: it waits for `next`. `waiting`: for people, a time or a retry.',
    }),
    needs: Type.Array(Type.String()),
    auto_advance: Type.Boolean(),
    started_at: OptionalTimeSchema,
    completed_at: OptionalTimeSchema,
    duration_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
    agent_ids: Type.Array(Type.String()),
    artifacts_count: Type.Integer({ minimum: 0 }),
    gates: Type.Object(
      {
        total: Type.Integer({ minimum: 0 }),
        passed: Type.Integer({ minimum: 0 }),
        failed: Type.Array(
          Type.Object(
            {
              id: Type.String(),
              type: Type.Enum([...GATE_TYPES]),
              severity: Type.Enum([...GATE_SEVERITIES]),
              message: Type.String(),
            },
            closed,
          ),
        ),
        governance_score: Type.Union([Type.Number(), Type.Null()]),
        hygiene_score: Type.Union([Type.Number(), Type.Null()]),
      },
      closed,
    ),
    error: Type.Union([
      Type.Object({ type: Type.String(), message: Type.String() }, closed),
      Type.Null(),
    ]),
    kept: Type.Boolean({
      description: 'It was not executed here: the run was cloned from behind it.',
    }),
  },
  closed,
);
export type RunPhase = Static<typeof RunPhaseSchema>;

export const runPhaseExample = {
  phase: 'planning',
  name: 'Planning',
  status: 'completed',
  needs: [],
  auto_advance: false,
  started_at: '2026-01-15T09:30:01.000Z',
  completed_at: '2026-01-15T09:31:12.500Z',
  duration_seconds: 71.5,
  agent_ids: ['product_manager', 'analyst'],
  artifacts_count: 2,
  gates: {
    total: 3,
    passed: 2,
    failed: [
      {
        id: 'risks_named',
        type: 'artifact_pattern',
        severity: 'warning',
        message: 'artifacts/planning/prd.md does not match "(?i)risk".',
      },
    ],
    governance_score: 0.6667,
    hygiene_score: 1,
  },
  error: null,
  kept: false,
} satisfies RunPhase;

/** The body of `POST /runs/{run_id}/next`. */
export const NextPhaseSchema = Type.Object(
  {
    skip_validation: Type.Optional(
      Type.Boolean({
        description: 'Gates that do not block are not evaluated. Needs the scope `runs:override`.',
      }),
    ),
  },
  { ...closed, examples: [{}] },
);
export type NextPhase = Static<typeof NextPhaseSchema>;

/** What `next` answers. */
export const AdvancedSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    previous_phase: Type.Union([Type.String(), Type.Null()]),
    current_phase: Type.Union([Type.String(), Type.Null()]),
    status: Type.Enum([...RUN_STATUSES]),
    message: Type.String(),
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        previous_phase: 'planning',
        current_phase: 'architecture',
        status: 'running',
        message: 'The phase planning has completed; architecture waits for next.',
      },
    ],
  },
);
export type Advanced = Static<typeof AdvancedSchema>;

/** The body of `POST /runs/{run_id}/rollback`. */
export const RollbackRunSchema = Type.Object(
  { phase: phaseName, reason },
  { ...closed, examples: [{ phase: 'architecture', reason: 'The database was the wrong choice' }] },
);
export type RollbackRun = Static<typeof RollbackRunSchema>;

/** The body of `POST /runs/{run_id}/clone`. */
export const CloneRunSchema = Type.Object(
  {
    from_phase: Type.Optional({
      ...phaseName,
      description: 'The first phase that is executed again; what it needs is taken over.',
    }),
    project_name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    metadata: Type.Optional(anyObject),
  },
  { ...closed, examples: [{ from_phase: 'development' }] },
);
export type CloneRun = Static<typeof CloneRunSchema>;
