import { randomUUID } from 'node:crypto';
import { createCallLedger } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCall, aSpendingRun, makeCall } from './money.ts';
import { addOver } from './rows.ts';
import { aJob, JOB, startApi, type TestApi } from './server.ts';

const BUDGETS = '/api/v1/budgets';
const raised = (runId: string) => `/api/v1/runs/${runId}/budget`;
/** A thousand tokens in, at a dollar for a million. */
const CENT_TENTH = { usage: { input: 1_000 } };

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const begin = (runId: string, owner = 'admin') =>
  createCallLedger(api.pool).begin(aCall(runId, { owner }));
const actions = async (subject: string) =>
  (
    await api.pool.query('select action from audit where subject = $1 order by audit_id', [subject])
  ).rows.map((row) => row.action);

/** A node that waits for money, as an engine leaves it. */
async function aPause(runId: string, trigger = 'budget'): Promise<string> {
  const [id, session] = [randomUUID(), randomUUID()];
  await api.pool.query(
    `insert into recoveries (session_id, run_id, owner, trigger, action, actor, state_before,
       started_at, parameters)
     values ($1, $2, 'admin', $3, 'escalate_manual', 'policy', 'running', now(), '{}')`,
    [session, runId, trigger],
  );
  await api.pool.query(
    `insert into interventions (intervention_id, run_id, owner, session_id, node, node_id, message,
       state, opened_at, default_resolution)
     values ($1, $2, 'admin', $3, 0, 'a', 'No money is left.', 'open', now(), 'abort')`,
    [id, runId, session],
  );
  return id;
}

describe('raising the budget of a run', () => {
  it('lets what waits for money go on, and nothing else, and is written down', async () => {
    const runId = await aSpendingRun(api, { run: { usd: 0.001 } });
    await makeCall(api, runId, CENT_TENTH);
    expect((await begin(runId)).state).toBe('over');
    const paused = [await aPause(runId), await aPause(runId)];
    const other = await aPause(runId, 'ambiguous');
    const { status, body } = await api.call(raised(runId), {
      body: { usd: 0.01, reason: 'go on' },
    });
    expect([status, body]).toEqual([
      200,
      {
        run_id: runId,
        budget: {
          ...{ scope: 'run', subject: null, limit_usd: 0.01, spent_usd: 0.001, reserved_usd: 0 },
          ...{ warn_at: 0.8, warned: false, on_crossing: 'pause' },
        },
        resolved: expect.arrayContaining(paused),
      },
    ]);
    expect(body.resolved).not.toContain(other);
    expect((await begin(runId)).state).toBe('begun');
    const { rows } = await api.pool.query(
      'select seq, type, body from run_inbox where run_id = $1 order by seq',
      [runId],
    );
    expect(rows.map((row) => [row.seq, row.type, JSON.parse(row.body).resolution])).toEqual([
      [1, 'resolve', 'retry'],
      [2, 'resolve', 'retry'],
    ]);
    expect(await actions(runId)).toEqual(['budget.raised']);
    expect(api.engine.poked).toContain(runId);
  });

  it('works before the first call, and for a phase', async () => {
    const runId = await aSpendingRun(api, {
      ...{ run: { usd: 1 }, phases: { planning: { usd: 0.5, on_crossing: 'stop' } } },
    });
    const phase = await api.call(raised(runId), { body: { usd: 0.75, phase: 'planning' } });
    expect(phase.body.budget).toMatchObject({
      ...{ scope: 'phase', subject: 'planning', limit_usd: 0.75, on_crossing: 'stop' },
    });
    expect((await api.call(raised(runId), { body: { usd: 2 } })).body.budget.limit_usd).toBe(2);
    const { body } = await api.call(`/api/v1/runs/${runId}/metrics`);
    expect(body.budgets.map((one: { limit_usd: number }) => one.limit_usd)).toEqual([2, 0.75]);
  });

  it('sets one where there was none, but never lowers one', async () => {
    const runId = await aSpendingRun(api);
    expect((await api.call(raised(runId), { body: { usd: 2 } })).status).toBe(200);
    for (const usd of [2, 1]) {
      const { status, body } = await api.call(raised(runId), { body: { usd } });
      expect([status, body.validation_errors[0].path]).toEqual([422, '/usd']);
    }
    expect(await actions(runId)).toEqual(['budget.raised']);
  });

  it('is refused for a run that is over, and for one that is not there', async () => {
    const over = await addOver(api.pool, {});
    expect((await api.call(raised(over), { body: { usd: 2 } })).status).toBe(409);
    expect((await api.call(raised(randomUUID()), { body: { usd: 2 } })).status).toBe(404);
    for (const usd of [0, -1, 1e7, '5']) {
      expect((await api.call(raised(over), { body: { usd } })).status).toBe(400);
    }
  });

  it('by two at once raises it to the higher one', async () => {
    const runId = await aSpendingRun(api, { run: { usd: 1 } });
    const answers = await Promise.all(
      [2, 3, 4, 5].map((usd) => api.call(raised(runId), { body: { usd } })),
    );
    for (const { status } of answers) expect([200, 422]).toContain(status);
    const { body } = await api.call(`/api/v1/runs/${runId}/metrics`);
    expect(body.budgets[0].limit_usd).toBe(5);
  });
});

