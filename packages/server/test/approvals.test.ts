/** Approvals: runs of a real engine that people let go on, or do not. */
import { type ActionDefinition, approvalRequest } from '@tenuto/actions';
import { createApprovalChores } from '@tenuto/engine';
import { makePartitions, openApiStore } from '@tenuto/store';
import type { TestAction } from '@tenuto/testkit';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/system-clock.ts';
import { gate, type RealApi, startRealApi } from './real-api.ts';

const APPROVALS = '/api/v1/approvals';
const SCOPES = ['runs:read', 'runs:write', 'jobs:read', 'jobs:write'];

let api: RealApi;
let store: ReturnType<typeof openApiStore>;
const tokens = new Map<string, string>();

beforeAll(async () => {
  const of =
    (definition: () => ActionDefinition): TestAction =>
    (call) =>
      definition().run(call);
  api = await startRealApi({
    parkAfterMs: 50,
    actions: {
      'approval.request': of(() => approvalRequest(store.approvals)),
      noop: () => ({ status: 'completed', output: null }),
      held: held.action,
    },
  });
  store = openApiStore(api.connection);
  await makePartitions(api.pool);
});
afterAll(async () => {
  await store.close();
  await api[Symbol.asyncDispose]();
});

const held = gate();

/** A token of somebody, who may read and write runs. */
async function as(who: string): Promise<string> {
  const token = tokens.get(who) ?? (await api.token(who, SCOPES));
  tokens.set(who, token);
  return token;
}

const node = (rule: object = {}, more: object = {}) => ({
  ...{ id: 'ask', uses: 'approval.request', with: { title: 'Release', ...rule } },
  ...more,
});

/** A job that asks, by the time it waits. */
async function asking(rule: object = {}, more: object = {}): Promise<string> {
  const job = await api.submit([node(rule, more)]);
  await api.nodeIs(job, 'ask', 'waiting');
  return job;
}

async function decide(job: string, who: string | null, body: object) {
  const token = who === null ? {} : { token: await as(who) };
  return api.call(`/api/v1/runs/${job}/approve`, { body, ...token });
}

async function approvalsOf(job: string, query = '', who?: string) {
  const token = who === undefined ? {} : { token: await as(who) };
  return (await api.call(`${APPROVALS}?run_id=${job}${query}`, token)).body.items;
}

const outputOf = async (job: string) => (await api.node(job, 'ask')).output;
const audited = async (job: string) =>
  (
    await api.pool.query(
      `select actor, action from audit where subject = $1 and action ~ '^run\\.' order by at`,
      [job],
    )
  ).rows.map(({ actor, action }) => `${actor} ${action}`);

describe('a node that asks', () => {
  it('waits, says for whom, and goes on with what was decided', async () => {
    const job = await asking({ message: 'See the log.', deadline_seconds: 600 });
    const [open] = await approvalsOf(job);
    expect(open).toMatchObject({
      ...{ state: 'open', title: 'Release', message: 'See the log.', node_id: 'ask', run_id: job },
      ...{ approvers: null, required: 1, approved_by: 0, on_deadline: 'reject', decisions: [] },
    });
    expect(Date.parse(open.deadline_at) - Date.parse(open.opened_at)).toBeCloseTo(600_000, -2);
    expect((await api.node(job, 'ask')).waiting_for).toEqual({ approval: open.approval_id });
    const run = (await api.call(`/api/v1/runs/${job}`)).body;
    expect(run.waiting_for).toMatchObject({
      ...{ cause: 'approval', until: open.deadline_at },
      of: { approval_id: open.approval_id, node_id: 'ask', required: 1 },
    });
    const { body: why } = await api.call(`/api/v1/runs/${job}/explain`);
    expect(why.nodes[0].reasons[0].cause).toBe('approval');
    const voted = await decide(job, null, { decision: 'approve', comment: 'Fine.' });
    expect([voted.status, voted.body.state]).toEqual([200, 'approved']);
    expect((await api.ends(job)).status).toBe('completed');
    expect(await outputOf(job)).toEqual({
      approved: true,
      decisions: [
        { by: 'admin', decision: 'approve', comment: 'Fine.', at: expect.stringMatching(/Z$/) },
      ],
    });
    expect(await audited(job)).toContain('admin run.approved');
  });

  it('is told of a rejection, and by what', async () => {
    const job = await asking();
    expect((await decide(job, null, { decision: 'reject', comment: 'Not yet.' })).status).toBe(200);
    expect((await api.ends(job)).status).toBe('completed');
    expect(await outputOf(job)).toMatchObject({ approved: false, reason: 'Not yet.' });
    const again = await decide(job, null, { decision: 'approve' });
    expect(again.status).toBe(409);
  });

  it('asks for no more than there are', async () => {
    const rule = { approvers: ['user:ann', 'user:ann'], required: 2 };
    const job = await api.submit([node(rule)]);
    expect((await api.ends(job)).status).toBe('failed');
    expect((await api.node(job, 'ask')).error.message).toContain('2 have to agree, of 1');
  });

  it('hears nobody but those who were asked', async () => {
    const job = await asking();
    const [{ approval_id: id }] = await approvalsOf(job);
    const body = { name: `approval:${id}`, payload: { approved: true } };
    const forged = await api.ask(job, 'signal', body);
    expect([forged.status, forged.body.error_code]).toEqual([400, 'validation_failed']);
    expect((await approvalsOf(job))[0].state).toBe('open');
  });
});

