/**
 * How what is shown stays true. A run that is looked at is followed by its stream (run-feed.ts), and
 * asked for seldom; everything else is asked for at these intervals.
 */
import { useQueryClient } from '@tanstack/react-query';
import { ApiError } from '@tenuto/sdk';
import { useEffect, useRef } from 'react';
import { after, elapsed } from './clock.ts';
import { connection } from './connection.ts';

/** Milliseconds between two looks. */
export const LIVE_MS = {
  run: 1_000,
  followed: 5_000,
  list: 3_000,
  calm: 15_000,
  large: 20_000,
} as const;

/** A run of so many nodes is looked at as a whole less often. */
const LARGE_RUN_NODES = 300;
const LARGE_RUN_MS = 4_000;

/** What of a query tells how long it has been failing. */
interface Looked {
  readonly state: {
    readonly status: string;
    readonly error: Error | null;
    readonly dataUpdatedAt: number;
    readonly errorUpdatedAt: number;
  };
}

/** An interval for queries: none while nothing changes, or while the server does not answer. */
export function refreshEvery(ms: number, changes = true): (query: Looked) => number | false {
  return ({ state }) => {
    if (!changes || connection.get().kind === 'away') return false;
    return state.status === 'error' ? Math.max(ms, restAfter(state)) : ms;
  };
}

const LAST_REST_MS = 30_000;
/** What has never been read has a button to try again. */
const UNREAD_REST_MS = 10_000;
/** Not all pages come again at the same moment. It stays the same: an interval that changes begins anew. */
const SPREAD = 1 + Math.random() / 4;

/** The longer something fails the longer it is left alone, and at least as long as the server wants. */
function restAfter({ error, dataUpdatedAt, errorUpdatedAt }: Looked['state']): number {
  const since = dataUpdatedAt === 0 ? UNREAD_REST_MS : errorUpdatedAt - dataUpdatedAt;
  return SPREAD * Math.max(Math.min(since, LAST_REST_MS), retryAfterMs(error));
}

/** How long the server wants to be left alone; 0 when it does not say. */
export function retryAfterMs(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
}

/** How long the parts of a run may be behind the run itself. */
export function partsDelay(nodes: number): number {
  return nodes > LARGE_RUN_NODES ? LARGE_RUN_MS : 0;
}

/** Reads the parts of something again whenever its mark has changed, at most once in `delayMs`. */
export function useRefreshOn(
  mark: string | undefined,
  { key, delayMs }: { readonly key: readonly unknown[]; readonly delayMs: number },
): void {
  const queries = useQueryClient();
  const last = useRef({ mark, at: Number.NEGATIVE_INFINITY });
  useEffect(() => {
    if (mark === undefined || mark === last.current.mark) return;
    const known = last.current.mark !== undefined;
    const wait = Math.max(0, last.current.at + delayMs - elapsed());
    return after(wait, () => {
      last.current = { mark, at: elapsed() };
      if (known) void queries.invalidateQueries({ queryKey: [...key] });
    });
  }, [mark, key, delayMs, queries]);
}
