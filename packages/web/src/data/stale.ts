import { notifyManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { queryClient } from './query-client.ts';

const cache = queryClient.getQueryCache();

/** What is on the page and could not be brought up to date. */
const staleOnes = () =>
  cache
    .findAll({ type: 'active' })
    .filter(({ state }) => state.status === 'error' && state.data !== undefined);

/** Why something that is shown is from before; undefined while all of it is as new as it should be. */
export function useStaleReason(): Error | undefined {
  return useSyncExternalStore(
    (changed) => cache.subscribe(notifyManager.batchCalls(changed)),
    () => staleOnes()[0]?.state.error ?? undefined,
  );
}

/** Reads anew what could not be. */
export function readStaleAnew(): void {
  for (const query of staleOnes()) void queryClient.invalidateQueries({ queryKey: query.queryKey });
}