describe('who may decide', () => {
  it('is who is named, whoever the run belongs to, and sees that approval alone', async () => {
    const job = await asking({ approvers: ['user:ann', 'crew'], required: 2 });
    const other = await asking();
    const [{ approval_id: id }] = await approvalsOf(job);
    expect((await decide(job, null, { decision: 'approve' })).status).toBe(409);
    const byId = { decision: 'approve', approval_id: id };
    expect((await decide(job, null, byId)).status).toBe(403);
    expect((await decide(job, 'user:bob', byId)).status).toBe(404);
    expect((await decide(job, 'user:bob', { decision: 'approve' })).status).toBe(404);
    const asBob = { token: await as('user:bob') };
    expect((await api.call(`${APPROVALS}/${id}`, asBob)).status).toBe(404);
    const asAnn = { token: await as('user:ann') };
    expect((await api.call(`${APPROVALS}/${id}`, asAnn)).status).toBe(200);
    expect((await api.call(`/api/v1/runs/${job}`, asAnn)).status).toBe(404);
    expect(await approvalsOf(other, '', 'user:ann')).toEqual([]);
    expect((await decide(other, 'user:ann', { decision: 'approve' })).status).toBe(404);
    expect(await approvalsOf(job, '&mine=true', 'user:ann')).toHaveLength(1);
    const first = await decide(job, 'user:ann', { decision: 'approve' });
    expect([first.status, first.body.state, first.body.approved_by]).toEqual([200, 'open', 1]);
    expect(await approvalsOf(job, '&mine=true', 'user:ann')).toEqual([]);
    const twice = await decide(job, 'user:ann', { decision: 'approve', approval_id: id });
    expect([twice.status, twice.body.detail]).toEqual([409, expect.stringContaining('1 of 2')]);
    await api.call('/api/v1/teams', { body: { name: 'crew', members: ['user:cyd'] } });
    expect((await decide(job, 'user:cyd', { decision: 'approve' })).body.state).toBe('approved');
    expect((await api.ends(job)).status).toBe('completed');
  });

  it('says which, where several are open', async () => {
    const job = await api.submit([node(), node({}, { id: 'too' })]);
    await api.nodeIs(job, 'ask', 'waiting');
    await api.nodeIs(job, 'too', 'waiting');
    const vague = await decide(job, null, { decision: 'approve' });
    expect([vague.status, vague.body.detail]).toEqual([409, expect.stringContaining('Several')]);
    for (const { approval_id } of await approvalsOf(job)) {
      await decide(job, null, { decision: 'approve', approval_id });
    }
    expect((await api.ends(job)).status).toBe('completed');
  });

  it('may pass the vote on, but in no circle, and to nobody who has one', async () => {
    const job = await asking({ approvers: ['user:ann', 'user:bob'], required: 2 });
    const pass = (who: string, to: string) =>
      decide(job, who, { decision: 'delegate', delegate_to: to });
    expect((await pass('user:ann', 'user:ann')).status).toBe(422);
    expect((await pass('user:ann', 'user:bob')).status).toBe(422);
    expect((await pass('user:ann', 'team:crew')).status).toBe(400);
    expect((await pass('user:ann', 'user:cyd')).status).toBe(200);
    expect((await pass('user:cyd', 'user:dan')).status).toBe(200);
    expect((await pass('user:dan', 'user:ann')).status).toBe(422);
    expect((await pass('user:bob', 'user:dan')).status).toBe(422);
    for (const who of ['user:ann', 'user:cyd']) {
      expect((await decide(job, who, { decision: 'approve' })).status).toBe(409);
    }
    await decide(job, 'user:bob', { decision: 'approve' });
    expect((await decide(job, 'user:dan', { decision: 'approve' })).body.state).toBe('approved');
    await api.ends(job);
    expect((await outputOf(job)).decisions.map((one: { to?: string }) => one.to)).toEqual([
      'user:cyd',
      'user:dan',
      undefined,
      undefined,
    ]);
    expect(await audited(job)).toEqual([
      ...['user:ann run.delegated', 'user:cyd run.delegated'],
      ...['user:bob run.approved', 'user:dan run.approved'],
    ]);
  });
});

