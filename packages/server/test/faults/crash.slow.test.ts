import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Crashes, killDatabase, killServer } from './crash.ts';
import { report, spread } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

const ROUNDS = 10;
const JOBS = 200;
const DEADLINE_MS = 600_000;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('ten times in a row jobs go on where they were', () => {
  it(
    'when the server is killed and started again',
    async () => {
      judge('kill -9 of the server', await killServer(stage, { rounds: ROUNDS, jobs: JOBS }));
    },
    DEADLINE_MS,
  );

  it(
    'when PostgreSQL is restarted under the server',
    async () => {
      judge('restart of PostgreSQL', await killDatabase(stage, { rounds: ROUNDS, jobs: JOBS }));
    },
    DEADLINE_MS,
  );
});

function judge(what: string, { jobs, violations, repeats, doubled, resumedMs }: Crashes): void {
  report(what, { jobs, repeats, doubled, resumed: spread(resumedMs) });
  expect(violations).toEqual([]);
  expect(jobs).toBe(ROUNDS * JOBS);
}
