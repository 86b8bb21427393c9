/** Large runs explained, and ten thousand runs changed, in times that a person waits for. */
import { randomUUID } from 'node:crypto';
import { compilePlan } from '@tenuto/engine';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNS } from './real-api.ts';
import { addLive } from './rows.ts';
import { type Answer, startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

interface Timed {
  readonly ms: number;
  readonly of: Answer;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly of: T }> {
  const began = performance.now();
  const of = await work();
  return { of, ms: performance.now() - began };
}

describe('a run of 99,000 nodes', () => {
  it('is explained within seconds', async () => {
    const chain = (i: number) => (i % 3 === 0 ? ['a'] : [`n${i - 1}`]);
    const nodes = Array.from({ length: 98_999 }, (_, i) => ({
      ...{ id: `n${i}`, uses: 'x', parent_nodes: chain(i) },
    }));
    const plan = compilePlan({ nodes: [{ id: 'a', uses: 'x' }, ...nodes] });
    const runId = await addLive(api.pool, {
      ...{ plan, status: 'running', startedAt: Date.now(), engine: randomUUID() },
    });
    await api.call(`${RUNS}/${runId}/explain`);
    const { ms, of } = await timed(() => api.call(`${RUNS}/${runId}/explain`));
    expect(of.body.causes).toEqual({ other_engine: 1, parents: 98_999 });
    expect(of.body.nodes).toHaveLength(100);
    console.log(`explained in ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(20_000);
  });
});

describe('ten thousand runs', () => {
  it.each([
    'pause',
    'resume',
    'cancel',
  ])('are changed by %s, ten seconds a request', async (action) => {
    await api.pool.query(
      `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority,
         triggered_by, tags, input, created_at, status, claim_key, wake_at)
       select uuid_v7(), '', 'admin', 0, 'x', 'dag', 5, 'admin', '{crowd}', '{"params":{}}', now(),
         'queued', 1, now() from generate_series(1, 10000)
       where not exists (select 1 from run_live where tags = '{crowd}')`,
    );
    const request = { filter: { tag: 'crowd' }, action };
    const dry = await timed(() =>
      api.call(`${RUNS}/bulk`, { body: { ...request, dry_run: true } }),
    );
    let changed = 0;
    let requests = 0;
    const { ms } = await timed(async () => {
      let cursor: string | null = null;
      do {
        const body: object = { ...request, ...(cursor !== null && { cursor }) };
        const { ms: took, of }: Timed = await timed(() => api.call(`${RUNS}/bulk`, { body }));
        expect(took).toBeLessThan(15_000);
        changed += of.body.matched;
        requests += 1;
        cursor = of.body.next_cursor;
      } while (cursor !== null);
    });
    expect(changed).toBe(10_000);
    console.log(`${action}: ${Math.round(ms)} ms in ${requests}, dry ${Math.round(dry.ms)} ms`);
    const again = await api.call(`${RUNS}/bulk`, { body: request });
    expect(again.body.outcomes).toMatchObject({ unchanged: 10_000 });
  });
});
