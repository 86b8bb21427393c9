/** Twenty agents of a served process with a dollar between them, over the wire of a provider. */
import type { Budget, RunMetrics } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { type AgentStage, agentNode, agentStage } from './agents-stage.ts';

/** A thousand tokens at $300 for a million. */
const CALL_USD = 0.3;
const TOKENS = 1_000;
const SOON = { timeout: 120_000, interval: 50 };
const AGENTS = 20;

async function aStage(): Promise<AgentStage> {
  const stage = await agentStage(() => ({
    text: 'Done.',
    ...{ usage: { input: TOKENS, output: 0 }, delayMs: 20 },
  }));
  const prices = [
    { model: 'local/large', input_usd_per_mtok: 300, output_usd_per_mtok: 0 },
    { model: 'local/small', input_usd_per_mtok: 3, output_usd_per_mtok: 0 },
  ];
  for (const body of prices) {
    expect((await stage.served.call('/api/v1/prices', { body })).status).toBe(201);
  }
  return stage;
}

function submitted({ served }: AgentStage, budget: Budget): Promise<string> {
  const nodes = Array.from({ length: AGENTS }, (_, i) => agentNode(`agent${i}`));
  return served.submit(nodes, { budget, max_concurrent_nodes: AGENTS });
}

const metricsOf = async ({ served }: AgentStage, runId: string): Promise<RunMetrics> =>
  (await served.call(`/api/v1/runs/${runId}/metrics`)).body;
const nano = (usd: number) => Math.round(usd * 1e9);

/** That the metrics are what the provider counted, and the budget is passed by one call at most. */
async function expectSound(stage: AgentStage, runId: string): Promise<RunMetrics> {
  const metrics = await metricsOf(stage, runId);
  expect(metrics.total_token_usage.input).toBe(stage.provider.requests.length * TOKENS);
  expect(metrics.budgets[0]).toMatchObject({ spent_usd: metrics.total_cost_usd, reserved_usd: 0 });
  return metrics;
}

it('they pause before the crossing, and end once somebody has raised the budget', async () => {
  const stage = await aStage();
  const runId = await submitted(stage, { usd: 1 });
  const open = async () =>
    (
      await stage.served.call(
        `/api/v1/orchestration/interventions?job_id=${runId}&state=open&limit=100`,
      )
    ).body.items;
  const made = () => stage.provider.requests.length;
  await expect.poll(async () => (await open()).length + made(), SOON).toBe(AGENTS);
  expect((await open())[0].error.type).toBe('budget_exhausted');
  const paused = await expectSound(stage, runId);
  expect(nano(paused.total_cost_usd)).toBeLessThanOrEqual(nano(1 + CALL_USD));
  expect(paused.budgets[0]?.warned).toBe(true);
  const body = { usd: 10, reason: 'worth it' };
  const raised = await stage.served.call(`/api/v1/runs/${runId}/budget`, { body });
  expect([raised.status, raised.body.resolved.length]).toEqual([200, AGENTS - made()]);
  expect((await stage.served.ended(runId)).status).toBe('completed');
  expect(made()).toBe(AGENTS);
  const metrics = await expectSound(stage, runId);
  expect(metrics.total_cost_usd).toBe(6);
  expect(metrics.agents_metrics).toHaveLength(AGENTS);
});

it('they stop, and the run fails', async () => {
  const stage = await aStage();
  const runId = await submitted(stage, { usd: 1, on_crossing: 'stop' });
  expect((await stage.served.ended(runId)).status).toBe('failed');
  const metrics = await expectSound(stage, runId);
  expect(nano(metrics.total_cost_usd)).toBeLessThanOrEqual(nano(1 + CALL_USD));
  expect(stage.provider.requests.length).toBeLessThan(AGENTS);
});

it('they go on with a cheaper model', async () => {
  const stage = await aStage();
  const budget = { usd: 1, on_crossing: 'degrade', degrade_to: 'local/small' } as const;
  const runId = await submitted(stage, budget);
  expect((await stage.served.ended(runId)).status).toBe('completed');
  const metrics = await expectSound(stage, runId);
  const models = metrics.models_metrics.map(({ model, calls }) => [model, calls]);
  expect(models).toEqual([
    ['local/large', expect.any(Number)],
    ['local/small', expect.any(Number)],
  ]);
  expect(nano(metrics.total_cost_usd)).toBeLessThanOrEqual(nano(1 + CALL_USD));
});
