import type { Budget, BudgetRuleScope, NewBudget, Spending, StoredBudget } from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { budgetShape, spendingShape } from './money-shapes.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import type { TransportOptions } from './transport.ts';

export interface BudgetQuery extends PageQuery {
  readonly scope?: BudgetRuleScope;
  /** Those of which nothing is left, or the others. */
  readonly spent?: boolean;
}

/**
 * What all runs of a task or a profile may cost together; that of one run is raised by
 * `runs.raiseBudget`. Every function throws as `createClient` says.
 */
export interface Budgets {
  create(body: NewBudget, options?: SubmitOptions): Promise<StoredBudget>;
  get(budgetId: string, options?: CallOptions): Promise<StoredBudget>;
  /** Newest first. */
  list(query?: BudgetQuery, options?: CallOptions): Listing<StoredBudget>;
  replace(budgetId: string, body: Budget, options?: ChangeOptions): Promise<StoredBudget>;
  remove(budgetId: string, options?: ChangeOptions): Promise<StoredBudget>;
  /** What models have cost, by day. @param query.days of UTC, today too; 30 when absent */
  spending(query?: { readonly days?: number }, options?: CallOptions): Promise<Spending>;
}

const ROOT = '/budgets';

export function createBudgets(transport: TransportOptions): Budgets {
  const shape = budgetShape;
  const { read, list } = createReader(transport);
  const pathOf = (id: string) => `${ROOT}/${segment(id)}`;
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: ROOT, body, shape }, options),
    get: (budgetId, options) => read(pathOf(budgetId), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    replace: (budgetId, body, options) => change('PUT', budgetId, options, body),
    remove: (budgetId, options) => change('DELETE', budgetId, options),
    spending: (query = {}, options) => read('/spending', spendingShape, { ...query }, options),
  };
}
