import type { RunMetrics } from '@tenuto/contract';
import { compilePlan } from '@tenuto/engine';
import { createCallLedger } from '@tenuto/store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCall, aSpendingRun, makeCall } from './money.ts';
import { startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

async function metricsOf(runId: string): Promise<RunMetrics> {
  const { status, body } = await api.call(`/api/v1/runs/${runId}/metrics`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** The plan of a profile with two phases. */
const PHASED = compilePlan({
  nodes: ['plan', 'build'].flatMap((phase, i) => [
    { id: `${phase}/start`, type: 'checkpoint', ...(i > 0 && { parent_nodes: ['plan/gates'] }) },
    { id: `${phase}/writer`, uses: 'sleep.for', parent_nodes: [`${phase}/start`] },
    { id: `${phase}/gates`, uses: 'sleep.for', parent_nodes: [`${phase}/writer`] },
  ]),
});
const node = (id: string) => PHASED.ids.indexOf(id);

async function addAttempt(
  runId: string,
  of: { node: number; from: number; to: number; output?: unknown; status?: string },
): Promise<void> {
  const { rows } = await api.pool.query(
    'select coalesce(max(seq), 0)::int + 1 as seq from attempts where run_id = $1',
    [runId],
  );
  await api.pool.query(
    `insert into attempts (run_id, node, attempt, seq, generation, status, output, started_at, ended_at)
     values ($1, $2, $3, $3, 0, $4, $5, to_timestamp($6), to_timestamp($7))`,
    [
      ...[runId, of.node, rows[0].seq, of.status ?? 'completed'],
      ...[JSON.stringify(of.output ?? null), of.from, of.to],
    ],
  );
}

describe('what a run has cost', () => {
  it('is the sum of what its providers reported, to the last token and nano-dollar', async () => {
    const tokens = fc.integer({ min: 0, max: 200_000 });
    const some = fc.record({
      usage: fc
        .tuple(tokens, tokens, fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([input, output, part]) => ({
          ...{ input, output, cached: Math.floor(input * part) },
          reasoning: Math.floor(output * part),
        })),
      target: fc.constantFrom('scripted/demo', 'anthropic/claude-sonnet-4-5', 'openai/gpt-5-mini'),
      phase: fc.constantFrom('planning', 'qa'),
      agent: fc.constantFrom('ana', 'ben'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { maxLength: 8 }), async (calls) => {
        const runId = await aSpendingRun(api);
        let nano = 0;
        let recorded = 0;
        for (const call of calls) {
          const cost = await makeCall(api, runId, call);
          nano += cost;
          if (call.target.startsWith('scripted/')) recorded += cost;
        }
        const metrics = await metricsOf(runId);
        const { total_token_usage: total } = metrics;
        const sum = (of: (call: (typeof calls)[number]) => number) =>
          calls.reduce((all, call) => all + of(call), 0);
        expect(total).toEqual({
          ...{ input: sum((c) => c.usage.input), output: sum((c) => c.usage.output) },
          ...{ cached: sum((c) => c.usage.cached), reasoning: sum((c) => c.usage.reasoning) },
          total: sum((c) => c.usage.input + c.usage.output),
        });
        expect(Math.round(metrics.total_cost_usd * 1e9)).toBe(nano);
        expect(Math.round(metrics.total_recorded_cost_usd * 1e9)).toBe(recorded);
        for (const parts of [
          metrics.phases_metrics,
          metrics.agents_metrics,
          metrics.models_metrics,
        ]) {
          const nanos = parts.reduce((all, part) => all + Math.round(part.cost_usd * 1e9), 0);
          expect(nanos).toBe(nano);
          const unpaid = parts.reduce((all, part) => all + part.recorded_cost_usd * 1e9, 0);
          expect(Math.round(unpaid)).toBe(recorded);
          expect(parts.reduce((all, part) => all + part.token_usage.total, 0)).toBe(total.total);
        }
        if (calls.length > 0)
          expect(Math.round((metrics.budgets[0]?.spent_usd ?? 0) * 1e9)).toBe(nano);
      }),
      { numRuns: 15 },
    );
  });

  it('counts calls of which nobody knows apart from what was answered', async () => {
    const runId = await aSpendingRun(api);
    await makeCall(api, runId, { usage: { input: 1_000 } });
    const ledger = createCallLedger(api.pool);
    const lost = aCall(runId);
    await ledger.begin(lost);
    await ledger.begin({ ...lost, attempt: 2 });
    const metrics = await metricsOf(runId);
    expect(metrics.total_cost_usd).toBe(0.001);
    expect(metrics.unknown_calls).toEqual({ count: 1, expected_cost_usd: 0.0001 });
    expect(metrics.budgets[0]?.spent_usd).toBe(0.0011);
    expect(metrics.warnings[0]).toContain('nobody knows');
  });

  it('is nothing for models without a price, and says so', async () => {
    const runId = await aSpendingRun(api);
    await makeCall(api, runId, { target: 'acme/secret', usage: { input: 5_000 } });
    const metrics = await metricsOf(runId);
    expect([metrics.total_cost_usd, metrics.total_token_usage.input]).toEqual([0, 5_000]);
    expect(metrics.warnings[0]).toContain('No price of acme/secret is known');
  });

  it('stays what it was when prices change', async () => {
    const model = 'acme/moving';
    const body = { model, input_usd_per_mtok: 1, output_usd_per_mtok: 1 };
    const { body: price } = await api.call('/api/v1/prices', { body });
    const runId = await aSpendingRun(api);
    await makeCall(api, runId, { target: model, usage: { input: 1_000_000 } });
    const path = `/api/v1/prices/${price.price_id}`;
    await api.call(path, { method: 'PUT', body: { ...body, input_usd_per_mtok: 9 } });
    expect((await metricsOf(runId)).total_cost_usd).toBe(1);
    await makeCall(api, runId, { target: model, usage: { input: 1_000_000 } });
    await api.call(path, { method: 'DELETE' });
    expect((await metricsOf(runId)).total_cost_usd).toBe(10);
  });

  it('is nothing at all for a run that has asked no model', async () => {
    const metrics = await metricsOf(await aSpendingRun(api, { run: { usd: 3 } }));
    expect(metrics).toMatchObject({
      ...{ total_cost_usd: 0, phases_metrics: [], agents_metrics: [], governance_score: null },
      budgets: [{ scope: 'run', limit_usd: 3, spent_usd: 0 }],
      projection: { remaining_cost_usd: null, basis: 'none' },
    });
  });
});

describe('a run of a profile', () => {
  const report = (over: object = {}) => ({
    ...{ phase: 'plan', passed: true, governance_score: 0.5, hygiene_score: 0.9 },
    gates: [
      { id: 'g', type: 'no_secrets', severity: 'error', passed: true, skipped: false, message: '' },
      { id: 'h', type: 'metric', severity: 'warning', passed: false, skipped: false, message: '' },
    ],
    hygiene_findings: [{ rule: 'empty_file', path: 'a' }],
    ...over,
  });
  const budgets = { profile: 'two_phases' };
  const phased = async (spent: readonly number[], ended = false) => {
    const runId = await aSpendingRun(api, budgets, { plan: PHASED });
    await api.pool.query('update run_live set kind = 1 where run_id = $1', [runId]);
    const now = Math.floor(Date.now() / 1_000);
    for (const [i, phase] of ['plan', 'build'].entries()) {
      const input = spent[i];
      if (input === undefined) continue;
      await makeCall(api, runId, { phase, usage: { input } });
      const from = now - 100 + 10 * i;
      await addAttempt(runId, { node: node(`${phase}/writer`), from, to: from + 4 });
      const output = report();
      await addAttempt(runId, {
        node: node(`${phase}/gates`),
        from: from + 4,
        to: from + 6,
        output,
      });
    }
    if (ended) {
      await api.pool.query(
        `with gone as (delete from run_live where run_id = $1 returning *)
         insert into runs (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
           input, created_at, started_at, completed_at, status, progress, version)
         select run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
           created_at, started_at, started_at + interval '20 seconds', 'completed', '{}', 2 from gone`,
        [runId],
      );
    }
    return runId;
  };

  it('tells what each phase has cost and taken, and what its gates said', async () => {
    const metrics = await metricsOf(await phased([2_000]));
    expect(metrics.phases_metrics[0]).toMatchObject({
      ...{ phase: 'plan', cost_usd: 0.002, duration_seconds: 6, agents_executed: 1, calls: 1 },
      ...{ governance_passed: true, governance_score: 0.5, governance_warnings: 1 },
    });
    expect(metrics.phases_metrics[1]).toMatchObject({
      ...{ phase: 'build', cost_usd: 0, duration_seconds: null, governance_passed: null },
    });
    expect(metrics).toMatchObject({
      ...{ governance_score: 0.5, hygiene_score: 0.9, errors_count: 0 },
      hygiene_findings: [{ rule: 'empty_file' }],
    });
  });

  it('projects what is left from its own phases, and from earlier runs once there are some', async () => {
    const first = await phased([2_000]);
    expect((await metricsOf(first)).projection).toEqual({
      ...{ remaining_cost_usd: 0.002, remaining_seconds: 6, basis: 'phases_so_far', runs: 0 },
    });
    for (const cost of [1_000, 5_000, 9_000]) await phased([100, cost], true);
    const { projection } = await metricsOf(await phased([2_000]));
    expect(projection).toEqual({
      ...{ remaining_cost_usd: 0.005, remaining_seconds: 6, basis: 'history', runs: 3 },
    });
    const over = await metricsOf(await phased([1, 2], true));
    expect(over.projection).toMatchObject({ remaining_cost_usd: 0, basis: 'over' });
    expect(over.total_duration_seconds).toBe(20);
  });
});