describe('a budget of a profile or a task', () => {
  it('holds for all its runs together, from what they have spent before', async () => {
    const owner = 'pat';
    const token = await api.token(owner, ['runs:read', 'runs:write']);
    const budgets = { profile: 'web_application' };
    const runs = [
      await aSpendingRun(api, budgets, { owner }),
      await aSpendingRun(api, budgets, { owner }),
    ];
    for (const runId of runs) await makeCall(api, runId, { ...CENT_TENTH, owner });
    const body = { scope: 'profile', subject: 'web_application', usd: 0.002, on_crossing: 'stop' };
    const made = await api.call(BUDGETS, { body, token });
    expect([made.status, made.body.spent_usd]).toEqual([201, 0.002]);
    expect(await begin(runs[0] ?? '', owner)).toMatchObject({
      ...{ state: 'over', budget: { scope: 'profile', onCrossing: 'stop' } },
    });
    const spent = async (is: boolean) =>
      (await api.call(`${BUDGETS}?spent=${is}`, { token })).body.total;
    expect([await spent(true), await spent(false)]).toEqual([1, 0]);
    const path = `${BUDGETS}/${made.body.budget_id}`;
    const more = await api.call(path, { method: 'PUT', body: { usd: 5 }, token });
    expect([more.status, more.body.usd, more.body.version]).toEqual([200, 5, 2]);
    expect([await spent(true), await spent(false)]).toEqual([0, 1]);
    expect((await begin(runs[0] ?? '', owner)).state).toBe('begun');
    expect((await api.call(path, { token })).body.reserved_usd).toBeGreaterThan(0);
    expect((await api.call(`${BUDGETS}?scope=task`, { token })).body.items).toEqual([]);
    expect((await api.call(path, { method: 'DELETE', token })).status).toBe(200);
    expect(await actions(made.body.budget_id)).toEqual([
      ...['budget.created', 'budget.updated', 'budget.deleted'],
    ]);
  });

  it('is one for a subject, and needs what it says', async () => {
    const body = { scope: 'task', subject: randomUUID(), usd: 1 };
    expect((await api.call(BUDGETS, { body })).status).toBe(201);
    expect((await api.call(BUDGETS, { body })).status).toBe(409);
    const wrong = [
      { ...body, subject: 'no id' },
      { ...body, usd: 0 },
      { scope: 'profile', subject: 'a\u0000', usd: 1 },
      { scope: 'profile', subject: 'a', usd: 1, on_crossing: 'degrade' },
      { scope: 'run', subject: 'a', usd: 1 },
    ];
    for (const one of wrong) expect((await api.call(BUDGETS, { body: one })).status).toBe(400);
  });
});

