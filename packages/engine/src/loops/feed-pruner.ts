/**
 * The pruner of feeds: gives up those of runs that are over and that nobody has followed for a month,
 * in each server, now and then. Who follows such a run again has its feed made anew.
 */
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunFeedStore } from '../ports/run-feed-store.ts';
import { createLoop, type Loop } from './loop.ts';

const EVERY_MS = 3_600_000;
/** While there is more to give up. */
const PAUSE_MS = 1_000;
const UNFOLLOWED_MS = 30 * 24 * 3_600_000;

interface PrunerOptions {
  readonly store: Pick<RunFeedStore, 'prune'>;
  readonly clock: Clock;
  readonly log: EngineLog;
}

export function createFeedPruner({
  store,
  clock,
  log,
}: PrunerOptions): Pick<Loop, 'start' | 'stop'> {
  return createLoop({
    ...{ name: 'feed pruner', clock, everyMs: EVERY_MS },
    runOnce: async () => ((await store.prune(UNFOLLOWED_MS)) > 0 ? PAUSE_MS : undefined),
    onError: (name, error) =>
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again'),
  });
}
