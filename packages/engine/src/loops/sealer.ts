/**
 * The sealer: seals audit rows that are committed, beside the sealers of all other servers, of which
 * one seals at a time. Writers never wait for it; when it falls behind it stays behind for a while.
 */
import type { EngineLog } from '../engine-log.ts';
import type { SealStore } from '../ports/audit-store.ts';
import type { Clock } from '../ports/clock.ts';
import { createLoop, type Loop } from './loop.ts';

const LOOK_EVERY_MS = 5_000;
/** Rows of one seal. */
const ROWS_A_SEAL = 1_000;
/** Of its time the sealer spends this part sealing, so that it never is what slows writers down. */
const SHARE_OF_TIME = 0.2;
/** How often the log is told the head of the chain: there nobody can change it with the database. */
const TELL_EVERY_MS = 3_600_000;

interface SealerOptions {
  readonly store: SealStore;
  readonly clock: Clock;
  readonly log: EngineLog;
}

export function createSealer({ store, clock, log }: SealerOptions): Pick<Loop, 'start' | 'stop'> {
  let tellAt = 0;
  return createLoop({
    ...{ name: 'sealer', clock, everyMs: LOOK_EVERY_MS },
    async runOnce() {
      const begun = clock.mono();
      const sealed = await store.seal(ROWS_A_SEAL);
      if (sealed === undefined || sealed.rows === 0) return undefined;
      if (clock.mono() >= tellAt) {
        tellAt = clock.mono() + TELL_EVERY_MS;
        log.info({ head: sealed.head }, 'the audit is sealed up to here');
      }
      const spent = clock.mono() - begun;
      return sealed.rows < ROWS_A_SEAL ? undefined : spent * (1 / SHARE_OF_TIME - 1);
    },
    onError: (name, error) =>
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again'),
  });
}
