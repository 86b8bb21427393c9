/** Settles calls whose attempts have ended without a word about them, in each server. */
import type { EngineLog } from '../engine-log.ts';
import type { StrayCalls } from '../ports/call-ledger.ts';
import type { Clock } from '../ports/clock.ts';
import { createLoop, type Loop } from './loop.ts';

const EVERY_MS = 5_000;

interface SettlerOptions {
  readonly store: StrayCalls;
  readonly clock: Clock;
  readonly log: EngineLog;
}

export function createCallSettler({
  store,
  clock,
  log,
}: SettlerOptions): Pick<Loop, 'start' | 'stop'> {
  return createLoop({
    ...{ name: 'call settler', clock, everyMs: EVERY_MS },
    async runOnce() {
      const settled = await store.settleStrays();
      if (settled > 0) log.info({ calls: settled }, 'calls were settled that nobody had ended');
      return undefined;
    },
    onError: (name, error) =>
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again'),
  });
}
