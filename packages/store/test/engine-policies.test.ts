/** What runs tell of the stored retry policies that they ran under: once, in the flush of their end. */
import { randomUUID } from 'node:crypto';
import type { InlineRetryPolicy, NodeInput } from '@tenuto/contract';
import { compilePlan, type StoredPolicy, type Submission } from '@tenuto/engine';
import { testSubmission } from '@tenuto/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createJobStore } from '../src/job-store.ts';
import { measuresOf, sumUpSamples } from '../src/queries/retry-policy-measures.ts';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';

let engines: Engines;
let pool: pg.Pool;
beforeEach(async () => {
  engines = await openEngines();
  pool = new pg.Pool({ ...engines.connection, max: 2 });
  pool.on('error', () => undefined);
});
afterEach(async () => {
  await pool.end();
  await engines.close();
});

/** A stored policy as a plan has it, without jitter. */
function policyOf(policy: InlineRetryPolicy): StoredPolicy {
  return { policyId: randomUUID(), version: 3, policy: { jitter: 'none', ...policy } };
}

/** In place of which a test puts its own. */
const NODES = [{ id: 'a', uses: 'noop' }];

function under(policy: StoredPolicy, nodes: readonly NodeInput[]): Submission {
  const policies = new Map([[policy.policyId, policy]]);
  const named = nodes.map((node) => ({ retry: policy.policyId, ...node }));
  return { ...testSubmission(NODES), plan: compilePlan({ nodes: named }, { policies }) };
}

const measureOf = async ({ policyId, version }: StoredPolicy) =>
  (await measuresOf(pool, [policyId])).get(policyId)?.get(version);

/** Fails so many times for each node, then completes. */
function failing(times: number) {
  const made = new Map<string, number>();
  return ({ runId, nodeId }: { readonly runId: string; readonly nodeId: string }) => {
    const key = `${runId}/${nodeId}`;
    const attempts = (made.get(key) ?? 0) + 1;
    made.set(key, attempts);
    if (attempts > times) return { status: 'completed', output: null } as const;
    const error = { classification: 'transient', type: 'test', message: 'not yet' } as const;
    return { status: 'failed', error } as const;
  };
}

describe('the measure of a policy', () => {
  test('is right as soon as runs have ended, and after it was summed up', async () => {
    const policy = policyOf({ strategy: 'immediate', max_attempts: 3 });
    const actions = { once: failing(1), often: failing(9) };
    const engine = await engines.start({ actions });
    const graph = under(policy, [
      { id: 'a', uses: 'noop' },
      { id: 'b', uses: 'once' },
      { id: 'c', uses: 'often' },
      { id: 'd', uses: 'once', retry: { strategy: 'immediate' } },
      { id: 'e', uses: 'noop', needs: ['c'] },
    ]);
    const runs = await Promise.all([1, 2, 3].map(() => submitted(engine, graph)));
    for (const runId of runs) await engines.over(runId);
    const one = { nodes: 3, completed: 2, attempts: 6, retried: 2, recovered: 1 };
    const three = Object.fromEntries(Object.entries(one).map(([name, n]) => [name, 3 * n]));
    expect(await measureOf(policy)).toEqual({ runs: 3, ...three });
    // The engine sums up from time to time as well, and may have been first.
    await sumUpSamples(pool);
    expect(await engines.ask('select 1 from retry_policy_samples')).toEqual([]);
    expect(await measureOf(policy)).toEqual({ runs: 3, ...three });
    await engines.over(await submitted(engine, graph));
    expect(await measureOf(policy)).toMatchObject({ runs: 4, nodes: 12, attempts: 24 });
  });

  test('is nothing that a run without stored policies writes', async () => {
    const engine = await engines.start();
    const nodes = [{ id: 'a', uses: 'fail', retry: { strategy: 'immediate' as const } }];
    await engines.over(await submitted(engine, testSubmission(nodes)));
    expect(await engines.ask('select 1 from retry_policy_samples')).toEqual([]);
  });

  test('counts attempts before and after a restart, lost ones too', async () => {
    const policy = policyOf({ base_delay_ms: 600, max_attempts: 4 });
    const nodes = [
      { id: 'a', uses: 'work' },
      { id: 'b', uses: 'noop' },
      { id: 'c', uses: 'stuck' },
    ];
    const first = await engines.start({
      actions: { work: failing(9), stuck: () => new Promise(() => undefined) },
    });
    const runId = await submitted(first, under(policy, nodes));
    await eventually(async () => (await engines.attempts(runId)).length === 2);
    first.kill();
    const done = () => ({ status: 'completed', output: null }) as const;
    await engines.start({ actions: { work: done, stuck: done } });
    await engines.over(runId);
    expect(await measureOf(policy)).toEqual({
      ...{ runs: 1, nodes: 3, completed: 3, attempts: 5, retried: 2, recovered: 2 },
    });
  });

  test('counts a run once whose end did not take because it had news', async () => {
    const policy = policyOf({ strategy: 'immediate' });
    const gate = latch();
    let held = false;
    const engine = await engines.start({
      probe: async (method, stage) => {
        if (method !== 'flush' || stage !== 'before' || !held) return;
        await gate.opened;
      },
      actions: {
        hold: async () => {
          held = true;
          return { status: 'completed', output: null };
        },
      },
    });
    const runId = await submitted(engine, under(policy, [{ id: 'a', uses: 'hold' }]));
    await eventually(() => held);
    // The end is on its way, and finds an inbox that has grown.
    await engines.tell(runId, 'signal', { name: 'news', payload: null });
    gate.open();
    await engines.over(runId);
    expect(await measureOf(policy)).toMatchObject({ runs: 1, nodes: 1, attempts: 1 });
  });
});

describe('a run that is taken up again after its end', () => {
  test('adds what came of its new rounds', async () => {
    const policy = policyOf({ strategy: 'immediate', max_attempts: 2 });
    let broken = true;
    const engine = await engines.start({
      actions: {
        work: () =>
          broken
            ? ({
                status: 'failed',
                error: { classification: 'transient', type: 'test', message: 'broken' },
              } as const)
            : ({ status: 'completed', output: null } as const),
      },
    });
    const graph = under(policy, [
      { id: 'a', uses: 'noop' },
      { id: 'b', uses: 'work' },
    ]);
    const runId = await submitted(engine, graph);
    await engines.over(runId);
    expect(await measureOf(policy)).toMatchObject({ runs: 1, nodes: 2, completed: 1, attempts: 3 });
    broken = false;
    await reopen(runId);
    await eventually(async () => (await engines.over(runId)).status === 'completed');
    expect(await measureOf(policy)).toEqual({
      ...{ runs: 2, nodes: 3, completed: 2, attempts: 4, retried: 1, recovered: 0 },
    });
  });

  /** As the API does it. */
  async function reopen(runId: string): Promise<void> {
    const body = { actor: 'ann', session: randomUUID(), from: 'failed' as const };
    const result = await createJobStore(pool).reopen(
      { owner: 'ann', all: false },
      {
        ...{ runId, type: 'retry', status: 'retrying', body },
        audit: { actor: 'ann', action: 'job.retried', subject: runId, details: {} },
      },
    );
    expect(result).toBe('reopened');
  }
});
