import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { BudgetSchema, CROSSINGS } from './profile.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const amount = Type.Number({ minimum: 0 });

/** What may have a budget, from the innermost outward; that of a `principal` is of one month. */
export const BUDGET_SCOPES = ['run', 'phase', 'task', 'profile', 'principal', 'day'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];
/** Those that an owner sets for all runs of something. */
export const BUDGET_RULE_SCOPES = ['task', 'profile'] as const;
export type BudgetRuleScope = (typeof BUDGET_RULE_SCOPES)[number];

/** A budget as it stands; amounts in USD. */
export const BudgetStateSchema = Type.Object(
  {
    scope: Type.Enum([...BUDGET_SCOPES]),
    subject: Type.Union([Type.String(), Type.Null()], {
      description: 'The phase, task, profile, month or day.',
    }),
    limit_usd: Type.Union([amount, Type.Null()], { description: 'Null: no limit.' }),
    spent_usd: Type.Number({ description: 'Settled calls, and unknown ones as expected.' }),
    reserved_usd: Type.Number({
      description: 'What calls that are going on are expected to cost.',
    }),
    warn_at: Type.Number({ description: 'A share of the limit.' }),
    warned: Type.Boolean({ description: 'That share is spent.' }),
    on_crossing: Type.Enum([...CROSSINGS]),
  },
  closed,
);
export type BudgetStateView = Static<typeof BudgetStateSchema>;

const stateExample = {
  ...{ scope: 'run', subject: null, limit_usd: 5, spent_usd: 4.2, reserved_usd: 0.3 },
  ...{ warn_at: 0.8, warned: true, on_crossing: 'pause' },
} as const;

/** The body of `POST /runs/{run_id}/budget`. */
export const RaiseBudgetSchema = Type.Object(
  {
    usd: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1_000_000,
      description: 'The new limit, above the present one.',
    }),
    phase: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Raises the budget of this phase; that of the run if absent.',
      }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
  },
  { ...closed, examples: [{ usd: 5, reason: 'the data phase is worth it' }] },
);
export type RaiseBudget = Static<typeof RaiseBudgetSchema>;

/** What raising a budget has come to. */
export const RaisedBudgetSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    budget: BudgetStateSchema,
    resolved: Type.Array(Type.String({ format: 'uuid' }), {
      description: 'Interventions that waited for money and go on.',
    }),
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        budget: stateExample,
        resolved: ['0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c'],
      },
    ],
  },
);
export type RaisedBudget = Static<typeof RaisedBudgetSchema>;

const rule = {
  scope: Type.Enum([...BUDGET_RULE_SCOPES]),
  subject: Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'The id of a task, or the name of a profile.',
  }),
} as const;

/** The body of `POST /budgets`. */
export const NewBudgetSchema = Type.Object(
  { ...rule, ...BudgetSchema.properties },
  {
    ...closed,
    examples: [{ scope: 'profile', subject: 'web_application', usd: 100, on_crossing: 'stop' }],
  },
);
export type NewBudget = Static<typeof NewBudgetSchema>;

/** The body of `PUT /budgets/{budget_id}`. */
export const WriteBudgetSchema = Type.Object(BudgetSchema.properties, {
  ...closed,
  examples: [{ usd: 100, warn_at: 0.9 }],
});

/** What all runs of a task or a profile may cost together, as their owner has set it. */
export const StoredBudgetSchema = Type.Object(
  {
    budget_id: Type.String({ format: 'uuid' }),
    ...rule,
    owner: Type.String(),
    usd: Type.Number(),
    warn_at: Type.Number(),
    on_crossing: Type.Enum([...CROSSINGS]),
    degrade_to: Type.Union([Type.String(), Type.Null()]),
    spent_usd: amount,
    reserved_usd: amount,
    warned: Type.Boolean(),
    updated_at: TimeSchema,
    updated_by: Type.String(),
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        budget_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        ...{ scope: 'profile', subject: 'web_application', owner: 'ana', usd: 100, warn_at: 0.8 },
        ...{ on_crossing: 'pause', degrade_to: null, spent_usd: 12.5, reserved_usd: 0 },
        ...{ warned: false, updated_at: '2026-01-15T09:30:00.000Z', updated_by: 'ana', version: 1 },
      },
    ],
  },
);
export type StoredBudget = Static<typeof StoredBudgetSchema>;
export const StoredBudgetListSchema = listSchema(StoredBudgetSchema);
