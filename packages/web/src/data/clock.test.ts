import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttle } from './clock.ts';

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