describe('what a principal may spend', () => {
  const quota = (principal: string, body: object) =>
    api.call(`/api/v1/quotas/${principal}`, { method: 'PUT', body });

  it('in a day and a month holds for all their runs, and is told to them', async () => {
    const owner = 'mia';
    const token = await api.token(owner, ['runs:read']);
    const runId = await aSpendingRun(api, {}, { owner });
    await makeCall(api, runId, { ...CENT_TENTH, owner });
    await quota(owner, { usd_per_day: 0.001, usd_per_month: 1 });
    expect(await begin(runId, owner)).toMatchObject({ state: 'over', budget: { scope: 'day' } });
    await quota(owner, { usd_per_month: 0.0005 });
    expect(await begin(runId, owner)).toMatchObject({
      ...{ state: 'over', budget: { scope: 'principal', onCrossing: 'pause' } },
    });
    const { body } = await api.call('/api/v1/quotas/me', { token });
    expect(body).toMatchObject({
      ...{ usd_per_day: null, usd_per_month: 0.0005 },
      used: { usd_today: 0.001, usd_this_month: 0.001 },
    });
  });

  it('for everybody holds for who has none of their own, and not for the first administrator', async () => {
    await quota('*', { usd_per_day: 0 });
    const of = async (owner: string) => begin(await aSpendingRun(api, {}, { owner }), owner);
    expect((await of('poor')).state).toBe('over');
    expect((await of('admin')).state).toBe('begun');
    await api.call('/api/v1/quotas/*', { method: 'DELETE' });
  });
});

describe('a job with a budget', () => {
  const job = (model: string, budget: object = { usd: 1 }) => ({
    ...aJob(),
    budget,
    dag_definition: {
      nodes: [{ id: 'a', uses: 'agent.run', with: { agent: 'a', prompt: 'Hello', model } }],
    },
  });

  it('has it in its input, where the ledger finds it', async () => {
    expect((await api.call(JOB, { body: job('scripted/demo') })).status).toBe(202);
    expect(api.engine.submitted.at(-1)?.input.budgets).toEqual({ run: { usd: 1 } });
  });

  it('names only models whose price is known', async () => {
    const { status, body } = await api.call(JOB, { body: job('acme/unheard-of') });
    expect(status).toBe(422);
    expect(body.validation_errors).toEqual([
      {
        path: '/dag_definition/nodes/0/with/model',
        message: expect.stringContaining('acme/unheard-of'),
      },
    ]);
    const degrade = { usd: 1, on_crossing: 'degrade', degrade_to: 'acme/cheap' };
    const cheap = await api.call(JOB, { body: job('scripted/demo', degrade) });
    expect(cheap.body.validation_errors[0].path).toBe('/budget/degrade_to');
    const nothing = await api.call(JOB, {
      body: job('scripted/a', { usd: 1, on_crossing: 'degrade' }),
    });
    expect(nothing.status).toBe(400);
    const { budget: _, ...free } = job('acme/unheard-of');
    expect((await api.call(JOB, { body: free })).status).toBe(202);
  });
});

it('somebody who listens is told once when most of a budget is spent', async () => {
  const channel = { name: 'ops', type: 'webhook', url: 'https://ops.example/' };
  await api.call('/api/v1/notifications/channels', { body: channel });
  const route = { channel: 'ops', events: ['budget.warning'] };
  expect((await api.call('/api/v1/notifications/routes', { body: route })).status).toBe(201);
  const runId = await aSpendingRun(api, { run: { usd: 0.01, warn_at: 0.5 } });
  const notices = async () =>
    (await api.pool.query("select payload from notices where event = 'budget.warning'")).rows;
  for (let i = 0; i < 4; i += 1) await makeCall(api, runId, CENT_TENTH);
  expect(await notices()).toEqual([]);
  for (let i = 0; i < 3; i += 1) await makeCall(api, runId, CENT_TENTH);
  expect(await notices()).toMatchObject([
    { payload: { scope: 'run', limit_usd: 0.01, spent_usd: 0.005, warn_at: 0.5 } },
  ]);
  const { body } = await api.call(`/api/v1/runs/${runId}/metrics`);
  expect(body.budgets[0]).toMatchObject({ warned: true, spent_usd: 0.007 });
  expect(body.warnings).toEqual(['0.007 of the 0.01 USD of the run are spent.']);
});
