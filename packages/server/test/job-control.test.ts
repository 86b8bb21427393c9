/** What can be asked of a job, with an engine that does what the test says: answers and traces. */
import { randomUUID } from 'node:crypto';
import { makePartitions } from '@tenuto/store';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addLive, addOver } from './rows.ts';
import { JOB, startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  api.engine.onPoke = () => undefined;
});

const ask = (jobId: string, verb: string, init: { body?: object; headers?: object } = {}) =>
  api.call(`${JOB}/${jobId}/${verb}`, { method: 'POST', ...init } as never);
const running = () =>
  addLive(api.pool, { status: 'running', startedAt: Date.now(), engine: randomUUID() });
const rows = async (text: string, ...values: unknown[]) =>
  (await api.pool.query(text, values)).rows;
const inbox = async (jobId: string) =>
  (await rows('select type, body from run_inbox where run_id = $1 order by seq', jobId)).map(
    ({ type, body }) => ({ type, body: JSON.parse(body) }),
  );
const audits = async (jobId: string) =>
  (await rows('select action, details from audit where subject = $1 order by audit_id', jobId)).map(
    ({ action, details }) => ({ action, details: JSON.parse(details) }),
  );

/** An engine that takes what it is told, and does this to the run's row. */
function obeys(change: string): void {
  api.engine.onPoke = async (runId) => {
    await api.pool.query(`update run_live set ${change} where run_id = $1`, [runId]);
    await api.pool.query('delete from run_inbox where run_id = $1', [runId]);
  };
}

/** An engine that refuses what it is told. */
function refuses(message: string, reason: string): void {
  api.engine.onPoke = async (runId) => {
    await api.pool.query(
      `insert into run_events (run_id, seq, at, type, body)
       select $1, 1 + coalesce(max(seq), 0), now(), 'refused', $2 from run_events where run_id = $1`,
      [runId, JSON.stringify({ message, actor: 'admin', reason })],
    );
    await api.pool.query('delete from run_inbox where run_id = $1', [runId]);
  };
}

describe('a pause', () => {
  it('is answered with 200 once the row shows it', async () => {
    obeys(`status = 'paused', version = version + 1`);
    const jobId = await running();
    const { status, body, headers } = await ask(jobId, 'pause', { body: { reason: 'freeze' } });
    expect([status, body.status, headers.get('etag')]).toEqual([200, 'paused', '"2"']);
    expect(await audits(jobId)).toEqual([{ action: 'job.paused', details: { reason: 'freeze' } }]);
    expect(api.engine.poked).toContain(jobId);
  });

  it('that its engine has not heard in time is on its way', async () => {
    const jobId = await running();
    const { status, body } = await ask(jobId, 'pause');
    expect([status, body.status]).toEqual([202, 'running']);
    expect(await inbox(jobId)).toEqual([{ type: 'pause', body: { actor: 'admin' } }]);
  });

  it('is answered at once when the caller prefers that', async () => {
    const jobId = await running();
    const began = performance.now();
    const answer = await ask(jobId, 'pause', { headers: { prefer: 'respond-async' } });
    expect(performance.now() - began).toBeLessThan(1_500);
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([
      202,
      'respond-async',
    ]);
  });

  it('that its engine refuses is refused with its reason', async () => {
    const jobId = await running();
    refuses('pause', 'The run is undoing.');
    for (const _ of [1, 2]) {
      const { status, body } = await ask(jobId, 'pause');
      expect([status, body.detail, body.job_status]).toEqual([
        409,
        'The run is undoing.',
        'running',
      ]);
    }
  });

  it('does not take an earlier refusal for its own', async () => {
    const jobId = await running();
    refuses('pause', 'Not now.');
    await ask(jobId, 'pause');
    obeys(`status = 'paused'`);
    expect((await ask(jobId, 'pause')).status).toBe(200);
  });

  it('of a job that ends before its engine could act is refused', async () => {
    const jobId = await running();
    api.engine.onPoke = async (runId) => {
      await addOver(api.pool, { runId });
      await api.pool.query('delete from run_live where run_id = $1', [runId]);
      await api.pool.query('delete from run_inbox where run_id = $1', [runId]);
    };
    const { status, body } = await ask(jobId, 'pause');
    expect([status, body.job_status]).toEqual([409, 'completed']);
  });

  it('of a job in the queue is done without an engine', async () => {
    const jobId = await addLive(api.pool);
    const { status, body } = await ask(jobId, 'pause');
    expect([status, body.status]).toEqual([200, 'paused']);
    expect(api.engine.poked).not.toContain(jobId);
    const resumed = await ask(jobId, 'resume', { body: { reason: 'go' } });
    expect([resumed.status, resumed.body.status]).toEqual([200, 'queued']);
    expect(await audits(jobId)).toEqual([
      { action: 'job.paused', details: {} },
      { action: 'job.resumed', details: { reason: 'go' } },
    ]);
  });
});

