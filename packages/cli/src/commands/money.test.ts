import type { Price, RunMetrics } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

afterAll(cleanUp);

const RUN = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

function aPrice(over: Partial<Price> = {}): Price {
  return {
    ...{ price_id: RUN, model: 'acme/*', input_usd_per_mtok: 0.5, output_usd_per_mtok: 2 },
    ...{ cached_input_usd_per_mtok: 0.05, reasoning_usd_per_mtok: null, shipped: false },
    ...{ effective_from: '2026-01-01T00:00:00.000Z', effective_to: null, version: 1 },
    ...{ updated_at: '2026-01-01T00:00:00.000Z', updated_by: 'admin' },
    ...over,
  };
}

const usage = (input: number, output: number) => ({
  ...{ input, output, cached: 0, reasoning: 0, total: input + output },
});
const budget: RunMetrics['budgets'][number] = {
  ...{ scope: 'run', subject: null, limit_usd: 4, spent_usd: 3, reserved_usd: 0.5 },
  ...{ warn_at: 0.8, warned: false, on_crossing: 'pause' },
};

function metrics(over: Partial<RunMetrics> = {}): RunMetrics {
  const spent = { calls: 2, token_usage: usage(1_200, 300), cost_usd: 3, recorded_cost_usd: 1 };
  return {
    ...{ run_id: RUN, total_duration_seconds: 65, total_token_usage: usage(1_200, 300) },
    total_cost_usd: 3,
    total_recorded_cost_usd: 1,
    phases_metrics: [
      {
        ...{ phase: 'planning', duration_seconds: 65, ...spent, agents_executed: 1 },
        ...{ artifacts_generated: 2, governance_passed: true, governance_score: 1 },
        ...{ governance_warnings: 1, hygiene_score: 0.9 },
      },
    ],
    agents_metrics: [
      { agent: 'ana', phase: 'planning', model: 'acme/big', ...spent, duration_seconds: 12 },
    ],
    models_metrics: [{ model: 'acme/big', ...spent }],
    ...{ governance_score: 1, hygiene_score: 0.9, hygiene_findings: [], artifacts_total: 2 },
    ...{ errors_count: 0, unknown_calls: { count: 0, expected_cost_usd: 0 }, budgets: [budget] },
    projection: {
      ...{ remaining_cost_usd: 0.004, remaining_seconds: 30, basis: 'history', runs: 7 },
    },
    warnings: ['No price of acme/x is known.'],
    ...over,
  };
}

describe('what a run has cost', () => {
  const answers = { [`GET /api/v1/runs/${RUN}/metrics`]: ok(metrics()) };

  it('is shown with its budgets, phases and agents', async () => {
    const { out, exitCode } = await call(['run', 'metrics', RUN], answers);
    expect(exitCode).toBe(EXIT.ok);
    expect(out.split('\n')).toEqual([
      '$3.00 for 1,200 tokens in and 300 out',
      '  recorded   $1.00 of it for recorded answers: nobody is paid',
      '  duration   1 min 05 s',
      '  governance 100%',
      '  hygiene    90%',
      '  artifacts  2',
      '  left       about $0.0040 and 30 s, by 7 earlier runs',
      `run: ${'█'.repeat(18)}${'▒'.repeat(3)}${'░'.repeat(3)} $3.00 of $4.00`,
      '',
      'PHASE     COST   TOKENS  CALLS  AGENTS  ARTIFACTS  GATES              TIME',
      'planning  $3.00  1,500   2      1       2          passed, 1 warning  1 min 05 s',
      '',
      'AGENT  PHASE     MODEL     COST   TOKENS  CALLS  TIME',
      'ana    planning  acme/big  $3.00  1,500   2      12 s',
      'No price of acme/x is known.',
      '',
    ]);
  });

  it('is the whole document as JSON', async () => {
    const { out } = await call(['run', 'metrics', RUN, '--json'], answers);
    expect(JSON.parse(out)).toEqual(metrics());
  });
});

describe('the budget of a run', () => {
  it('is raised, and says how many nodes go on', async () => {
    const { out, asked } = await call(
      ['run', 'budget', RUN, '12.5', '--phase', 'qa', '--reason', 'worth it'],
      {
        [`POST /api/v1/runs/${RUN}/budget`]: ok({
          ...{ run_id: RUN, resolved: [RUN, RUN] },
          budget: { ...budget, scope: 'phase', subject: 'qa', limit_usd: 12.5 },
        }),
      },
    );
    expect(asked[0]?.body).toEqual({ usd: 12.5, phase: 'qa', reason: 'worth it' });
    expect(out).toContain('phase qa: ');
    expect(out).toContain('$3.00 of $12.50\n2 nodes go on that waited for money.\n');
  });

  it('is an amount of money', async () => {
    const { exitCode, err } = await call(['run', 'budget', RUN, 'much']);
    expect([exitCode, err]).toEqual([
      EXIT.usage,
      'A budget is an amount of USD such as 2.5; "much" is not.\n',
    ]);
  });
});

describe('prices', () => {
  it('are listed by pattern, those that are shipped without an id', async () => {
    const shipped = aPrice({ model: 'openai/gpt-5*', shipped: true, updated_by: null });
    const { out, asked } = await call(['prices', 'ls', '--model', 'acme/x'], {
      'GET /api/v1/prices': page([aPrice(), shipped]),
    });
    expect(asked[0]?.query).toEqual({ model: 'acme/x', limit: '100' });
    expect(out.split('\n')).toEqual([
      'MODEL          INPUT  OUTPUT  CACHED  REASONING  FROM                      ID',
      `acme/*         0.5    2       0.05               2026-01-01T00:00:00.000Z  ${RUN}`,
      'openai/gpt-5*  0.5    2       0.05               shipped',
      '',
    ]);
  });

  it('are added, replaced and deleted', async () => {
    const one = `/api/v1/prices/${RUN}`;
    const answers = {
      'POST /api/v1/prices': { status: 201, body: aPrice() },
      [`GET ${one}`]: ok(aPrice()),
      [`PUT ${one}`]: ok(aPrice({ output_usd_per_mtok: 3 })),
      [`DELETE ${one}`]: ok(aPrice()),
    };
    const rates = ['--input', '0.5', '--output', '2'];
    const added = await call(['prices', 'add', 'acme/*', ...rates, '--cached', '0.05'], answers);
    expect(added.asked[0]?.body).toEqual({
      ...{ model: 'acme/*', input_usd_per_mtok: 0.5, output_usd_per_mtok: 2 },
      cached_input_usd_per_mtok: 0.05,
    });
    expect(added.out).toContain('  reasoning  as output\n');
    const set = await call(['prices', 'set', RUN, '--input', '0.5', '--output', '3'], answers);
    expect(set.asked[1]?.body).toMatchObject({
      ...{ model: 'acme/*', output_usd_per_mtok: 3, effective_from: '2026-01-01T00:00:00.000Z' },
    });
    const gone = await call(['prices', 'rm', RUN], answers);
    expect(gone.out).toBe('The price of acme/* is deleted.\n');
  });
});
