/** The shipped profiles without a key: agents of all their phases replay what is recorded for them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, startServed } from './served.ts';

let served: Served;
beforeAll(async () => {
  served = await startServed();
});
afterAll(() => served.close());

const RUNS = '/api/v1/runs';
const SOON = { timeout: 120_000, interval: 100 };
const PHASES = ['planning', 'architecture', 'data', 'development', 'qa', 'documentation'];

async function start(profile: string): Promise<string> {
  const intake = { goal: 'Lend books to neighbours' };
  const body = { profile, intake, auto_advance: true };
  const answer = await served.call(RUNS, { body });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  return answer.body.run_id;
}

async function agree(runId: string): Promise<void> {
  const approvals = async () => (await served.call(`/api/v1/approvals?run_id=${runId}`)).body;
  await expect.poll(async () => (await approvals()).items?.length, SOON).toBe(1);
  const answer = await served.call(`${RUNS}/${runId}/approve`, { body: { decision: 'approve' } });
  expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
}

async function ended(runId: string) {
  const read = async () => (await served.call(`${RUNS}/${runId}`)).body;
  await expect.poll(async () => (await read()).completed_at, SOON).not.toBeNull();
  return await read();
}

describe('the profile', () => {
  it.each([
    ['analytics_forecast_app', 'documentation/writer', 'Guide, runbook and changelog are written.'],
    [
      'ml_model',
      'planning/product_manager',
      'The problem is framed, with what each mistake costs.',
    ],
    ['web_application', 'qa/tester', /^Five tests, all passed; eight of nine lines/],
  ])('%s runs through on its script', async (profile, node, words) => {
    const runId = await start(profile);
    if (profile === 'web_application') await agree(runId);
    const run = await ended(runId);
    expect([run.status, run.error]).toEqual(['completed', null]);
    const phases: readonly { phase: string; status: string; artifacts_count: number }[] =
      run.phases;
    expect(phases.map(({ phase }) => phase)).toEqual(PHASES);
    expect(phases.filter(({ artifacts_count: count }) => count === 0)).toEqual([]);
    const { output } = await served.node(runId, encodeURIComponent(node));
    expect(output.model).toBe('scripted/default');
    expect(output.text).toMatch(words);
  });
});
