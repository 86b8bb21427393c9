import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { useMay } from './scopes.ts';

const SHOWN = 5;

/** Targets that are not called for a while, because they have failed too often. */
export function useOpenCircuits() {
  const may = useMay()('jobs:read');
  return useQuery({
    queryKey: ['circuits', 'open'],
    queryFn: ({ signal }) =>
      client.circuits.list({ state: 'open', limit: SHOWN }, { signal }).first(),
    enabled: may,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

/** Budgets of tasks and profiles of which nothing is left. */
export function useSpentBudgets() {
  const may = useMay()('runs:read');
  return useQuery({
    queryKey: ['budgets', 'spent'],
    queryFn: ({ signal }) => client.budgets.list({ spent: true, limit: SHOWN }, { signal }).first(),
    enabled: may,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}
