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

const aPolicy = (over: object = {}) => ({
  name: `policy ${randomUUID()}`,
  policy: { strategy: 'linear_backoff', max_attempts: 5 },
  ...over,
});

async function made(over: object = {}, token = ann): Promise<StoredRetryPolicy> {
  const { status, body } = await api.call(POLICIES, { body: aPolicy(over), token });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const at = ({ policy_id }: Pick<StoredRetryPolicy, 'policy_id'>) => `${POLICIES}/${policy_id}`;
const send = (method: string, path: string, body?: unknown, ifMatch?: string) =>
  api.call(path, {
    method,
    token: ann,
    ...(body !== undefined && { body }),
    ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
  });

const audits = async (policyId: string) =>
  (
    await api.pool.query(
      `select action, actor, details::json as details, request_id from audit
       where subject = $1 order by audit_id`,
      [policyId],
    )
  ).rows;

describe('a new policy', () => {
  it('is answered with its address, its tag and nothing measured', async () => {
    const given = {
      name: 'patient',
      description: 'waits',
      policy: { strategy: 'fibonacci_backoff', retry_window: { start: '22:00', end: '06:00' } },
      applicable_job_types: ['import', 'import', 'export'],
      schema_version: 1,
    };
    const { status, headers, body } = await api.call(POLICIES, { body: given, token: ann });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(at(body));
    expect(headers.get('etag')).toBe('"1"');
    expect(body).toEqual({
      ...given,
      policy_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      applicable_job_types: ['import', 'export'],
      version: 1,
      owner: 'ann',
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
      updated_by: 'ann',
      success_rate: null,
      average_attempts: null,
      counts: { runs: 0, nodes: 0, completed: 0, attempts: 0, retried: 0, recovered: 0 },
    });
    const read = await send('GET', at(body));
    expect([read.status, read.headers.get('etag'), read.body]).toEqual([200, '"1"', body]);
    expect(await audits(body.policy_id)).toEqual([
      {
        action: 'retry_policy.created',
        actor: 'ann',
        details: { name: 'patient', version: 1 },
        request_id: headers.get('x-request-id'),
      },
    ]);
  });

  test.each([
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(256) }, '/name'],
    [{ policy: undefined }, '/policy'],
    [{ policy: { max_attempts: 12 } }, '/policy/max_attempts'],
    [{ policy: { strategy: 'often' } }, '/policy/strategy'],
    [{ policy: { retry_window: { start: '9:00', end: '10:00' } } }, '/policy/retry_window/start'],
    [{ policy: { total_time_limit_ms: 0 } }, '/policy/total_time_limit_ms'],
    [{ policy: { patience: 1 } }, '/policy/patience'],
    [{ applicable_job_types: [''] }, '/applicable_job_types/0'],
    [{ schema_version: 2 }, '/schema_version'],
    [{ is_default: true }, '/is_default'],
  ])('of %j is malformed at %s', async (over, path) => {
    const { status, body } = await api.call(POLICIES, { body: aPolicy(over), token: ann });
    expect(status).toBe(400);
    expect(body.validation_errors.map((one: { path: string }) => one.path)).toContain(path);
  });

  test.each([
    [{ strategy: 'custom_backoff' }, '/policy/delays_ms'],
    [{ max_attempts: 2, max_retries: 5 }, '/policy/max_retries'],
    [{ retry_window: { start: '06:00', end: '06:00' } }, '/policy/retry_window/end'],
    [
      { retry_window: { start: '06:00', end: '07:00', timezone: 'Mars/Olympus' } },
      '/policy/retry_window/timezone',
    ],
  ])('of %j cannot be followed, because of %s', async (policy, path) => {
    const { status, body } = await api.call(POLICIES, { body: aPolicy({ policy }), token: ann });
    expect([status, body.error_code]).toEqual([422, 'invalid_retry_policy']);
    expect(body.validation_errors).toMatchObject([{ path }]);
  });

  it('needs a name that its owner has not used', async () => {
    const { name } = await made();
    const again = await api.call(POLICIES, { body: aPolicy({ name }), token: ann });
    expect([again.status, again.body.error_code]).toEqual([409, 'conflict']);
    expect(again.body.detail).toContain(name);
    const bob = await api.token('bob', ['jobs:read', 'jobs:write']);
    expect(await made({ name }, bob)).toMatchObject({ owner: 'bob', name });
  });
});

