/** The pruner of tokens: deletes what has been over for a day, in each server, now and then. */
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { TokenStore } from '../ports/token-store.ts';
import { createLoop, type Loop } from './loop.ts';

const EVERY_MS = 3_600_000;

interface PrunerOptions {
  readonly store: Pick<TokenStore, 'prune'>;
  readonly clock: Clock;
  readonly log: EngineLog;
}

export function createTokenPruner({
  store,
  clock,
  log,
}: PrunerOptions): Pick<Loop, 'start' | 'stop'> {
  return createLoop({
    ...{ name: 'token pruner', clock, everyMs: EVERY_MS },
    async runOnce() {
      await store.prune();
      return undefined;
    },
    onError: (name, error) =>
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again'),
  });
}
