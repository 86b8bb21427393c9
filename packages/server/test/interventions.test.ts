/** Interventions and recoveries through the API: lists, decisions, and who may see them. */
import { randomUUID } from 'node:crypto';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INTERVENTIONS, RECOVERIES } from './real-api.ts';
import { addLive } from './rows.ts';
import { runIdAt } from './scripted-engine.ts';
import { startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.pool.query('delete from interventions'));

async function add(over: { runId?: string; owner?: string; state?: string } = {}): Promise<string> {
  const { owner = 'admin', state = 'open' } = over;
  const runId =
    over.runId ?? (await addLive(api.pool, { owner, status: 'running', engine: randomUUID() }));
  const id = runIdAt(Date.now());
  await api.pool.query(
    `insert into interventions (intervention_id, run_id, owner, session_id, node, node_id, message,
       error, state, opened_at, deadline_at, default_resolution)
     values ($1, $2, $3, $4, 0, 'a', 'What now?', '{"type":"x","message":"y"}', $5,
       '2026-01-15T09:30:00Z', '2026-01-15T17:00:00Z', 'abort')`,
    [id, runId, owner, randomUUID(), state],
  );
  return id;
}

const post = (id: string, verb: string, body: object, headers = {}) =>
  api.call(`${INTERVENTIONS}/${id}/${verb}`, { body, headers });
const told = async (id: string) =>
  (
    await api.pool.query(
      `select i.body from run_inbox i join interventions v on v.run_id = i.run_id
       where v.intervention_id = $1`,
      [id],
    )
  ).rows.map(({ body }) => JSON.parse(body));

