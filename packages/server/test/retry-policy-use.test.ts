import { randomUUID } from 'node:crypto';
import type { StoredRetryPolicy } from '@tenuto/contract';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { aJob, JOB, startApi, type TestApi } from './server.ts';

const POLICIES = '/api/v1/orchestration/retry-policies';

let api: TestApi;
let ann: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['jobs:read', 'jobs:write']);
});
afterAll(() => api[Symbol.asyncDispose]());

async function made(over: object = {}, token = ann): Promise<StoredRetryPolicy> {
  const policy = { strategy: 'linear_backoff', max_attempts: 7 };
  const body = { name: `policy ${randomUUID()}`, policy, ...over };
  const answer = await api.call(POLICIES, { body, token });
  expect(answer.status).toBe(201);
  return answer.body;
}

const submit = (job: object, token = ann, query = '') =>
  api.call(JOB + query, { body: aJob({ ...job }), token });

const lastSubmitted = () => {
  const last = api.engine.submitted.at(-1);
  if (last === undefined) throw new Error('nothing was submitted');
  return last;
};

const nodes = (...retries: unknown[]) => ({
  dag_definition: {
    nodes: retries.map((retry, i) => ({ id: `n${i}`, uses: 'sleep.for', ...withRetry(retry) })),
  },
});
const withRetry = (retry: unknown) => (retry === undefined ? {} : { retry });

describe('a job that names a policy', () => {
  it('runs under it, and says in which version', async () => {
    const policy = await made();
    const { status, body } = await submit({ retry_policy_id: policy.policy_id });
    expect(status).toBe(202);
    const used = [{ policy_id: policy.policy_id, version: 1, used_by: 'job' }];
    expect(body).toMatchObject({ max_retries: 6, retry_policies: used });
    const { plan, input } = lastSubmitted();
    expect(plan.specs[0]?.retry).toMatchObject({ strategy: 'linear_backoff', max_attempts: 7 });
    expect(input).toMatchObject({ retryPolicies: used });
  });

  it('keeps what the policy said when that changes, or when it is deleted', async () => {
    const policy = await made();
    const job = { retry_policy_id: policy.policy_id, ...nodes(policy.policy_id, undefined) };
    await submit(job);
    const before = lastSubmitted().plan;
    const at = `${POLICIES}/${policy.policy_id}`;
    const changes = { policy: { max_attempts: 2 } };
    await api.call(at, { method: 'PATCH', body: changes, token: ann });
    expect((await submit(job)).body.retry_policies).toMatchObject([{ version: 2 }]);
    const after = lastSubmitted().plan;
    expect(after.hash).not.toBe(before.hash);
    expect(JSON.parse(before.document).policies[policy.policy_id]).toMatchObject({ version: 1 });
    expect(before.specs.map(({ retry }) => retry.max_attempts)).toEqual([7, 7]);
    expect(after.specs.map(({ retry }) => retry.max_attempts)).toEqual([2, 2]);
    await api.call(at, { method: 'DELETE', token: ann });
    const { status, body } = await submit(job);
    expect([status, body.error_code]).toEqual([422, 'invalid_retry_policy']);
  });

  it('may say something else beside it, which goes before it', async () => {
    const { policy_id: retry_policy_id } = await made();
    await submit({ retry_policy_id, max_retries: 1 });
    expect(lastSubmitted().plan.specs[0]?.retry).toMatchObject({
      strategy: 'linear_backoff',
      max_attempts: 2,
    });
    await submit({ retry_policy_id, retry_policy: { jitter: 'none' } });
    expect(lastSubmitted().plan.specs[0]?.retry).toMatchObject({ jitter: 'none', max_attempts: 7 });
  });
});

describe('a node that names a policy', () => {
  it('runs under it while the others run under the job’s', async () => {
    const [own, job] = [await made(), await made({ policy: { max_attempts: 3 } })];
    const { body } = await submit({
      ...nodes(own.policy_id, undefined, { max_attempts: 9 }),
      retry_policy_id: job.policy_id,
    });
    expect(body.retry_policies).toEqual(
      expect.arrayContaining([
        { policy_id: own.policy_id, version: 1, used_by: 'nodes' },
        { policy_id: job.policy_id, version: 1, used_by: 'job' },
      ]),
    );
    const { specs } = lastSubmitted().plan;
    expect(specs.map(({ retry }) => retry.max_attempts)).toEqual([7, 3, 9]);
    expect(specs.map(({ retryFrom }) => retryFrom?.policyId)).toEqual([
      own.policy_id,
      job.policy_id,
      undefined,
    ]);
  });

  test.each([
    ['x', '/dag_definition/nodes/0/retry'],
    [{ max_attempts: 12 }, '/dag_definition/nodes/0/retry/max_attempts'],
    [{ patience: 1 }, '/dag_definition/nodes/0/retry/patience'],
    [
      { retry_window: { start: 'x', end: '01:00' } },
      '/dag_definition/nodes/0/retry/retry_window/start',
    ],
  ])('badly, as %j, is told what is wrong with what it wrote, and nothing else', async (retry, path) => {
    const { status, body } = await submit(nodes(retry));
    expect(status).toBe(400);
    expect(body.validation_errors.map((one: { path: string }) => one.path)).toEqual([path]);
  });
});

