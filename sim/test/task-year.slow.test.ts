import { expect, it } from 'vitest';
import { playYear } from './task-year.ts';

it('each tick of ten thousand tasks in a year is told once', async () => {
  const report = await playYear({ tasks: 10_000, days: 365, seed: 7 });
  expect(report.faults).toEqual([]);
  expect(report.ticks).toBeGreaterThan(2_000_000);
}, 1_200_000);
