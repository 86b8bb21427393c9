/**
 * How what is shown stays true. A run that is looked at is followed by its stream (run-feed.ts), and
 * asked for seldom; everything else is asked for at these intervals.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { after, now } from './clock.ts';
import { connection } from './connection.ts';

/** Milliseconds between two looks. */
export const LIVE_MS = {
  run: 1_000,
  followed: 5_000,
  list: 3_000,
  calm: 15_000,
} as const;

/** A run of so many nodes is looked at as a whole less often. */
const LARGE_RUN_NODES = 300;
const LARGE_RUN_MS = 4_000;

/** An interval for queries: none while nothing changes, or while the server does not answer. */
export function refreshEvery(ms: number, changes = true): () => number | false {
  return () => (changes && connection.get().kind === 'live' ? ms : false);
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
  const last = useRef({ mark, at: 0 });
  useEffect(() => {
    if (mark === undefined || mark === last.current.mark) return;
    const known = last.current.mark !== undefined;
    const wait = Math.max(0, last.current.at + delayMs - now());
    return after(wait, () => {
      last.current = { mark, at: now() };
      if (known) void queries.invalidateQueries({ queryKey: [...key] });
    });
  }, [mark, key, delayMs, queries]);
}
