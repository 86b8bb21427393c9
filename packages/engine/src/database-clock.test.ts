import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { createDatabaseClock } from './database-clock.ts';

/** A database whose clock is ahead of this machine's monotonic one by `ahead`. */
function database(ahead: number, [thereMs, backMs]: readonly [number, number] = [0, 0]) {
  const local = createManualClock();
  const state = { ahead, trip: [thereMs, backMs] as readonly [number, number] };
  const clock = createDatabaseClock(local, async () => {
    await local.advance(state.trip[0]);
    const now = local.mono() + state.ahead;
    await local.advance(state.trip[1]);
    return now;
  });
  return { local, clock, state, truth: () => local.mono() + state.ahead };
}

test('time is the database time, whatever this machine is set to', async () => {
  const { local, clock, truth } = database(5_000_000);
  await clock.sync();
  expect(clock.wall()).toBe(truth());
  local.setWall(3_600_000);
  expect(clock.wall()).toBe(truth());
  await local.advance(1_234);
  expect(clock.wall()).toBe(truth());
});

test('is never further off than a round trip takes', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -1e9, max: 1e12 }),
      fc.array(fc.tuple(fc.nat(400), fc.nat(400)), { minLength: 1, maxLength: 8 }),
      async (ahead, trips) => {
        const { clock, state, truth } = database(ahead);
        let best = Number.POSITIVE_INFINITY;
        for (const trip of trips) {
          state.trip = trip;
          await clock.sync();
          best = Math.min(best, trip[0] + trip[1]);
          expect(Math.abs(clock.wall() - truth())).toBeLessThanOrEqual(best);
        }
      },
    ),
    { numRuns: 40 },
  ));

test('does not move while the answers agree with it', async () => {
  const { clock, state, truth } = database(1_000, [1, 1]);
  await clock.sync();
  const off = clock.wall() - truth();
  for (const trip of [
    [50, 3],
    [2, 80],
    [7, 7],
  ] as const) {
    state.trip = trip;
    await clock.sync();
    expect(clock.wall() - truth()).toBe(off);
  }
});

test('follows a database whose clock is set', async () => {
  const { clock, state, truth } = database(0);
  await clock.sync();
  state.ahead = 600_000;
  await clock.sync();
  expect(clock.wall()).toBe(truth());
});
