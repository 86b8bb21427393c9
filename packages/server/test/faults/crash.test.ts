import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Crashes, killDatabase, killServer } from './crash.ts';
import { report, spread } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('jobs go on where they were', () => {
  it('when the server is killed and started again, twice', async () => {
    judge('kill -9 of the server', await killServer(stage, { rounds: 2, jobs: 200 }));
  });

  it('when PostgreSQL is restarted under the server', async () => {
    judge('restart of PostgreSQL', await killDatabase(stage, { rounds: 1, jobs: 200 }));
  });
});

function judge(what: string, { jobs, violations, repeats, doubled, resumedMs }: Crashes): void {
  report(what, { jobs, repeats, doubled, resumed: spread(resumedMs) });
  expect(violations).toEqual([]);
  expect(jobs).toBe(resumedMs.length * 200);
}
