import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { now, throttle, watchClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does what is asked for at once, and what is asked for meanwhile together', () => {
  const act = vi.fn();
  const { ask, stop } = throttle(1_000, act);
  ask();
  vi.advanceTimersByTime(0);
  expect(act).toHaveBeenCalledTimes(1);
  for (let times = 0; times < 50; times += 1) ask();
  vi.advanceTimersByTime(999);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(2);
  ask();
  stop();
  vi.advanceTimersByTime(5_000);
  expect(act).toHaveBeenCalledTimes(2);
});

it('takes the time from the server where the clock of this computer is wrong', () => {
  const HOUR_MS = 3_600_000;
  const at = (ms: number) => new Date(ms).toUTCString();
  vi.setSystemTime(1_800_000_000_000);
  let learn = watchClock();
  vi.advanceTimersByTime(5_000);
  // Written when half of the way was gone: the clocks agree.
  learn(at(Date.now() - 2_500));
  expect(now()).toBe(Date.now());
  learn = watchClock();
  learn(at(Date.now() + HOUR_MS));
  expect(now()).toBe(Date.now() + HOUR_MS);
  learn = watchClock();
  learn(at(Date.now() + HOUR_MS));
  learn(null);
  expect(now()).toBe(Date.now() + HOUR_MS);
  // It was set right meanwhile.
  vi.setSystemTime(Date.now() + HOUR_MS);
  learn = watchClock();
  learn(at(Date.now()));
  expect(now()).toBe(Date.now());
});
