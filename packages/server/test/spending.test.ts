/** What models have cost over time, and who is told. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aSpendingRun, makeCall } from './money.ts';
import { runIdAt } from './scripted-engine.ts';
import { startApi, type TestApi } from './server.ts';

const SPENDING = '/api/v1/spending';
/** Tokens in, at a dollar for a million. */
const MUCH = { usage: { input: 1_000 } };
const LITTLE = { usage: { input: 500 } };

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

it('is told by day and model, the dearest first, for so many days', async () => {
  const owner = 'pat';
  const token = await api.token(owner, ['runs:read']);
  const run = await aSpendingRun(api, {}, { owner });
  await makeCall(api, run, { ...LITTLE, owner, target: 'scripted/cheap' });
  await makeCall(api, run, { ...MUCH, owner, target: 'scripted/dear' });
  await makeCall(api, run, { ...MUCH, owner, target: 'scripted/dear' });
  await api.pool.query(
    `update calls set ended_at = now() - interval '3 days' where call_id = (
       select call_id from calls where run_id = $1 and target = 'scripted/dear' limit 1)`,
    [run],
  );
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const { body } = await api.call(SPENDING, { token });
  expect(body).toEqual({
    ...{ days: 30, total_usd: 0.0025 },
    models: [
      {
        ...{ model: 'scripted/dear', calls: 2, cost_usd: 0.002 },
        per_day: [
          { day: day(3), calls: 1, cost_usd: 0.001 },
          { day: day(0), calls: 1, cost_usd: 0.001 },
        ],
      },
      {
        ...{ model: 'scripted/cheap', calls: 1, cost_usd: 0.0005 },
        per_day: [{ day: day(0), calls: 1, cost_usd: 0.0005 }],
      },
    ],
  });
  const late = (await api.call(`${SPENDING}?days=2`, { token })).body;
  expect([late.days, late.total_usd]).toEqual([2, 0.0015]);
});

it('is read from an index alone', async () => {
  const { pool } = api;
  await pool.query(
    `insert into calls (run_id, call_id, key, node_key, loop, step, tool, node, node_id, attempt,
       owner, agent, kind, target, state, budgets, ended_at, current)
     select $1, gen_random_uuid(), sha256(i::text::bytea), 'k', 'main', i, '', 0, 'a', 1, 'zoe', 'x',
       'model', 'scripted/demo', 'done', '{}', now() - i * interval '1 hour', false
     from generate_series(1, 5000) i`,
    [runIdAt(Date.now())],
  );
  await pool.query('vacuum analyze calls');
  const { rows } = await pool.query(
    `explain (costs off) select c.ended_at, c.target, c.cost_nano from calls c
     where c.kind = 'model' and c.state = 'done' and c.ended_at >= now() - interval '3 days'`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Index Only Scan using calls_\w*ended_at/);
});

it('is one’s own, and that of one’s teams; administrators see all of it', async () => {
  const spent = async (token?: string) =>
    (await api.call(SPENDING, token === undefined ? {} : { token })).body.total_usd;
  const { body: team } = await api.call('/api/v1/teams', {
    body: { name: 'crew', members: ['mate'] },
  });
  const mate = await api.token('mate', ['runs:read']);
  expect(await spent(mate)).toBe(0);
  const run = await aSpendingRun(api, {}, { owner: team.principal });
  await makeCall(api, run, { ...MUCH, owner: team.principal, target: 'scripted/dear' });
  expect(await spent(mate)).toBe(0.001);
  expect(await spent(await api.token('stranger', ['runs:read']))).toBe(0);
  expect(await spent()).toBe(0.0035);
  const none = await api.token('none', ['tasks:read']);
  expect((await api.call(SPENDING, { token: none })).status).toBe(403);
  expect((await api.call(`${SPENDING}?days=91`)).status).toBe(400);
});
