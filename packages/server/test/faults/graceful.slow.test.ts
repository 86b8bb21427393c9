import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report, spread } from './figures.ts';
import { rollingRestart, type Stops, stopUnderLoad } from './graceful.ts';
import { openStage, type Stage } from './stage.ts';

const DEADLINE_MS = 600_000;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('a server that is told to stop', () => {
  it(
    'hands attempts back that take longer than it may',
    async () => {
      const stops = await stopUnderLoad(stage, { jobs: 10, seconds: 15 });
      judge('SIGTERM with attempts of 15 s', stops);
      expect(stops.repeats).toBeGreaterThan(0);
      expect(Math.max(...stops.stoppedMs)).toBeLessThan(15_000);
    },
    DEADLINE_MS,
  );

  it(
    'leaves the work to another one, five times each',
    async () => {
      const stops = await rollingRestart(stage, { rounds: 5, jobs: 1_000 });
      judge('rolling restart of two servers', stops);
      expect([stops.jobs, stops.repeats, stops.doubled]).toEqual([1_000, 0, 0]);
    },
    DEADLINE_MS,
  );
});

function judge(what: string, stops: Stops): void {
  const { jobs, repeats, doubled, stoppedMs } = stops;
  report(what, { jobs, repeats, doubled, stopped: spread(stoppedMs) });
  expect(stops.violations).toEqual([]);
  expect(stops.ends).toEqual(stops.ends.map(() => ({ code: 0, signal: null })));
}
