import { compilePlan, compileStoredPlan } from '@tenuto/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addLive, aPlan } from './rows.ts';
import { aJob, JOB, startApi, type TestApi } from './server.ts';
import { addResults, CATALOGUE, reported } from './test-results.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  const put = (id: string, body: unknown) =>
    api.call(`${CATALOGUE}/${id}`, { method: 'PUT', body });
  const runs = { kind: 'suite', command: ['npm', 'test'], report: 'r.xml' };
  await put('unit', { ...runs, folder: '${params.folder}', select: { case_args: ['-t={case}'] } });
  await put('whole', runs);
  await put('login', { kind: 'case', suite_id: 'unit', name: 'logs in', classname: 'Login' });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  api.engine.submitted.length = 0;
});

const submit = (body: object) => api.call(JOB, { body: { job_name: 'tests', ...body } });

/** The nodes of the last job that was submitted, as they were compiled. */
function nodesSubmitted(): readonly Record<string, unknown>[] {
  const plan = api.engine.submitted.at(-1)?.plan;
  return JSON.parse(plan?.document ?? '{}').nodes;
}

describe('a job of tests', () => {
  it('runs a suite of the catalogue in place of a graph', async () => {
    expect((await submit({ test_suite_id: 'unit' })).status).toBe(202);
    expect(nodesSubmitted()).toEqual([
      {
        ...{ id: 'unit', type: 'test_suite', test_suite_id: 'unit', uses: 'test.run' },
        with: {
          ...{ command: ['npm', 'test'], cwd: '${params.folder}', report: 'r.xml' },
          ...{ suite: 'unit', select: { case_args: ['-t={case}'] } },
        },
      },
    ]);
  });

  it('runs some cases, of a suite or by themselves', async () => {
    await submit({ test_suite_id: 'unit', test_case_ids: ['login'] });
    expect(nodesSubmitted().map(({ id, uses }) => [id, uses])).toEqual([
      ['unit/cases', undefined],
      ['unit', 'test.merge'],
    ]);
    await submit({ test_case_ids: ['login', 'login'] });
    expect(nodesSubmitted()).toMatchObject([
      {
        ...{ id: 'login', test_case_id: 'login', test_suite_id: 'unit', uses: 'test.run' },
        with: { cases: [{ name: 'logs in', classname: 'Login' }] },
      },
    ]);
  });

  it('is kept as what the catalogue said then, so that it can be compiled again', async () => {
    await submit({ test_suite_id: 'unit', test_case_ids: ['login'] });
    const plan = api.engine.submitted.at(-1)?.plan;
    expect(compileStoredPlan(plan?.document ?? '').hash).toBe(plan?.hash);
  });

  it('may be tried in a dry run', async () => {
    const body = { job_name: 'x', test_suite_id: 'unit', test_case_ids: ['login'] };
    const { body: answer } = await api.call(`${JOB}?dry_run=true`, { body });
    expect(answer).toMatchObject({ valid: true, node_count: 3 });
    expect(api.engine.submitted).toEqual([]);
  });

  it.each<[string, object, number, string]>([
    ['neither graph nor tests', {}, 400, '/dag_definition'],
    ['both', { ...aJob(), test_suite_id: 'unit' }, 400, '/test_suite_id'],
    ['an unknown suite', { test_suite_id: 'absent' }, 422, '/test_suite_id'],
    ['an unknown case', { test_case_ids: ['login', 'absent'] }, 422, '/test_case_ids/1'],
    [
      'an unknown case of a suite',
      { test_suite_id: 'unit', test_case_ids: ['login', 'absent'] },
      422,
      '/test_case_ids/1',
    ],
    [
      'an unknown case in a graph',
      { dag_definition: { nodes: [{ id: 'a', type: 'test_case', test_case_id: 'absent' }] } },
      422,
      '/dag_definition/nodes/0/test_case_id',
    ],
  ])('with %s is refused, and the place is told', async (_, body, status, path) => {
    const answer = await submit(body);
    expect([answer.status, answer.body.validation_errors?.[0].path]).toEqual([status, path]);
    expect(api.engine.submitted).toEqual([]);
  });

  it('tells of what is wrong elsewhere at the place where it was written', async () => {
    const answer = await submit({
      dag_definition: {
        nodes: [
          { id: 'u', type: 'test_suite', test_suite_id: 'unit', test_case_ids: ['login'] },
          { id: 'b', uses: 'x', needs: ['nobody'] },
        ],
      },
    });
    expect(answer.body.validation_errors).toMatchObject([
      { path: '/dag_definition/nodes/1/needs/0' },
    ]);
  });

  it('of somebody else is looked up in their own catalogue', async () => {
    const token = await api.token('eve', ['jobs:write']);
    const body = { job_name: 'x', test_suite_id: 'unit' };
    expect((await api.call(JOB, { body, token })).status).toBe(422);
  });
});

