import { notifyManager, type Query } from '@tanstack/react-query';
import { ApiError } from '@tenuto/sdk';
import { useSyncExternalStore } from 'react';
import { queryClient } from './query-client.ts';
import { saidErrors } from './said-errors.ts';
import { useStore } from './store.ts';

const cache = queryClient.getQueryCache();

/**
 * What is on the page and could not be read, or not brought up to date. What is refused, and what never
 * was there, is the affair of the views.
 */
function staleOnes(): readonly Query[] {
  const failed = cache.findAll({ type: 'active' }).filter(({ state }) => state.status === 'error');
  return failed.filter(({ state }) => state.data !== undefined || isFault(state.error));
}

function isFault(error: Error | null): boolean {
  return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}

export interface Stale {
  readonly error: Error;
  /** Whether there is nothing at all of a part, not even from before. */
  readonly isUnread: boolean;
}

/** What keeps a part of the page from being true, where no view says it; undefined while all is well. */
export function useStale(): Stale | undefined {
  const said = useStore(saidErrors);
  const worst = useSyncExternalStore(
    (changed) => cache.subscribe(notifyManager.batchCalls(changed)),
    () => worstOf(said),
  );
  const error = worst?.state.error ?? undefined;
  return error && { error, isUnread: worst?.state.data === undefined };
}

/** Where a view says already that something could not be read, only what is from before is news. */
function worstOf(said: readonly unknown[]): Query | undefined {
  const unsaid = staleOnes().filter(({ state }) => !said.includes(state.error));
  const unread = said.length === 0 && unsaid.find(({ state }) => state.data === undefined);
  return unread || unsaid.find(({ state }) => state.data !== undefined);
}

/** Reads anew what could not be. */
export function readStaleAnew(): void {
  for (const { queryKey } of staleOnes()) void queryClient.invalidateQueries({ queryKey });
}