describe('an intervention', () => {
  it('is read with all that somebody needs to decide', async () => {
    const id = await add();
    const { status, body, headers } = await api.call(`${INTERVENTIONS}/${id.toUpperCase()}`);
    expect([status, headers.get('etag')]).toEqual([200, '"1"']);
    expect(body).toMatchObject({
      ...{ intervention_id: id, node_id: 'a', state: 'open', message: 'What now?' },
      ...{ error: { type: 'x', message: 'y' }, assignee: null, default_resolution: 'abort' },
      ...{ opened_at: '2026-01-15T09:30:00.000Z', deadline_at: '2026-01-15T17:00:00.000Z' },
      ...{ resolution: null, result: null, resolved_by: null, version: 1 },
    });
  });

  it('is assigned, and given back', async () => {
    const id = await add();
    const assigned = await post(id, 'assign', { assignee: 'bob' }, { 'if-match': '"1"' });
    expect([assigned.status, assigned.body.state]).toEqual([200, 'assigned']);
    expect(assigned.headers.get('etag')).toBe('"2"');
    expect((await post(id, 'assign', { assignee: null })).body.state).toBe('open');
    expect((await post(id, 'assign', { assignee: 'x' }, { 'if-match': '"1"' })).status).toBe(412);
    const { rows } = await api.pool.query('select action from audit where subject = $1', [id]);
    expect(rows).toEqual([
      { action: 'intervention.assigned' },
      { action: 'intervention.assigned' },
    ]);
  });

  it('is decided once; the run hears of it and its engine is told', async () => {
    const id = await add();
    const body = { resolution: 'skip', result: { n: 1 }, reason: 'seen' };
    const answers = await Promise.all([1, 2, 3].map(() => post(id, 'resolve', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const good = answers.find(({ status }) => status === 200);
    expect(good?.body).toMatchObject({
      ...{ state: 'resolved', resolution: 'skip', result: { n: 1 }, resolved_by: 'admin' },
    });
    expect(await told(id)).toEqual([{ actor: 'admin', intervention: id, ...body }]);
    expect(api.engine.poked).toContain(good?.body.job_id);
    const late = await post(id, 'assign', { assignee: 'bob' });
    expect([late.status, late.body.detail]).toEqual([409, 'The intervention is resolved.']);
  });

  it('about a job that is over is not decided any more', async () => {
    const id = await add({ runId: randomUUID() });
    const { status, body } = await post(id, 'resolve', { resolution: 'retry' });
    expect([status, body.detail]).toEqual([409, 'The intervention is about a job that is over.']);
  });

  it.each([
    [400, { resolution: 'retry', result: 1 }],
    [400, { resolution: 'abort', result: null }],
    [400, { resolution: 'wait' }],
    [400, {}],
    [413, { resolution: 'skip', result: 'x'.repeat(300_000) }],
  ])('%s: is not decided by %j', async (status, body) => {
    const id = await add();
    expect((await post(id, 'resolve', body)).status).toBe(status);
    expect(await told(id)).toEqual([]);
  });

  it('of somebody else is not there', async () => {
    const id = await add({ owner: 'ann' });
    const eve = await api.token('eve', ['jobs:read', 'jobs:write']);
    const call = (path: string, body?: object) => api.call(path, { token: eve, body });
    expect((await call(`${INTERVENTIONS}/${id}`)).status).toBe(404);
    expect((await call(`${INTERVENTIONS}/${id}/assign`, { assignee: 'eve' })).status).toBe(404);
    expect((await call(`${INTERVENTIONS}/${id}/resolve`, { resolution: 'abort' })).status).toBe(
      404,
    );
    expect((await call(INTERVENTIONS)).body.total).toBe(0);
    const ann = await api.token('ann', ['jobs:read']);
    expect((await api.call(INTERVENTIONS, { token: ann })).body.total).toBe(1);
    const refused = await api.call(`${INTERVENTIONS}/${id}/resolve`, {
      ...{ token: ann, body: { resolution: 'abort' } },
    });
    expect(refused.status).toBe(403);
  });
});

describe('the list of interventions', () => {
  it('is of the newest first, by state, job and assignee, page by page', async () => {
    const ids: string[] = [];
    for (const state of ['open', 'assigned', 'resolved', 'open']) ids.unshift(await add({ state }));
    const { body } = await api.call(`${INTERVENTIONS}?state=open,assigned&limit=2`);
    expect(body).toMatchObject({ total: 3, has_more: true });
    const next = await api.call(
      `${INTERVENTIONS}?state=open,assigned&limit=2&cursor=${body.next_cursor}`,
    );
    const found = [...body.items, ...next.body.items].map((item) => item.intervention_id);
    expect(found).toEqual([ids[0], ids[2], ids[3]]);
    const [first] = body.items;
    const ofJob = await api.call(`${INTERVENTIONS}?job_id=${first.job_id}`);
    expect(ofJob.body.total).toBe(1);
    expect((await api.call(`${INTERVENTIONS}?assignee=nobody`)).body.total).toBe(0);
    expect((await api.call(`${INTERVENTIONS}?state=closed`)).status).toBe(400);
    expect((await api.call(`${INTERVENTIONS}?job_id=1`)).status).toBe(400);
  });
});

describe('a recovery', () => {
  async function addSession(over: { owner?: string; runId?: string; end?: string } = {}) {
    const id = runIdAt(Date.now());
    const { owner = 'admin', runId = randomUUID(), end } = over;
    const audit = (event: string, success: boolean | null) =>
      api.pool.query(
        `insert into recovery_audits (audit_id, session_id, run_id, owner, event, trigger, action,
           actor, state_before, state_after, success, details, at)
         values ($1, $2, $3, $4, $5, 'failure', 'rollback_state', 'policy', 'running', $6, $7,
           '{"n":1}', now())`,
        [runIdAt(Date.now()), id, runId, owner, event, success === null ? null : 'failed', success],
      );
    await api.pool.query(
      `insert into recoveries (session_id, run_id, owner, trigger, action, parameters, actor,
         state_before, started_at)
       values ($1, $2, $3, 'failure', 'rollback_state', '{"to":"start"}', 'policy', 'running', now())`,
      [id, runId, owner],
    );
    await audit('started', null);
    if (end !== undefined) await audit(end, end === 'completed');
    return { id, runId };
  }

  it('tells what was done, and how far it is while its run is here', async () => {
    const runId = await addLive(api.pool, { status: 'recovering', engine: randomUUID() });
    const { id } = await addSession({ runId });
    const one = `${RECOVERIES}/${id}`;
    expect((await api.call(one)).body).toMatchObject({
      ...{ session_id: id, job_id: runId, status: 'running', action: 'rollback_state' },
      ...{ parameters: { to: 'start' }, actor: 'policy', completed_at: null, progress: null },
    });
    api.engine.runs.set(runId, {
      ...{ runId, status: 'recovering', currentNodes: [], retries: 0, paused: false },
      counts: { pending: 0, running: 1, completed: 4, failed: 1, skipped: 0 },
      undoing: { session: id, done: 3, left: 2 },
      ...{ idOf: () => '', nodeCount: () => 0, patternOf: () => 0, waitOf: () => undefined },
      states: () => ({ states: new Uint8Array(0), attempts: new Uint16Array(0) }),
      node: () => {
        throw new Error('it has no nodes');
      },
    });
    expect((await api.call(one)).body.progress).toEqual({ done: 3, left: 2 });
    api.engine.runs.delete(runId);
  });

  it('is found by its job, action, trigger and status', async () => {
    const { id, runId } = await addSession({ end: 'failed' });
    const list = async (query: string) =>
      (await api.call(`${RECOVERIES}?job_id=${runId}${query}`)).body.items.map(
        (item: { session_id: string }) => item.session_id,
      );
    expect(await list('')).toEqual([id]);
    expect(await list('&status=failed&action=rollback_state&trigger=failure')).toEqual([id]);
    expect(await list('&status=running')).toEqual([]);
    const audits = await api.call(
      `/api/v1/orchestration/recovery-audits?session_id=${id}&job_id=${runId}`,
    );
    expect(audits.body.total).toBe(2);
    expect(audits.body.items[0]).toMatchObject({ session_id: id, details: { n: 1 } });
    expect((await api.call(`${RECOVERIES}?action=pray`)).status).toBe(400);
  });

  it('is given up with its job, unless it has ended', async () => {
    const runId = await addLive(api.pool, { status: 'recovering', engine: randomUUID() });
    const { id } = await addSession({ runId });
    const headers = { prefer: 'respond-async' };
    const cancel = (session: string) =>
      api.call(`${RECOVERIES}/${session}/cancel`, { method: 'POST', headers });
    expect((await cancel(id)).status).toBe(202);
    const { rows } = await api.pool.query('select type from run_inbox where run_id = $1', [runId]);
    expect(rows).toEqual([{ type: 'cancel' }]);
    const ended = await addSession({ end: 'completed' });
    const refused = await cancel(ended.id);
    expect([refused.status, refused.body.detail]).toEqual([409, 'The recovery is completed.']);
    expect((await cancel(randomUUID())).status).toBe(404);
  });

  it('of somebody else is not there', async () => {
    const { id, runId } = await addSession({ owner: 'ann' });
    const token = await api.token('eve', ['jobs:read', 'jobs:write']);
    for (const path of [RECOVERIES, '/api/v1/orchestration/recovery-audits']) {
      expect((await api.call(`${path}?job_id=${runId}`, { token })).body.total).toBe(0);
    }
    expect((await api.call(`${RECOVERIES}/${id}`, { token })).status).toBe(404);
    const cancel = { token, method: 'POST' };
    expect((await api.call(`${RECOVERIES}/${id}/cancel`, cancel)).status).toBe(404);
    const { body } = await api.call(`${RECOVERIES}/effectiveness`, { token });
    expect(body).toEqual({ sessions_counted: 0, actions: [] });
  });
});