describe('an idempotency key', () => {
  const create = (body: unknown, key: string) =>
    api.call(POLICIES, { body, token: ann, headers: { 'idempotency-key': key } });

  it('makes a policy once, however often it is sent', async () => {
    const body = aPolicy();
    const answers = await Promise.all([1, 2, 3].map(() => create(body, 'policy-1')));
    answers.push(await create(body, 'policy-1'));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.policy_id)).size).toBe(1);
    expect(await audits(answers[0]?.body.policy_id)).toHaveLength(1);
  });

  it('is refused with another body, and for another kind of thing', async () => {
    const body = aPolicy();
    await create(body, 'policy-2');
    for (const other of [await create(aPolicy(), 'policy-2'), await submitted('policy-2')]) {
      expect([other.status, other.body.error_code]).toEqual([422, 'idempotency_mismatch']);
    }
    expect((await create(body, 'no spaces')).status).toBe(400);
  });

  it('tells when what it made has been deleted', async () => {
    const body = aPolicy();
    const { body: policy } = await create(body, 'policy-3');
    await send('DELETE', at(policy));
    expect((await create(body, 'policy-3')).status).toBe(409);
  });

  const submitted = (key: string) =>
    api.call(JOB, { body: aJob(), token: ann, headers: { 'idempotency-key': key } });
});

