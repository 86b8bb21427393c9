/** What waits for people, in one answer: every kind of it, by a real engine, and who is told what. */
import { randomUUID } from 'node:crypto';
import { type ActionDefinition, approvalRequest } from '@tenuto/actions';
import { makePartitions, openApiStore } from '@tenuto/store';
import type { TestAction } from '@tenuto/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { machine, once, type RealApi, startRealApi } from './real-api.ts';
import { addLive, aPhasedRow } from './rows.ts';
import { runIdAt } from './scripted-engine.ts';

const NEEDS = '/api/v1/needs';
const ALL = ['runs:read', 'runs:write', 'jobs:read', 'jobs:write'];

let api: RealApi;
let store: ReturnType<typeof openApiStore>;
const broken = machine();

beforeAll(async () => {
  const of =
    (definition: () => ActionDefinition): TestAction =>
    (call) =>
      definition().run(call);
  api = await startRealApi({
    parkAfterMs: 50,
    actions: {
      'approval.request': of(() => approvalRequest(store.approvals)),
      machine: broken.action,
      noop: () => ({ status: 'completed', output: null }),
    },
  });
  store = openApiStore(api.connection);
  await makePartitions(api.pool);
});
afterAll(async () => {
  await store.close();
  await api[Symbol.asyncDispose]();
});
beforeEach(() => api.pool.query('delete from interventions; delete from approvals'));

const needs = async (token?: string, query = '') =>
  (await api.call(`${NEEDS}${query}`, token === undefined ? {} : { token })).body;

async function question(over: Record<string, unknown> = {}): Promise<string> {
  const { owner = 'admin', run, ...rest } = over;
  const runId = run ?? (await addLive(api.pool, { owner: `${owner}`, engine: randomUUID() }));
  const row = {
    ...{ intervention_id: runIdAt(Date.now()), run_id: runId, owner, session_id: randomUUID() },
    ...{ node: 0, node_id: 'a', message: 'What now?', state: 'open', opened_at: new Date() },
    ...{ default_resolution: 'abort', ...rest },
  };
  await insert('interventions', row);
  return row.intervention_id;
}

async function asked(over: Record<string, unknown> = {}): Promise<string> {
  const { owner = 'admin', ...rest } = over;
  const row = {
    approval_id: runIdAt(Date.now()),
    run_id: await addLive(api.pool, { owner: `${owner}`, status: 'running', engine: randomUUID() }),
    ...{ key: 'k', owner, node: 0, node_id: 'a', title: 'Go on?', deciders: [], required: 1 },
    ...{ on_deadline: 'reject', state: 'open', in_cleanup: false, opened_at: new Date(), ...rest },
  };
  await insert('approvals', row);
  return row.approval_id;
}

async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  const places = Object.keys(row).map((_, at) => `$${at + 1}`);
  await api.pool.query(
    `insert into ${table} (${Object.keys(row)}) values (${places})`,
    Object.values(row),
  );
}

const phased = (owner: string, at?: number) =>
  addLive(api.pool, {
    ...aPhasedRow(),
    ...{ owner, status: 'running', engine: randomUUID(), progress: { next: ['a'] } },
    ...(at !== undefined && { at }),
  });

describe('what needs a person', () => {
  it('is one answer with all of it, and goes as it is decided', async () => {
    const asks = await api.submit([
      { id: 'ask', uses: 'approval.request', with: { title: 'Release' } },
    ]);
    const fails = await api.submit([{ id: 'work', uses: 'machine', retry: once }], {
      recovery_policy: [{ action: 'escalate_manual' }],
    });
    await api.nodeIs(asks, 'ask', 'waiting');
    const { intervention_id: id } = await api.asked(fails);
    const answer = await needs();
    expect(answer).toMatchObject({ mine: 2, total: 2, phases: { items: [], total: 0, mine: 0 } });
    expect(answer.approvals).toMatchObject({
      ...{ total: 1, mine: 1 },
      items: [{ run_id: asks, run_name: 'a job', title: 'Release', state: 'open', mine: true }],
    });
    expect(answer.interventions).toMatchObject({
      ...{ total: 1, mine: 1 },
      items: [{ intervention_id: id, job_id: fails, mine: true, version: 1 }],
    });
    await api.call(`/api/v1/runs/${asks}/approve`, { body: { decision: 'approve' } });
    broken.mend();
    const resolve = `/api/v1/orchestration/interventions/${id}/resolve`;
    await api.call(resolve, { body: { resolution: 'retry' } });
    expect(await needs()).toMatchObject({ mine: 0, total: 0 });
    await Promise.all([api.ends(asks), api.ends(fails)]);
  });

  it('has runs that wait for Next with the phases that it would execute', async () => {
    const run = await phased('admin');
    const { phases } = await needs();
    expect(phases).toEqual({
      items: [
        {
          ...{ run_id: run, name: 'a job', profile: 'small', started_at: null, mine: true },
          phases: [{ phase: 'a', name: 'a' }],
        },
      ],
      ...{ total: 1, mine: 1 },
    });
    await api.pool.query('delete from run_live where run_id = $1', [run]);
  });

  it('has what decides by itself first, then the oldest, and no more than was asked for', async () => {
    const old = await question({ opened_at: new Date('2026-01-01') });
    const late = await question({ opened_at: new Date('2026-01-02') });
    const due = await question({ deadline_at: new Date('2027-01-01') });
    const { interventions } = await needs(undefined, '?limit=2');
    expect(interventions.items.map((item: { intervention_id: string }) => item.intervention_id)) //
      .toEqual([due, old]);
    expect([interventions.total, interventions.mine]).toEqual([3, 3]);
    expect((await needs()).interventions.items[2].intervention_id).toBe(late);
    expect((await api.call(`${NEEDS}?limit=101`)).status).toBe(400);
  });

  it('leaves out what is over, and what was asked about a run that was given up', async () => {
    await question({ state: 'resolved' });
    await asked({ state: 'approved' });
    const given = await asked();
    await api.pool.query(
      `update run_live set status = 'cancelled' where run_id = (
         select run_id from approvals where approval_id = $1)`,
      [given],
    );
    expect(await needs()).toMatchObject({ mine: 0, total: 0 });
  });
});