describe('If-Match', () => {
  it.each([
    ['pause', 'running', {}],
    ['signal', 'running', { name: 'go' }],
    ['recover', 'running', { action: 'requeue_job', reason: 'x' }],
    ['retry', 'failed', {}],
    ['recover', 'failed', { action: 'requeue_job', reason: 'x' }],
    ['recover', 'failed', { action: 'abort_execution', reason: 'x' }],
  ])('of another version keeps a %s of a run that is %s from happening', async (verb, status, body) => {
    const jobId = status === 'failed' ? await addOver(api.pool, { status }) : await running();
    const stale = await ask(jobId, verb, { body, headers: { 'if-match': '"7"' } });
    expect([stale.status, stale.body.error_code]).toEqual([412, 'precondition_failed']);
    expect(await audits(jobId)).toEqual([]);
    const version = status === 'failed' ? 2 : 1;
    const headers = { 'if-match': `"${version}"`, prefer: 'respond-async' };
    expect((await ask(jobId, verb, { body, headers })).status).toBeLessThan(300);
  });
});

describe('a signal', () => {
  it('goes to the run as it was sent', async () => {
    obeys('version = version');
    const jobId = await running();
    const payload = { by: 'ann', list: [1, null] };
    api.engine.onPoke = () => undefined;
    const headers = { prefer: 'respond-async' };
    await ask(jobId, 'signal', { body: { name: 'approved', payload }, headers });
    await ask(jobId, 'signal', { body: { name: 'bare' }, headers });
    expect(await inbox(jobId)).toEqual([
      { type: 'signal', body: { actor: 'admin', name: 'approved', payload } },
      { type: 'signal', body: { actor: 'admin', name: 'bare', payload: null } },
    ]);
    expect((await audits(jobId))[0]).toEqual({
      ...{ action: 'job.signalled', details: { name: 'approved' } },
    });
  });

  it('may come before the job has started, and does not start it', async () => {
    const scheduledAt = Date.now() + 3_600_000;
    const jobId = await addLive(api.pool, { status: 'scheduled', scheduledAt });
    const headers = { prefer: 'respond-async' };
    expect((await ask(jobId, 'signal', { body: { name: 'go' }, headers })).status).toBe(202);
    const [row] = await rows('select wake_at from run_live where run_id = $1', jobId);
    expect(row.wake_at.getTime()).toBe(scheduledAt);
  });

  it('carries no more than a journal takes', async () => {
    const jobId = await running();
    const body = { name: 'go', payload: 'x'.repeat(300_000) };
    expect((await ask(jobId, 'signal', { body })).status).toBe(413);
    expect(await inbox(jobId)).toEqual([]);
  });

  it.each([
    {},
    { name: '' },
    { name: 'x'.repeat(201) },
    { name: 'go', more: 1 },
  ])('%j is none', async (body) => {
    expect((await ask(await running(), 'signal', { body })).status).toBe(400);
  });
});

describe('a job that is taken up again', () => {
  it('is retrying until its engine says otherwise', async () => {
    const jobId = await addOver(api.pool, { status: 'failed' });
    const waits = { prefer: 'respond-async' };
    const body = { from: 'start', reason: 'mended' };
    const { status, body: job } = await ask(jobId, 'retry', { body, headers: waits });
    expect([status, job.status, job.completed_at]).toEqual([202, 'retrying', null]);
    const [item] = await inbox(jobId);
    expect(item).toMatchObject({
      ...{ type: 'retry', body: { actor: 'admin', from: 'start', reason: 'mended' } },
    });
    expect(item?.body.session).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(await audits(jobId)).toMatchObject([
      { action: 'job.retried', details: { from: 'start', session_id: item?.body.session } },
    ]);
    const again = await ask(jobId, 'retry');
    expect([again.status, again.body.job_status]).toEqual([409, 'retrying']);
  });

  it('by two at once is so once', async () => {
    const jobId = await addOver(api.pool, { status: 'failed' });
    const headers = { prefer: 'respond-async' };
    const both = await Promise.all([1, 2].map(() => ask(jobId, 'retry', { headers })));
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(await inbox(jobId)).toHaveLength(1);
  });

  it('by a recovery of a node names the node by its place', async () => {
    const jobId = await addOver(api.pool, { status: 'failed' });
    const body = {
      ...{ action: 'skip_node', node_id: 'b', reason: 'by hand' },
      with: { result: { n: 1 } },
    };
    const headers = { prefer: 'respond-async' };
    expect((await ask(jobId, 'recover', { body, headers })).status).toBe(202);
    expect(await inbox(jobId)).toMatchObject([
      {
        type: 'recover',
        body: { action: 'skip_node', node: 1, with: { result: { n: 1 } }, reason: 'by hand' },
      },
    ]);
    expect((await audits(jobId))[0]?.details).toMatchObject({
      ...{ action: 'skip_node', node_id: 'b', reason: 'by hand' },
    });
  });

  it('shows in its history what it was before, and when that ended', async () => {
    const completedAt = Date.now() - 60_000;
    const progress = { error: { type: 'x', message: 'exit code 1' } };
    const startedAt = completedAt - 1_000;
    const jobId = await addOver(api.pool, { status: 'failed', completedAt, startedAt, progress });
    const failed = {
      ...{ from: 'running', to: 'failed', reason: 'exit code 1', actor: null },
      at: new Date(completedAt).toISOString(),
    };
    expect((await api.call(`${JOB}/${jobId}/history`)).body.items.at(-1)).toEqual(failed);
    await ask(jobId, 'retry', { headers: { prefer: 'respond-async' }, body: { reason: 'mended' } });
    const { body } = await api.call(`${JOB}/${jobId}/history`);
    expect(body.items.slice(-2)).toEqual([
      failed,
      {
        ...{ from: 'failed', to: 'retrying', reason: 'mended', actor: 'admin' },
        at: expect.any(String),
      },
    ]);
  });
});

