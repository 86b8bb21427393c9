import { expect, it } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { coalesced } from './coalesced.ts';

it('does at most so often what is asked for often, and loses nothing of it', async () => {
  const timers: (() => void)[] = [];
  const clock: Clock = {
    mono: () => 0,
    wall: () => 0,
    after: (_ms, run) => {
      timers.push(run);
      return () => undefined;
    },
  };
  let done = 0;
  let possible = true;
  const { ask, again } = coalesced(clock, 50, () => {
    if (!possible) return undefined;
    done += 1;
    return done === 2 ? Promise.reject(new Error('away')) : Promise.resolve();
  });
  const pause = async () => {
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    timers.shift()?.();
  };
  for (let i = 0; i < 10; i += 1) ask();
  expect(done).toBe(1);
  await pause();
  expect(done).toBe(2);
  await pause();
  expect([done, timers.length]).toEqual([2, 0]);
  possible = false;
  ask();
  expect(done).toBe(2);
  possible = true;
  again();
  expect(done).toBe(3);
});