describe('a policy that is not there', () => {
  const elsewhere = async () => (await made({}, await api.token('eve', ['jobs:write']))).policy_id;

  test.each([
    ['nobody’s', async () => randomUUID()],
    ['somebody else’s', elsewhere],
  ])('because it is %s refuses the job, by its place', async (_whose, find) => {
    const policyId = await find();
    for (const query of ['', '?dry_run=true']) {
      const job = await submit({ retry_policy_id: policyId }, ann, query);
      expect([job.status, job.body.error_code]).toEqual([422, 'invalid_retry_policy']);
      expect(job.body.detail).toBe(`There is no retry policy ${policyId}.`);
      expect(job.body.validation_errors).toMatchObject([{ path: '/retry_policy_id' }]);
      const node = await submit(nodes(undefined, policyId), ann, query);
      expect([node.status, node.body.error_code]).toEqual([422, 'invalid_plan']);
      expect(node.body.validation_errors).toEqual([
        {
          path: '/dag_definition/nodes/1/retry',
          message: `There is no retry policy ${policyId}.`,
          value: policyId,
        },
      ]);
    }
  });

  it('is one for its owner and for administrators', async () => {
    const policyId = await elsewhere();
    const admin = await api.call(JOB, { body: aJob({ retry_policy_id: policyId }) });
    expect(admin.status).toBe(202);
  });

  it('is malformed when its id is none', async () => {
    const { status, body } = await submit({ retry_policy_id: 'patient' });
    expect([status, body.validation_errors[0].path]).toEqual([400, '/retry_policy_id']);
  });
});

describe('a policy that names types of jobs', () => {
  it('is used by jobs of that type that say nothing else, from its making to its deletion', async () => {
    const token = await api.token('typist', ['jobs:read', 'jobs:write']);
    const job = { job_type: 'import' };
    expect((await submit(job, token)).body.retry_policies).toEqual([]);
    const older = await made({ applicable_job_types: ['import'] }, token);
    const usedBy = (policy: StoredRetryPolicy, version = 1) => [
      { policy_id: policy.policy_id, version, used_by: 'job_type' },
    ];
    expect((await submit(job, token)).body.retry_policies).toEqual(usedBy(older));
    const newer = await made({ applicable_job_types: ['import', 'dag'] }, token);
    expect((await submit(job, token)).body).toMatchObject({
      retry_policies: usedBy(newer),
      max_retries: 6,
    });
    expect((await submit({}, token)).body.retry_policies).toEqual(usedBy(newer));
    for (const said of [{ max_retries: 1 }, { retry_policy: {} }]) {
      expect((await submit({ ...job, ...said }, token)).body.retry_policies).toEqual([]);
    }
    const named = await submit({ ...job, retry_policy_id: older.policy_id }, token);
    expect(named.body.retry_policies).toMatchObject([{ policy_id: older.policy_id }]);
    const at = `${POLICIES}/${newer.policy_id}`;
    const body = { applicable_job_types: ['dag'] };
    await api.call(at, { method: 'PATCH', body, token });
    expect((await submit(job, token)).body.retry_policies).toEqual(usedBy(older));
    expect((await submit({}, token)).body.retry_policies).toEqual(usedBy(newer, 2));
    await api.call(at, { method: 'DELETE', token });
    expect((await submit({}, token)).body.retry_policies).toEqual([]);
    expect((await submit(job, ann)).body.retry_policies).toEqual([]);
  });
});

describe('the policy of a job', () => {
  it('that has a window in a zone that nobody knows is refused', async () => {
    const retry_policy = { retry_window: { start: '01:00', end: '02:00', timezone: 'X/Y' } };
    const { status, body } = await submit({ retry_policy });
    expect([status, body.error_code]).toEqual([422, 'invalid_retry_policy']);
    expect(body.validation_errors).toMatchObject([{ path: '/retry_policy/retry_window/timezone' }]);
    const node = await submit(nodes(retry_policy));
    expect(node.body.validation_errors).toMatchObject([
      { path: '/dag_definition/nodes/0/retry/retry_window/timezone' },
    ]);
  });

  it('that says two numbers of attempts is refused, and not one that says the same twice', async () => {
    const retry_policy = { max_attempts: 2, max_retries: 5 };
    const { status, body } = await submit({ retry_policy });
    expect([status, body.error_code]).toEqual([422, 'invalid_retry_policy']);
    expect(body.validation_errors).toMatchObject([{ path: '/retry_policy/max_retries', value: 5 }]);
    const node = await submit(nodes(retry_policy));
    expect(node.status).toBe(422);
    expect(node.body.validation_errors).toMatchObject([
      { path: '/dag_definition/nodes/0/retry/max_retries', value: 5 },
    ]);
    const twice = { max_attempts: 6, max_retries: 5 };
    expect((await submit({ retry_policy: twice, ...nodes(twice) })).status).toBe(202);
  });
});