describe('votes at the same time', () => {
  it('count each once, and the third of twenty decides', async () => {
    const people = Array.from({ length: 20 }, (_, i) => `user:p${i}`);
    const job = await asking({ approvers: people, required: 3 });
    await Promise.all(people.map(as));
    const answers = await Promise.all(
      people.map((who) => decide(job, who, { decision: 'approve' })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 409)).toHaveLength(17);
    const states = answers.flatMap(({ body }) => body.state ?? []);
    expect(states.filter((state) => state === 'approved').length).toBeGreaterThanOrEqual(1);
    await api.ends(job);
    const { approved, decisions } = await outputOf(job);
    expect([approved, new Set(decisions.map(({ by }: { by: string }) => by)).size]).toEqual([
      true,
      3,
    ]);
  });

  it('of one and the same count once', async () => {
    const job = await asking({ approvers: ['user:ann', 'user:bob'], required: 2 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => decide(job, 'user:ann', { decision: 'approve' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await approvalsOf(job))[0].approved_by).toBe(1);
  });
});

/** Makes the deadline of what a job asks pass. */
const letPass = (job: string) =>
  api.pool.query(`update approvals set deadline_at = clock_timestamp() where run_id = $1`, [job]);

describe('a deadline', () => {
  it.each([
    ['reject', false],
    ['approve', true],
  ])('decides when it has passed: %s', async (end, approved) => {
    const job = await asking({ deadline_seconds: 3_600, on_deadline: end });
    await letPass(job);
    const late = await decide(job, null, { decision: 'approve' });
    expect([late.status, late.body.detail]).toEqual([409, expect.stringContaining('deadline')]);
    const told: string[] = [];
    const log = pino({ level: 'silent' });
    const chores = createApprovalChores({
      ...{ store: store.approvals, clock: systemClock, log },
      told: (runId) => void told.push(runId),
    });
    chores.start();
    expect((await api.ends(job)).status).toBe('completed');
    await chores.stop();
    expect(await outputOf(job)).toMatchObject({ approved, reason: 'The deadline has passed.' });
    expect(told).toEqual([job]);
    expect(await audited(job)).toEqual([
      `deadline run.${end === 'approve' ? 'approved' : 'rejected'}`,
    ]);
  });

  it('and a vote at the same moment: one of them decides, once', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 8 }, () => asking({ deadline_seconds: 60 })),
    );
    await Promise.all(
      jobs.flatMap((job, i) => {
        const passing = letPass(job).then(() =>
          Promise.all([store.approvals.expire(), store.approvals.expire()]),
        );
        return [passing, decide(job, null, { decision: i % 2 === 0 ? 'approve' : 'reject' })];
      }),
    );
    await store.approvals.expire();
    for (const job of jobs) {
      await api.ends(job);
      const [{ state }] = await approvalsOf(job);
      expect((await outputOf(job)).approved).toBe(state === 'approved');
      expect(await audited(job)).toHaveLength(1);
    }
  });
});

describe('money', () => {
  it('may be given with the vote, or alone, and not with a vote that does not count', async () => {
    const job = await asking();
    const misfit = await decide(job, null, { decision: 'reject', budget_usd: 2 });
    expect([misfit.status, misfit.body.validation_errors[0].path]).toEqual([400, '/budget_usd']);
    const voted = await decide(job, null, { decision: 'approve', budget_usd: 2 });
    expect([voted.status, voted.body.state]).toEqual([200, 'approved']);
    await api.ends(job);
    expect(await audited(job)).toEqual(['admin run.approved']);
    const { rows } = await api.pool.query('select limit_nano from budgets where run_id = $1', [
      job,
    ]);
    expect(rows).toEqual([{ limit_nano: '2000000000' }]);
    const other = await asking({ approvers: ['user:ann'] });
    const [{ approval_id }] = await approvalsOf(other);
    const refused = await decide(other, null, { decision: 'approve', approval_id, budget_usd: 3 });
    expect(refused.status).toBe(403);
    const alone = await decide(other, null, { decision: 'approve', budget_usd: 3 });
    expect([alone.status, alone.body.budget?.limit_usd]).toEqual([200, 3]);
    const nobody = await decide(other, 'user:bob', { decision: 'approve', budget_usd: 4 });
    expect(nobody.status).toBe(404);
  });
});

describe('a run that is given up', () => {
  it('has nothing left to decide', async () => {
    const job = await asking();
    await api.call(`/api/v1/orchestration/job/${job}`, { method: 'DELETE' });
    await api.reaches(job, 'cancelled');
    expect((await approvalsOf(job))[0].state).toBe('cancelled');
    expect((await decide(job, null, { decision: 'approve' })).status).toBe(409);
    await vi.waitFor(
      async () => {
        await store.approvals.closeStrays();
        const { rows } = await api.pool.query('select state from approvals where run_id = $1', [
          job,
        ]);
        expect(rows).toEqual([{ state: 'cancelled' }]);
      },
      { timeout: 60_000 },
    );
  });

  it('may still ask in its cleanup', async () => {
    const cleanup = { id: 'ask', type: 'cleanup' };
    const job = await api.submit([{ id: 'work', uses: 'held' }, node({}, cleanup)]);
    await api.nodeIs(job, 'work', 'running');
    await api.call(`/api/v1/orchestration/job/${job}`, { method: 'DELETE' });
    await api.nodeIs(job, 'ask', 'waiting');
    expect((await approvalsOf(job))[0].state).toBe('open');
    expect((await decide(job, null, { decision: 'approve' })).status).toBe(200);
    await vi.waitFor(async () => expect((await outputOf(job))?.approved).toBe(true), {
      timeout: 60_000,
    });
  });
});
