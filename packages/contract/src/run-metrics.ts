import Type, { type Static } from 'typebox';
import { BudgetStateSchema } from './budget.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const amount = Type.Number({ minimum: 0 });
const seconds = Type.Number({ minimum: 0 });
const score = Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
  description: 'Null until gates have been checked.',
});

/** Tokens as providers report them; `cached` is a part of `input`, `reasoning` of `output`. */
export const TokenTotalsSchema = Type.Object(
  { input: count, output: count, cached: count, reasoning: count, total: count },
  closed,
);
export type TokenTotals = Static<typeof TokenTotalsSchema>;

const spending = {
  calls: Type.Integer({ minimum: 0, description: 'Calls of models that were answered.' }),
  token_usage: TokenTotalsSchema,
  cost_usd: amount,
  recorded_cost_usd: Type.Number({
    minimum: 0,
    description: 'The part of it that stands for recorded answers: nobody is paid that.',
  }),
} as const;

const PhaseMetricsSchema = Type.Object(
  {
    phase: Type.String(),
    duration_seconds: Type.Union([seconds, Type.Null()]),
    ...spending,
    agents_executed: count,
    artifacts_generated: count,
    governance_passed: Type.Union([Type.Boolean(), Type.Null()]),
    governance_score: score,
    governance_warnings: Type.Integer({
      minimum: 0,
      description: 'Gates of severity `warning` that did not pass.',
    }),
    hygiene_score: score,
  },
  closed,
);

const AgentMetricsSchema = Type.Object(
  {
    agent: Type.String(),
    phase: Type.Union([Type.String(), Type.Null()]),
    model: Type.String(),
    ...spending,
    duration_seconds: Type.Number({ minimum: 0, description: 'Of its calls together.' }),
  },
  closed,
);

/** On what a projection is based. */
export const PROJECTION_BASES = ['history', 'phases_so_far', 'over', 'none'] as const;

const tokens = { input: 1_200, output: 300, cached: 200, reasoning: 0, total: 1_500 };
const spent = { calls: 3, token_usage: tokens, cost_usd: 0.0081, recorded_cost_usd: 0 };

/** The answer of `GET /runs/{run_id}/metrics`. */
export const RunMetricsSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    total_duration_seconds: Type.Union([seconds, Type.Null()]),
    total_token_usage: TokenTotalsSchema,
    total_cost_usd: Type.Number({ minimum: 0, description: 'Of the calls that were answered.' }),
    total_recorded_cost_usd: spending.recorded_cost_usd,
    phases_metrics: Type.Array(PhaseMetricsSchema),
    agents_metrics: Type.Array(AgentMetricsSchema),
    models_metrics: Type.Array(Type.Object({ model: Type.String(), ...spending }, closed)),
    governance_score: score,
    hygiene_score: score,
    hygiene_findings: Type.Array(Type.Unknown()),
    artifacts_total: count,
    errors_count: Type.Integer({ minimum: 0, description: 'Attempts that did not complete.' }),
    unknown_calls: Type.Object(
      { count, expected_cost_usd: amount },
      {
        ...closed,
        description:
          'Calls whose engine died before their answer came: they count in budgets as expected, and in no total.',
      },
    ),
    budgets: Type.Array(BudgetStateSchema, { description: 'Of the run and its phases.' }),
    projection: Type.Object(
      {
        remaining_cost_usd: Type.Union([amount, Type.Null()]),
        remaining_seconds: Type.Union([seconds, Type.Null()]),
        basis: Type.Enum([...PROJECTION_BASES], {
          description:
            '`history`: the median of the last completed runs of the same profile or task, by phase.',
        }),
        runs: Type.Integer({ minimum: 0, description: 'How many runs it is based on.' }),
      },
      closed,
    ),
    warnings: Type.Array(Type.String()),
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        total_duration_seconds: 42.1,
        total_token_usage: tokens,
        total_cost_usd: 0.0081,
        total_recorded_cost_usd: 0,
        phases_metrics: [
          {
            ...{ phase: 'planning', duration_seconds: 12.5, ...spent },
            ...{ agents_executed: 2, artifacts_generated: 1, governance_passed: true },
            ...{ governance_score: 1, governance_warnings: 0, hygiene_score: 0.95 },
          },
        ],
        agents_metrics: [
          {
            ...{ agent: 'analyst', phase: 'planning', model: 'anthropic/claude-sonnet-4-5' },
            ...{ ...spent, duration_seconds: 9.2 },
          },
        ],
        models_metrics: [{ model: 'anthropic/claude-sonnet-4-5', ...spent }],
        ...{ governance_score: 1, hygiene_score: 0.95, hygiene_findings: [] },
        ...{ artifacts_total: 1, errors_count: 0 },
        unknown_calls: { count: 0, expected_cost_usd: 0 },
        budgets: [
          {
            ...{ scope: 'run', subject: null, limit_usd: 5, spent_usd: 0.0081, reserved_usd: 0 },
            ...{ warn_at: 0.8, warned: false, on_crossing: 'pause' },
          },
        ],
        projection: {
          ...{ remaining_cost_usd: 0.05, remaining_seconds: 180, basis: 'history', runs: 12 },
        },
        warnings: [],
      },
    ],
  },
);
export type RunMetrics = Static<typeof RunMetricsSchema>;
