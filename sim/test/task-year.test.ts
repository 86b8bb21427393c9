import { expect, it } from 'vitest';
import { playYear } from './task-year.ts';

it.each([
  1, 2, 3,
])('each tick of a year is told once, whatever happens to schedulers: seed %i', async (seed) => {
  const report = await playYear({ tasks: 60, days: 365, seed });
  expect(report.faults).toEqual([]);
  expect(report.ticks).toBeGreaterThan(10_000);
  expect(report.fired).toBeGreaterThan(5_000);
  expect(report.restarts).toBeGreaterThan(10);
});