describe('who is told what', () => {
  const only = (answer: Record<string, { total: number; mine: number } | null>) =>
    ['approvals', 'interventions', 'phases'].map((kind) => {
      const part = answer[kind];
      return part && [part.total, part.mine];
    });

  it('others see nothing of it, but for what they are asked themselves', async () => {
    const [ann, bob] = [await api.token('ann', ALL), await api.token('bob', ALL)];
    const run = await phased('ann');
    await question({ owner: 'ann' });
    await asked({ owner: 'ann' });
    await asked({ owner: 'ann', approvers: ['bob'], deciders: ['bob'] });
    // Ann sees both; only one of them waits for her.
    const [first, second] = (await needs(ann)).approvals.items;
    expect([first.mine, second.mine]).toEqual([true, false]);
    expect(only(await needs(ann))).toEqual([
      [2, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(only(await needs(bob))).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    await api.pool.query('delete from run_live where run_id = $1', [run]);
  });

  it('what somebody has taken waits for them alone; their teams’ is theirs', async () => {
    const ann = await api.token('ann', ALL);
    const body = { name: 'crew', members: ['ann'] };
    const { principal } = (await api.call('/api/v1/teams', { body })).body;
    await question({ owner: principal, state: 'assigned', assignee: 'ann' });
    await question({ owner: principal, state: 'assigned', assignee: principal });
    await question({ owner: principal, state: 'assigned', assignee: 'ben' });
    const { interventions } = await needs(ann);
    expect([interventions.total, interventions.mine]).toEqual([3, 2]);
    expect(interventions.items[2]).toMatchObject({ assignee: 'ben', mine: false });
  });

  it('a vote that was used no longer waits for it', async () => {
    const ann = await api.token('ann', ALL);
    await asked({ owner: 'ann', required: 2, voters: ['ann'] });
    expect(only(await needs(ann))[0]).toEqual([1, 0]);
  });

  it('leaves out parts that one may not read, and what one may only read waits for others', async () => {
    await question({ owner: 'eve' });
    await asked({ owner: 'eve' });
    const of = async (...scopes: string[]) => only(await needs(await api.token('eve', scopes)));
    expect(await of('jobs:read')).toEqual([null, [1, 0], null]);
    expect(await of('runs:read')).toEqual([[1, 0], null, [0, 0]]);
    expect(await of('jobs:read', 'jobs:write', 'runs:read', 'runs:write')).toEqual([
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    expect(await of('tasks:read')).toEqual([null, null, null]);
    expect((await api.call(NEEDS, { token: null })).status).toBe(401);
  });
});

const CALLS = 20;
const OVER = 20_000;

it('is found among many that are over without reading them', async () => {
  await api.pool.query(
    `insert into interventions (intervention_id, run_id, owner, session_id, message, state,
       opened_at, default_resolution)
     select gen_random_uuid(), gen_random_uuid(), 'admin', gen_random_uuid(), 'x', 'resolved', now(),
       'abort' from generate_series(1, ${OVER})`,
  );
  await api.pool.query(
    `insert into approvals (approval_id, run_id, key, owner, node, node_id, title, deciders, required,
       on_deadline, state, in_cleanup, opened_at)
     select gen_random_uuid(), gen_random_uuid(), 'k', 'admin', 0, 'a', 'x', '{}', 1, 'reject',
       'approved', false, now() from generate_series(1, ${OVER})`,
  );
  await api.pool.query('vacuum analyze interventions, approvals');
  await question();
  await asked();
  const looks = async () => {
    const { rows } = await api.pool.query(
      `select sum(seq_tup_read)::int as read, sum(idx_scan)::int as found from pg_stat_user_tables
       where relname in ('interventions', 'approvals')`,
    );
    return rows[0];
  };
  const before = await looks();
  for (let call = 0; call < CALLS; call += 1) {
    expect(await needs()).toMatchObject({ mine: 2, total: 2 });
  }
  // The database counts late: what was read before may be among it, so that the calls are many.
  await vi.waitFor(
    async () => expect((await looks()).found).toBeGreaterThanOrEqual(before.found + 2 * CALLS),
    { timeout: 60_000 },
  );
  expect((await looks()).read - before.read).toBeLessThan(CALLS * OVER);
});
