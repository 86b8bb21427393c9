/** Agents whose calls cost about 30 cents each, under a budget of a dollar. */
import { expect, it } from 'vitest';
import { type AgentStage, agentStage, whoAsks } from './agents-stage.ts';

const RUNS = '/api/v1/runs';
const SOON = { timeout: 60_000, interval: 50 };
/** Five calls: four that look, and the last words. */
const CALLS = 5;

/** A provider whose answers have 1,000 tokens, which cost 30 cents, or 3 of the cheaper model. */
async function stage(): Promise<AgentStage> {
  const made = await agentStage((request) => {
    const step = Number(whoAsks(request).split('/')[1]);
    const usage = { input: 0, output: 1_000 };
    return step < CALLS - 1
      ? { toolCalls: [{ name: 'workspace_list', input: {} }], usage }
      : { text: 'Done.', usage };
  });
  for (const [model, output] of [
    ['local/large', 300],
    ['local/small', 30],
  ] as const) {
    const price = { model, input_usd_per_mtok: 0.001, output_usd_per_mtok: output };
    const answer = await made.served.call('/api/v1/prices', {
      body: { ...price, effective_from: '2026-01-01T00:00:00Z' },
    });
    expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  }
  return made;
}

async function start({ served }: AgentStage, name: string, budget: object): Promise<string> {
  const agent = { id: 'spender', prompt: 'You are spender.', max_output_tokens: 1_000 };
  const profile = {
    ...{ name, auto_advance: true, model: 'local/large' },
    budget: { usd: 1, ...budget },
    phases: [{ id: 'one', agents: [agent] }],
  };
  const stored = await served.call('/api/v1/profiles', { body: profile });
  expect([stored.status, stored.body.detail]).toEqual([201, undefined]);
  const answer = await served.call(RUNS, { body: { profile: name } });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  return answer.body.run_id;
}

async function ended({ served }: AgentStage, runId: string) {
  const read = async () => (await served.call(`${RUNS}/${runId}`)).body;
  await expect.poll(async () => (await read()).completed_at, SOON).not.toBeNull();
  return await read();
}

it('it pauses before the call that would cross it, and goes on where it was when it is raised', async () => {
  const made = await stage();
  const runId = await start(made, 'pausing', { on_crossing: 'pause' });
  const list = '/api/v1/orchestration/interventions?state=open';
  await expect.poll(async () => (await made.served.call(list)).body.total, SOON).toBe(1);
  expect(made.provider.requests).toHaveLength(3);
  const raised = await made.served.call(`${RUNS}/${runId}/budget`, {
    method: 'POST',
    body: { usd: 2 },
  });
  expect([raised.status, raised.body.detail]).toEqual([200, undefined]);
  expect((await ended(made, runId)).status).toBe('completed');
  // Nothing that was answered is asked again.
  expect(made.provider.requests).toHaveLength(CALLS);
  const metrics = (await made.served.call(`${RUNS}/${runId}/metrics`)).body;
  expect(metrics.total_cost_usd).toBeCloseTo(1.5, 9);
  expect(metrics.total_token_usage).toMatchObject({ output: 5_000 });
});

it('it stops before the call that would cross it', async () => {
  const made = await stage();
  const runId = await start(made, 'stopping', { on_crossing: 'stop' });
  expect((await ended(made, runId)).status).toBe('failed');
  expect(made.provider.requests).toHaveLength(3);
  const node = await made.served.node(runId, encodeURIComponent('one/spender'));
  expect(node.error).toMatchObject({ type: 'budget_exhausted' });
});

it('it turns to the cheaper model', async () => {
  const made = await stage();
  const degrade = { on_crossing: 'degrade', degrade_to: 'local/small' };
  const runId = await start(made, 'degrading', degrade);
  expect((await ended(made, runId)).status).toBe('completed');
  expect(made.provider.requests.map(({ body }) => body.model)).toEqual([
    ...['large', 'large', 'large'],
    ...['small', 'small'],
  ]);
});
