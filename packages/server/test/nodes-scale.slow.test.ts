import { compilePlan } from '@tenuto/engine';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addOver } from './rows.ts';
import { JOB, startApi, type TestApi } from './server.ts';

const NODES = 50_000;

let api: TestApi;
let jobId: string;
beforeAll(async () => {
  api = await startApi();
  const nodes = Array.from({ length: NODES }, (_, i) => ({
    id: `node-${i}`,
    uses: 'sleep.for',
    ...(i >= 100 && { parent_nodes: [`node-${i - 100}`] }),
  }));
  const plan = compilePlan({ nodes });
  jobId = await addOver(api.pool, { plan });
  await api.pool.query(
    `insert into attempts (run_id, node, attempt, seq, generation, status, output, started_at, ended_at)
     select $1, i, 1, i + 1, 0, 'completed', '{"n":1}', clock_timestamp(), clock_timestamp()
     from generate_series(0, $2::int - 1) i`,
    [jobId, NODES],
  );
  await api.pool.query('vacuum analyze attempts');
});
afterAll(() => api[Symbol.asyncDispose]());

async function timed(what: string, path: string) {
  const from = performance.now();
  const { status, body } = await api.call(`${JOB}/${jobId}${path}`);
  console.log(`${what}: ${(performance.now() - from).toFixed(0)} ms`);
  expect([what, status]).toEqual([what, 200]);
  return body;
}

it('the nodes of a run of 50,000 are paged through without replaying it each time', async () => {
  const first = await timed('first page', '/nodes?limit=100');
  expect(first).toMatchObject({ total: NODES, has_more: true });
  const second = await timed('second page', `/nodes?limit=100&cursor=${first.next_cursor}`);
  expect(second.items[0].node_id).toBe('node-100');
  const deep = await timed('a page in the depth', `/nodes?limit=100&offset=${NODES - 100}`);
  expect(deep.items.at(-1)).toMatchObject({ node_id: `node-${NODES - 1}`, output: { n: 1 } });
  const none = await timed('a page of a status that none has', '/nodes?status=failed');
  expect(none.total).toBe(0);
  await timed('a page of a status that all have', '/nodes?status=completed&limit=100');
  await timed('one node', `/nodes/node-${NODES - 1}`);
  await timed('attempts of a node', `/nodes/node-${NODES - 1}/attempts`);
  const attempts = await timed('attempts', '/attempts?limit=100&offset=40000');
  expect(attempts.items[0].node_id).toBe('node-40000');
  await timed('logs', `/nodes/node-${NODES - 1}/logs`);
  const job = await timed('the job with all there is', '?include=nodes,history,plan');
  expect(job.nodes).toHaveLength(1_000);
  expect(job.plan_omitted.nodes).toBeGreaterThan(0);
});
