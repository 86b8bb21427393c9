import {
  BUDGET_RULE_SCOPES,
  BUDGET_SCOPES,
  type BudgetStateView,
  CROSSINGS,
  PROJECTION_BASES,
  type Price,
  type RaisedBudget,
  type RunMetrics,
  type Spending,
  type StoredBudget,
} from '@tenuto/contract';
import {
  anything,
  fields,
  flag,
  listOf,
  nullable,
  number,
  oneOf,
  type Shape,
  text,
} from './shape.ts';

export const priceShape: Shape<Price> = fields({
  ...{ price_id: text, model: text, input_usd_per_mtok: number, output_usd_per_mtok: number },
  cached_input_usd_per_mtok: nullable(number),
  reasoning_usd_per_mtok: nullable(number),
  ...{ effective_from: text, effective_to: nullable(text), shipped: flag },
  ...{ updated_at: nullable(text), updated_by: nullable(text), version: number },
});

const budgetStateShape: Shape<BudgetStateView> = fields({
  ...{ scope: oneOf(BUDGET_SCOPES), subject: nullable(text), limit_usd: nullable(number) },
  ...{ spent_usd: number, reserved_usd: number, warn_at: number, warned: flag },
  on_crossing: oneOf(CROSSINGS),
});

export const raisedShape: Shape<RaisedBudget> = fields({
  ...{ run_id: text, budget: budgetStateShape, resolved: listOf(text) },
});

export const budgetShape: Shape<StoredBudget> = fields({
  ...{ budget_id: text, scope: oneOf(BUDGET_RULE_SCOPES), subject: text, owner: text, usd: number },
  ...{ warn_at: number, on_crossing: oneOf(CROSSINGS), degrade_to: nullable(text) },
  ...{ spent_usd: number, reserved_usd: number, warned: flag },
  ...{ updated_at: text, updated_by: text, version: number },
});

const cost = { calls: number, cost_usd: number };
export const spendingShape: Shape<Spending> = fields({
  ...{ days: number, total_usd: number },
  models: listOf(fields({ model: text, ...cost, per_day: listOf(fields({ day: text, ...cost })) })),
});

const usage = fields({
  ...{ input: number, output: number, cached: number, reasoning: number, total: number },
});
const spending = {
  ...{ calls: number, token_usage: usage, cost_usd: number, recorded_cost_usd: number },
} as const;

export const runMetricsShape: Shape<RunMetrics> = fields({
  ...{ run_id: text, total_duration_seconds: nullable(number) },
  ...{ total_token_usage: usage, total_cost_usd: number, total_recorded_cost_usd: number },
  phases_metrics: listOf(
    fields({
      ...{ phase: text, duration_seconds: nullable(number), ...spending },
      ...{ agents_executed: number, artifacts_generated: number },
      ...{ governance_passed: nullable(flag), governance_score: nullable(number) },
      ...{ governance_warnings: number, hygiene_score: nullable(number) },
    }),
  ),
  agents_metrics: listOf(
    fields({
      ...{ agent: text, phase: nullable(text), model: text, ...spending, duration_seconds: number },
    }),
  ),
  models_metrics: listOf(fields({ model: text, ...spending })),
  ...{ governance_score: nullable(number), hygiene_score: nullable(number) },
  ...{ hygiene_findings: listOf(anything), artifacts_total: number, errors_count: number },
  unknown_calls: fields({ count: number, expected_cost_usd: number }),
  budgets: listOf(budgetStateShape),
  projection: fields({
    ...{ remaining_cost_usd: nullable(number), remaining_seconds: nullable(number) },
    ...{ basis: oneOf(PROJECTION_BASES), runs: number },
  }),
  warnings: listOf(text),
});
