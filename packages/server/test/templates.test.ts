import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB, startApi, type TestApi } from './server.ts';

const BASE = '/api/v1/orchestration/templates';
let api: TestApi;
let ann: string;
let bob: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['jobs:read', 'jobs:write']);
  bob = await api.token('bob', ['jobs:read', 'jobs:write']);
});
afterAll(() => api[Symbol.asyncDispose]());

const aTemplate = (changes: object = {}) => ({
  name: 'deploy',
  params_schema: {
    type: 'object',
    properties: {
      branch: { type: 'string', default: 'main' },
      region: { enum: ['eu', 'us'] },
      hosts: { type: 'array', items: { type: 'string' } },
    },
    required: ['region'],
    additionalProperties: false,
  },
  dag_definition: { nodes: [{ id: 'a', uses: 'x', with: { to: '${params.region}' } }] },
  job: { priority: 2, tags: ['deploy'], timeout_ms: 5_000, metadata: { team: 'red' } },
  ...changes,
});

const make = (body: object, token = ann) => api.call(BASE, { body, token });
const lastSubmitted = () => api.engine.submitted.at(-1);

describe('a template', () => {
  it('is stored in versions, which all stay to be read', async () => {
    const made = await make(aTemplate());
    expect([made.status, made.headers.get('location')]).toEqual([201, `${BASE}/deploy`]);
    expect(made.body).toMatchObject({ ...aTemplate(), version: 1, owner: 'ann' });
    const path = `${BASE}/deploy`;
    const body = aTemplate({ description: 'newer' });
    const put = { method: 'PUT', body, token: ann, headers: { 'if-match': '"1"' } };
    expect((await api.call(path, put)).body).toMatchObject({ version: 2, description: 'newer' });
    expect((await api.call(path, put)).status).toBe(412);
    const first = await api.call(`${path}?version=1`, { token: ann });
    expect(first.body).toMatchObject({ version: 1, description: null });
    expect((await api.call(`${path}?version=9`, { token: ann })).status).toBe(404);
    const versions = await api.call(`${path}/versions`, { token: ann });
    expect(versions.body.items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    const { rows } = await api.pool.query(
      `select action, details::jsonb ->> 'version' as version from audit where subject = $1`,
      [made.body.template_id],
    );
    expect(rows).toEqual([
      { action: 'template.created', version: '1' },
      { action: 'template.updated', version: '2' },
    ]);
  });

  it('is found by its name, or by how that begins', async () => {
    const own = await api.token('nan', ['jobs:read', 'jobs:write']);
    for (const name of ['named-a', 'named-b', 'other']) await make(aTemplate({ name }), own);
    const found = async (name: string) => {
      const { body } = await api.call(`${BASE}?name=${name}`, { token: own });
      return [body.total, ...body.items.map((one: { name: string }) => one.name)];
    };
    expect(await found('named-*')).toEqual([2, 'named-b', 'named-a']);
    expect(await found('named-a')).toEqual([1, 'named-a']);
    expect(await found('named_*')).toEqual([0]);
  });

  it('makes jobs with its parameters, completed by their defaults', async () => {
    const body = {
      template: 'deploy',
      params: { region: 'eu' },
      tags: ['mine'],
      metadata: { a: 1 },
    };
    const answer = await api.call(JOB, { body, token: ann });
    expect([answer.status, answer.body.job_name]).toEqual([202, 'deploy']);
    expect(lastSubmitted()).toMatchObject({
      priority: 2,
      tags: ['mine'],
      input: { params: { region: 'eu', branch: 'main' }, timeoutMs: 5_000 },
      metadata: { team: 'red', a: 1, template: 'deploy', template_version: 2 },
    });
  });

  it('is made into a job in an earlier version, under a name of its own', async () => {
    const path = `${BASE}/deploy/instantiate`;
    const body = { params: { region: 'us' }, version: 1, job_name: 'by hand', priority: 9 };
    const answer = await api.call(path, { body, token: ann });
    expect([answer.status, answer.body.job_name, answer.body.priority]).toEqual([
      202,
      'by hand',
      9,
    ]);
    expect(answer.headers.get('location')).toBe(`${JOB}/${answer.body.job_id}`);
    expect(lastSubmitted()?.metadata).toMatchObject({ template_version: 1 });
    const dry = await api.call(`${path}?dry_run=true`, { body, token: ann });
    expect([dry.status, dry.body]).toMatchObject([200, { valid: true, node_count: 1 }]);
  });

  it.each([
    [{}, '/params/region'],
    [{ region: 'mars' }, '/params/region'],
    [{ region: 'eu', brnach: 'x' }, '/params/brnach'],
    [{ region: 'eu', hosts: ['a', 5] }, '/params/hosts/1'],
  ])('is not made into a job with %j', async (params, path) => {
    for (const [address, body] of [
      [JOB, { template: 'deploy', params }],
      [`${JOB}?dry_run=true`, { template: 'deploy', params }],
      [`${BASE}/deploy/instantiate`, { params }],
    ] as const) {
      const answer = await api.call(address, { body, token: ann });
      expect([answer.status, answer.body.validation_errors[0].path]).toEqual([422, path]);
    }
  });

  it.each([
    [{ template: 'nowhere' }, 422, '/template'],
    [{ template: 'deploy', template_version: 7, params: {} }, 422, '/template_version'],
    [{ template: 'deploy', dag_definition: { nodes: [] } }, 400, '/dag_definition'],
    [{ template: 'deploy', execution_context: {} }, 400, '/execution_context'],
    [{ params: {}, job_name: 'x', dag_definition: { nodes: [] } }, 400, '/params'],
  ])('is not used by a job %j', async (body, status, path) => {
    const answer = await api.call(JOB, { body, token: ann });
    expect([answer.status, answer.body.validation_errors[0].path]).toEqual([status, path]);
  });

  it.each([
    [{ dag_definition: { nodes: [] } }, '/dag_definition/nodes'],
    [
      { dag_definition: { nodes: [{ id: 'a', uses: 'x', if: 'prams.x' }] } },
      '/dag_definition/nodes/0/if',
    ],
    [{ params_schema: { type: 'text' } }, '/params_schema/type'],
    [
      { params_schema: { properties: { a: { pattern: '(' } } } },
      '/params_schema/properties/a/pattern',
    ],
    [{ job: { retry_policy_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b' } }, undefined],
  ])('is refused with %j', async (changes, path) => {
    const answer = await make(aTemplate({ name: 'bad', ...changes }));
    expect(answer.status).toBe(422);
    if (path !== undefined) expect(answer.body.validation_errors[0].path).toBe(path);
  });

  it('is its owner’s: nobody else reads, uses or changes it', async () => {
    const { body: made } = await make(aTemplate({ name: 'hers' }));
    for (const which of ['hers', made.template_id]) {
      const path = `${BASE}/${which}`;
      expect((await api.call(path, { token: bob })).status).toBe(404);
      expect((await api.call(path, { method: 'DELETE', token: bob })).status).toBe(404);
      const put = { method: 'PUT', body: aTemplate({ name: 'taken' }), token: bob };
      expect((await api.call(path, put)).status).toBe(404);
      const use = { body: { params: { region: 'eu' } }, token: bob };
      expect((await api.call(`${path}/instantiate`, use)).status).toBe(404);
      const job = { template: which, params: { region: 'eu' } };
      expect((await api.call(JOB, { body: job, token: bob })).status).toBe(422);
    }
  });

  it('can be used no more once it is deleted, and its name is free', async () => {
    await make(aTemplate({ name: 'brief' }));
    expect((await api.call(`${BASE}/brief`, { method: 'DELETE', token: ann })).status).toBe(200);
    const job = { template: 'brief', params: { region: 'eu' } };
    expect((await api.call(JOB, { body: job, token: ann })).status).toBe(422);
    expect((await make(aTemplate({ name: 'brief' }))).body.version).toBe(1);
    expect((await make(aTemplate({ name: 'brief' }))).status).toBe(409);
  });

  it('is made once under one key, and so is the job that is made from it', async () => {
    const headers = { 'idempotency-key': 'template-1' };
    const body = aTemplate({ name: 'once' });
    const first = await api.call(BASE, { body, token: ann, headers });
    expect((await api.call(BASE, { body, token: ann, headers })).body).toEqual(first.body);
  });
});
