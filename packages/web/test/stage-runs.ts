import { expect, vi } from 'vitest';
import { APPROVED, ASKS, FAILS, WAITS } from './jobs.ts';
import type { Scene, Stage } from './stage.ts';

/** Runs in several states, what waits for people, and what starts runs. */
export const stageRuns: Stage = async (client) => {
  const failed = await client.jobs.submit(FAILS);
  const running = await client.jobs.submit(WAITS);
  await client.jobs.submit(ASKS);
  await client.jobs.submit(APPROVED);
  await vi.waitFor(
    async () => expect((await client.jobs.get(failed.job_id)).status).toBe('failed'),
    { timeout: 60_000 },
  );
  const run = `/runs/${failed.job_id}`;
  return [
    { name: 'home', path: '/' },
    { name: 'runs', path: '/runs' },
    { name: 'runs-filtered', path: '/runs?status=failed&since=24h&meta=team%3Dshop&tag=x' },
    { name: 'needs', path: '/needs' },
    { name: 'needs-all', path: '/needs?show=all' },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'run-failed', path: run },
    { name: 'run-failed-node', path: `${run}?node=browser` },
    { name: 'run-failed-log', path: `${run}?tab=log` },
    { name: 'run-failed-history', path: `${run}?tab=history` },
    { name: 'run-failed-plan', path: `${run}?tab=plan` },
    { name: 'run-no-artifacts', path: `${run}?tab=artifacts` },
    { name: 'run-no-cost', path: `${run}?tab=cost` },
    { name: 'run-running', path: `/runs/${running.job_id}` },
  ];
};

/** A phased run between its first and its second phase. */
export const stagePhased: Stage = async (client): Promise<readonly Scene[]> => {
  const phased = await client.runs.create({
    ...{ profile: 'analytics_forecast_app', intake: { goal: 'Forecast the demand' } },
    budget: { usd: 5 },
  });
  await client.runs.next(phased.run_id);
  const steps = `/runs/${phased.run_id}`;
  const [file] = (await client.artifacts.list(phased.run_id).first()).items;
  const looked = `file=${file?.artifact_id}`;
  return [
    { name: 'phased', path: steps },
    { name: 'phased-file', path: `${steps}?tab=phases&phase=planning&${looked}` },
    { name: 'phased-artifacts', path: `${steps}?tab=artifacts&${looked}` },
    { name: 'phased-cost', path: `${steps}?tab=cost` },
  ];
};