describe('a change', () => {
  it('makes a new version, and leaves the old ones to be read', async () => {
    const policy = await made({ name: 'changing', description: 'first' });
    const put = await send('PUT', at(policy), aPolicy({ name: 'changed' }), '"1"');
    expect([put.status, put.headers.get('etag')]).toEqual([200, '"2"']);
    expect(put.body).toMatchObject({ version: 2, name: 'changed', description: null });
    const patch = await send('PATCH', at(policy), { policy: { max_attempts: 2 } }, '"2"');
    expect(patch.body).toMatchObject({ version: 3, name: 'changed', policy: { max_attempts: 2 } });
    expect(patch.body.created_at).toBe(policy.created_at);
    const { body } = await send('GET', `${at(policy)}/versions?limit=2`);
    expect(body).toMatchObject({ total: 3, has_more: true });
    expect(body.items.map((one: StoredRetryPolicy) => [one.version, one.name])).toEqual([
      [3, 'changed'],
      [2, 'changed'],
    ]);
    const rest = await send('GET', `${at(policy)}/versions?cursor=${body.next_cursor}`);
    expect(rest.body.items).toEqual([policy]);
    const rows = await audits(policy.policy_id);
    expect(rows.map(({ action, details }) => [action, details.version])).toEqual([
      ['retry_policy.created', 1],
      ['retry_policy.updated', 2],
      ['retry_policy.updated', 3],
    ]);
  });

  it('that changes nothing makes no version', async () => {
    const written = aPolicy({ description: 'the same', applicable_job_types: ['a'] });
    const policy = await made(written);
    expect((await send('PUT', at(policy), written)).body).toEqual(policy);
    expect((await send('PATCH', at(policy), { name: policy.name })).body).toEqual(policy);
    expect(await audits(policy.policy_id)).toHaveLength(1);
  });

  it('is refused to who has read another version', async () => {
    const policy = await made();
    for (const [method, body] of [
      ['PUT', aPolicy()],
      ['PATCH', { description: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      for (const tag of ['"2"', 'W/"1"', 'nonsense', '']) {
        const { status, body: problem } = await send(method, at(policy), body, tag);
        expect([method, tag, status]).toEqual([method, tag, 412]);
        expect(problem.error_code).toBe('precondition_failed');
      }
    }
    expect((await send('PATCH', at(policy), { description: 'x' }, '"9", "1"')).status).toBe(200);
    expect((await send('PATCH', at(policy), { description: 'y' }, '*')).status).toBe(200);
  });

  it('of many at once loses nothing, named version or not', async () => {
    const policy = await made();
    const named = await Promise.all(
      [1, 2, 3].map((n) => send('PATCH', at(policy), { description: `n${n}` }, '"1"')),
    );
    expect(named.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
    const unnamed = await Promise.all(
      ['a', 'b'].map((type) => send('PATCH', at(policy), { applicable_job_types: [type] })),
    );
    expect(unnamed.map(({ status }) => status)).toEqual([200, 200]);
    expect((await send('GET', at(policy))).body.version).toBe(4);
  });

  it('needs something to change, and a name that is free', async () => {
    const [one, two] = [await made(), await made()];
    expect((await send('PATCH', at(one), {})).status).toBe(400);
    expect((await send('PATCH', at(one), { name: two.name })).status).toBe(409);
    const wrong = await send('PATCH', at(one), { policy: { strategy: 'custom_backoff' } });
    expect(wrong.body.error_code).toBe('invalid_retry_policy');
    expect((await send('GET', at(one))).body).toEqual(one);
  });
});

describe('a deleted policy', () => {
  it('is gone for everything but its versions', async () => {
    const policy = await made({ name: 'to go', applicable_job_types: ['going'] });
    const deleted = await send('DELETE', at(policy), undefined, '"1"');
    expect([deleted.status, deleted.body]).toEqual([200, policy]);
    for (const [method, body] of [
      ['GET', undefined],
      ['DELETE', undefined],
      ['PUT', aPolicy()],
      ['PATCH', { name: 'x' }],
    ] as const) {
      expect([method, (await send(method, at(policy), body)).status]).toEqual([method, 404]);
    }
    expect((await send('GET', `${POLICIES}?name=to%20go`)).body.items).toEqual([]);
    expect((await send('GET', `${at(policy)}/versions`)).body.items).toEqual([policy]);
    expect((await made({ name: 'to go' })).policy_id).not.toBe(policy.policy_id);
    expect((await audits(policy.policy_id)).at(-1)).toMatchObject({
      action: 'retry_policy.deleted',
      details: { name: 'to go', version: 1 },
    });
  });
});

describe('a policy of somebody else', () => {
  it('is not there', async () => {
    const policy = await made();
    const eve = await api.token('eve', ['jobs:read', 'jobs:write']);
    for (const [method, path, body] of [
      ['GET', at(policy), undefined],
      ['GET', `${at(policy)}/versions`, undefined],
      ['PUT', at(policy), aPolicy()],
      ['PATCH', at(policy), { description: 'mine' }],
      ['DELETE', at(policy), undefined],
    ] as const) {
      const answer = await api.call(path, { method, token: eve, ...(body && { body }) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(answer.body.detail).not.toContain(policy.name);
    }
    expect((await api.call(POLICIES, { token: eve })).body).toMatchObject({ total: 0, items: [] });
    expect((await api.call(at(policy))).body).toMatchObject({ owner: 'ann' });
  });

  it('may be read and not changed with the scope for reading', async () => {
    const policy = await made();
    const token = await api.token('ann', ['jobs:read']);
    expect((await api.call(at(policy), { token })).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', POLICIES, aPolicy()],
      ['PUT', at(policy), aPolicy()],
      ['PATCH', at(policy), { description: 'x' }],
      ['DELETE', at(policy), undefined],
    ] as const) {
      const answer = await api.call(path, { method, token, ...(body && { body }) });
      expect([method, answer.status]).toEqual([method, 403]);
      expect(answer.body.detail).toContain('jobs:write');
    }
  });
});

describe('the list', () => {
  it('is the newest first, by name, by type of job, and in pages', async () => {
    const token = await api.token('lister', ['jobs:read', 'jobs:write']);
    const policies: StoredRetryPolicy[] = [];
    for (const type of ['x', 'y', 'x']) {
      policies.unshift(await made({ applicable_job_types: [type] }, token));
    }
    const list = async (query: string) => (await api.call(POLICIES + query, { token })).body;
    expect((await list('')).items).toEqual(policies);
    expect((await list('?job_type=y')).items).toEqual([policies[1]]);
    expect((await list(`?name=${encodeURIComponent(policies[2]?.name ?? '')}`)).items).toEqual([
      policies[2],
    ]);
    const first = await list('?limit=2');
    expect(first).toMatchObject({ total: 3, has_more: true, items: policies.slice(0, 2) });
    expect((await list(`?cursor=${first.next_cursor}`)).items).toEqual(policies.slice(2));
    for (const query of ['?limit=0', '?limit=101', '?cursor=x', '?status=done']) {
      expect([query, (await api.call(POLICIES + query, { token })).status]).toEqual([query, 400]);
    }
  });

  it('refuses ids that are none', async () => {
    for (const id of ['1', `${randomUUID()}0`, '%00']) {
      expect((await send('GET', `${POLICIES}/${id}`)).status).toBe(400);
    }
    expect((await send('GET', `${POLICIES}/${randomUUID()}`)).status).toBe(404);
    const policy = await made();
    expect(
      (await send('GET', at(policy).toUpperCase().replace(POLICIES.toUpperCase(), POLICIES)))
        .status,
    ).toBe(200);
  });
});
