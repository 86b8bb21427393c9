import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report, spread } from './figures.ts';
import { rollingRestart, type Stops, stopUnderLoad } from './graceful.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('a server that is told to stop', () => {
  it('lets its attempts end, loses nothing and ends with 0', async () => {
    const stops = await stopUnderLoad(stage, { jobs: 60, seconds: 0.2 });
    judge('SIGTERM under load', stops);
    expect(stops.jobs).toBe(60);
  });

  it('leaves the work to another one', async () => {
    const stops = await rollingRestart(stage, { rounds: 1, jobs: 120 });
    judge('rolling restart of two servers', stops);
    expect(stops.jobs).toBe(120);
  });
});

function judge(what: string, stops: Stops): void {
  const { jobs, repeats, doubled, stoppedMs } = stops;
  report(what, { jobs, repeats, doubled, stopped: spread(stoppedMs) });
  expect(stops.violations).toEqual([]);
  expect(stops.ends).toEqual(stops.ends.map(() => ({ code: 0, signal: null })));
  // Attempts that end within the time for draining are not made again.
  expect([repeats, doubled]).toEqual([0, 0]);
}