describe('a body', () => {
  it('is needed only where something must be said', async () => {
    const headers = { prefer: 'respond-async' };
    expect((await ask(await running(), 'pause', { headers })).status).toBe(202);
    const jobId = await addOver(api.pool, { status: 'failed' });
    expect((await ask(jobId, 'retry', { headers })).status).toBe(202);
    expect((await ask(await running(), 'recover', { headers })).status).toBe(400);
    expect((await ask(await running(), 'signal', { headers })).status).toBe(400);
  });

  it.each([
    ['pause', { reason: 7 }],
    ['pause', { why: 'x' }],
    ['pause', []],
    ['retry', { from: 'yesterday' }],
    ['recover', { action: 'retry_job' }],
    ['recover', { action: 'retry_job', reason: 'x', with: { hope: 1 } }],
  ])('of %s that is %j is refused', async (verb, body) => {
    expect((await ask(await running(), verb, { body })).status).toBe(400);
  });
});

it('no body that is JSON is answered with a 500, whatever it says', async () => {
  const verbs = ['pause', 'resume', 'retry', 'recover', 'signal', 'nodes/a/cancel-retry'];
  const words = fc.constantFrom(
    ...['reason', 'from', 'node_id', 'action', 'with', 'name', 'payload', '__proto__', 'x'],
  );
  const values = fc.oneof(
    fc.constantFrom('failed', 'node', 'skip_node', 'retry_job', 'rollback_state', 'a', 'start'),
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({ to: fc.string(), result: fc.jsonValue(), after: fc.constant('fail') }),
  );
  const jobs = [await running(), await addOver(api.pool, { status: 'failed' }), randomUUID()];
  const headers = { prefer: 'respond-async' };
  const requests = fc.tuple(
    fc.constantFrom(...jobs),
    fc.constantFrom(...verbs),
    fc.dictionary(words, values, { maxKeys: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(requests, async ([jobId, verb, body]) => {
      const { status } = await ask(jobId, verb, { body, headers });
      expect([200, 202, 400, 404, 409, 413, 422]).toContain(status);
    }),
    { numRuns: 300 },
  );
  expect(api.logged.filter((line) => line.includes('failed unexpectedly'))).toEqual([]);
});

it('a policy of a job is kept with it, and refused when it cannot be followed', async () => {
  const job = (recovery_policy: unknown) => ({
    ...{ job_name: 'x', recovery_policy },
    dag_definition: { nodes: [{ id: 'a', uses: 'sleep.for' }] },
  });
  const submit = (policy: unknown) => api.call(JOB, { body: job(policy) });
  const { submitted } = api.engine;
  expect((await submit([{ action: 'retry_job', with: { delay_ms: 5 } }])).status).toBe(202);
  expect(submitted.at(-1)?.input.recovery).toEqual({
    rules: [{ action: 'retry_job', with: { delay_ms: 5 } }],
  });
  await submit({ stall_limit_ms: 60_000 });
  expect(submitted.at(-1)?.input.recovery).toMatchObject({ stallLimitMs: 60_000 });
  const wrong = await submit([{ when: { node: 'z' }, action: 'skip_node' }]);
  expect([wrong.status, wrong.body.validation_errors[0].path]).toEqual([
    422,
    '/recovery_policy/0/when/node',
  ]);
  expect((await submit([])).status).toBe(400);
  expect((await submit('none')).status).toBe(400);
  const dry = await api.call(`${JOB}?dry_run=true`, {
    body: job([{ when: { status: 'stalled' }, action: 'requeue_job' }]),
  });
  expect(dry.body.warnings.join()).toContain('stall_limit_ms');
});