describe('a rerun of failed tests', () => {
  const rerun = (jobId: string, init: object = {}) =>
    api.call(`${JOB}/${jobId}/rerun-failed-tests`, { method: 'POST', ...init });
  const failing = (name: string, over = {}) =>
    reported(name, { status: 'failed', classname: 'C', ...over });

  it('is a job of those cases, with the parameters and metadata of the other one', async () => {
    const metadata = { commit: 'c0ffee' };
    const jobId = await addResults(api, [failing('a ${b}'), reported('fine'), failing('c')], {
      run: { name: 'nightly', metadata, tags: ['night'], priority: 2 },
    });
    const answer = await rerun(jobId);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`${JOB}/${answer.body.job_id}`);
    expect(answer.body).toMatchObject({
      ...{ job_name: 'nightly (failed tests)', priority: 2, tags: ['night'] },
      metadata: { commit: 'c0ffee', rerun_of: jobId },
    });
    expect(nodesSubmitted()).toEqual([
      {
        ...{ id: 'unit', type: 'test_suite', test_suite_id: 'unit', uses: 'test.run' },
        with: {
          ...{ command: ['npm', 'test'], cwd: '${params.folder}', report: 'r.xml' },
          ...{ suite: 'unit', select: { case_args: ['-t={case}'] } },
          cases: [
            { name: 'a $${b}', classname: 'C' },
            { name: 'c', classname: 'C' },
          ],
        },
      },
    ]);
  });

  it('runs registered cases by what the catalogue says of them', async () => {
    const plan = compilePlan({
      nodes: [
        { id: 'x', type: 'test_case', test_case_id: 'login', uses: 'test.run', with: { a: 1 } },
        {
          ...{ id: 'each', type: 'parallel_group', for_each: '[1, 2]' },
          children: [
            { id: 'y', type: 'test_case', test_case_id: 'login', uses: 'test.run', with: { a: 1 } },
          ],
        },
      ],
    });
    const jobId = await addResults(api, [failing('logs in')], { run: { plan }, nodeId: 'x' });
    await addResults(api, [failing('logs in')], { runId: jobId, nodeId: 'y[1]' });
    expect((await rerun(jobId)).status).toBe(202);
    expect(nodesSubmitted()).toMatchObject([{ id: 'login', test_case_id: 'login' }]);
  });

  it('leaves out what passed later and what is in quarantine', async () => {
    const jobId = await addResults(api, [
      failing('mended'),
      failing('known', { quarantined: true }),
    ]);
    await addResults(api, [reported('mended', { classname: 'C' })], { runId: jobId, attempt: 2 });
    const answer = await rerun(jobId);
    expect([answer.status, answer.body.detail]).toEqual([
      422,
      'No test of this job failed, those in quarantine left out.',
    ]);
  });

  it.each([
    ['whole', /suite "whole" cannot select cases: give it select/],
    ['nowhere', /suite "nowhere" failed, which is no suite of the catalogue: register it/],
    ['login', /suite "login" failed, which is no suite/],
  ])('of the suite %s is refused, and says what to do', async (suite, said) => {
    const jobId = await addResults(api, [failing('a', { suite })]);
    const answer = await rerun(jobId);
    expect([answer.status, answer.body.error_code]).toEqual([422, 'unprocessable']);
    expect(answer.body.detail).toMatch(said);
  });

  it('is made once under one key', async () => {
    const jobId = await addResults(api, [failing('once')]);
    const headers = { 'idempotency-key': 'rerun-1' };
    const first = await rerun(jobId, { headers });
    expect(first.status).toBe(202);
    expect(api.engine.submitted[0]?.idempotency?.key).toBe('rerun-1');
    const hash = api.engine.submitted[0]?.idempotency?.requestHash;
    await api.pool.query(
      `insert into idempotency_keys (owner, key, request_hash, run_id)
       values ('admin', 'rerun-1', $1, $2)`,
      [hash, jobId],
    );
    expect((await rerun(jobId, { headers })).body.job_id).toBe(jobId);
    const other = await addResults(api, [failing('once')]);
    expect((await rerun(other, { headers })).body.error_code).toBe('idempotency_mismatch');
  });

  it('is not for a job that is going on, is not there, or is of somebody else', async () => {
    const eve = await api.token('eve', ['jobs:write', 'jobs:read']);
    const jobId = await addResults(api, [failing('mine')]);
    expect((await rerun(jobId, { token: eve })).status).toBe(404);
    expect((await rerun('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b')).status).toBe(404);
    const live = await addLive(api.pool, { status: 'running' });
    expect((await rerun(live)).body).toMatchObject({
      ...{ status: 409, error_code: 'invalid_job_state', job_status: 'running' },
    });
  });

  it('stays with the owner of the job when an administrator asks for it', async () => {
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    const suite = {
      kind: 'suite',
      command: ['anns'],
      report: 'r',
      select: { case_args: ['{case}'] },
    };
    await api.call(`${CATALOGUE}/unit`, { method: 'PUT', body: suite, token: ann });
    const jobId = await addResults(api, [failing('of ann')], {
      run: { owner: 'ann', plan: aPlan },
    });
    expect((await rerun(jobId)).status).toBe(202);
    expect(api.engine.submitted[0]).toMatchObject({ owner: 'ann', triggeredBy: 'admin' });
    expect(nodesSubmitted()).toMatchObject([{ with: { command: ['anns'] } }]);
    await api.pool.query(
      `insert into idempotency_keys (owner, key, request_hash, run_id)
       values ('ann', 'k', '\\x00', $1)`,
      [jobId],
    );
    const used = await rerun(jobId, { headers: { 'idempotency-key': 'k' } });
    expect(used.body.error_code).toBe('idempotency_mismatch');
  });
});

describe('the tests of a run', () => {
  it('are listed with what failed first, for those who see the run', async () => {
    const runId = await addResults(api, [
      reported('good'),
      reported('bad', { status: 'failed', message: 'no' }),
    ]);
    const path = `/api/v1/runs/${runId}/tests`;
    const { body } = await api.call(`${path}?limit=1`);
    expect(body).toMatchObject({
      items: [{ name: 'bad', status: 'failed', message: 'no', node_id: 'a', attempt: 1 }],
      ...{ total: 2, has_more: true },
      counts: { total: 2, passed: 1, failed: 1, error: 0, skipped: 0, flaky: 0, duration_ms: 20 },
    });
    const next = await api.call(`${path}?limit=1&cursor=${body.next_cursor}`);
    expect(next.body.items).toMatchObject([{ name: 'good' }]);
    expect((await api.call(`${path}?status=skipped`)).body.total).toBe(0);
    const token = await api.token('eve', ['runs:read']);
    expect((await api.call(path, { token })).status).toBe(404);
  });
});
