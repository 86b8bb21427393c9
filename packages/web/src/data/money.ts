import { useQuery } from '@tanstack/react-query';
import type { Budget, NewBudget, WritePrice } from '@tenuto/contract';
import type { PriceQuery } from '@tenuto/sdk';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';
import { useMay } from './scopes.ts';

const budgetsKey = ['budgets'] as const;
const pricesKey = ['prices'] as const;

/** What models have cost in the last days. */
export function useSpending(days: number) {
  return useQuery({
    queryKey: ['spending', days],
    queryFn: ({ signal }) => client.budgets.spending({ days }, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.large),
  });
}

export function useBudgets() {
  return usePages({
    key: budgetsKey,
    read: (cursor, signal) => client.budgets.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

/** Budgets of tasks and profiles of which nothing is left. */
export function useSpentBudgets(limit: number) {
  const may = useMay()('runs:read');
  return useQuery({
    queryKey: [...budgetsKey, 'spent', limit],
    queryFn: ({ signal }) => client.budgets.list({ spent: true, limit }, { signal }).first(),
    enabled: may,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useCreateBudget() {
  return useChange(budgetsKey, (body: NewBudget) => client.budgets.create(body));
}

export interface BudgetChange {
  readonly budgetId: string;
  readonly version: number;
  readonly body: Budget;
}

export function useReplaceBudget() {
  return useChange(budgetsKey, ({ budgetId, version, body }: BudgetChange) =>
    client.budgets.replace(budgetId, body, { version }),
  );
}

export function useRemoveBudget() {
  return useChange(budgetsKey, (budgetId: string) => client.budgets.remove(budgetId));
}

export function usePrices(query: PriceQuery) {
  return usePages({
    key: [...pricesKey, query],
    read: (cursor, signal) =>
      client.prices.list({ limit: PAGE, ...query }, { signal }).page(cursor),
  });
}

export function useCreatePrice() {
  return useChange(pricesKey, (body: WritePrice) => client.prices.create(body));
}

export function useRemovePrice() {
  return useChange(pricesKey, (priceId: string) => client.prices.remove(priceId));
}
