import type { Clock } from './ports/clock.ts';

/** A clock whose wall time is the database's, so that all engines agree on when something is due. */
export interface DatabaseClock extends Clock {
  /** Asks the database for the time. */
  sync(): Promise<void>;
}

/**
 * Between two looks time goes on with the monotonic clock: somebody who sets this machine's clock
 * moves no timeout and no retry. Each answer says within which bounds the time was; the clock moves
 * only when it is outside of them, so the noise of round trips does not shake it.
 *
 * @param databaseTime milliseconds since the epoch
 */
export function createDatabaseClock(
  local: Clock,
  databaseTime: () => Promise<number>,
): DatabaseClock {
  let offset = local.wall() - local.mono();
  return {
    wall: () => local.mono() + offset,
    mono: () => local.mono(),
    after: (ms, run) => local.after(ms, run),
    async sync() {
      const before = local.mono();
      const time = await databaseTime();
      const after = local.mono();
      offset = Math.min(Math.max(offset, time - after), time - before);
    },
  };
}
