import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, startOwnApi, type TestApi } from './server.ts';

const BASE = '/api/v1/secrets';
const CANARY = 'canary-value-that-nobody-may-see';

let api: TestApi;
let ann: string;
let bob: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['jobs:read', 'jobs:write']);
  bob = await api.token('bob', ['jobs:read', 'jobs:write']);
});
afterAll(() => api[Symbol.asyncDispose]());

const audits = async (subject: string) =>
  (
    await api.pool.query(
      'select actor, action, details::text as details from audit where subject = $1 order by at',
      [subject],
    )
  ).rows;

describe('a secret', () => {
  it('is stored, and its value is in no answer, row or log', async () => {
    const body = { name: 'TOKEN', value: CANARY, allowed_hosts: ['api.example.com'] };
    const made = await api.call(BASE, { body, token: ann });
    expect([made.status, made.headers.get('location')]).toEqual([201, `${BASE}/TOKEN`]);
    expect(made.body).toMatchObject({ name: 'TOKEN', owner: 'ann', version: 1 });
    const read = await api.call(`${BASE}/TOKEN`, { token: ann });
    expect(read.headers.get('etag')).toBe('"1"');
    const list = await api.call(BASE, { token: ann });
    expect(list.body).toMatchObject({ total: 1, items: [{ allowed_hosts: ['api.example.com'] }] });
    const rows = await api.pool.query('select s::text as row, sealed from secrets s');
    const all = [made, read, list].map(({ text }) => text).join() + JSON.stringify(rows.rows);
    expect(all).not.toContain(CANARY);
    expect(Buffer.concat(rows.rows.map(({ sealed }) => sealed)).includes(CANARY)).toBe(false);
    expect(api.logged.join()).not.toContain(CANARY);
    const [audit] = await audits(made.body.secret_id);
    expect(audit).toMatchObject({ actor: 'ann', action: 'secret.created' });
    expect(audit.details).not.toContain(CANARY);
  });

  it('is set again with a new version, and only by who has read the present one', async () => {
    const path = `${BASE}/ROTATED`;
    const first = await api.call(path, { method: 'PUT', body: { value: 'one' }, token: ann });
    expect(first.status).toBe(201);
    const stale = { 'if-match': '"7"' };
    const refused = await api.call(path, {
      ...{ method: 'PUT', body: { value: 'two' }, headers: stale, token: ann },
    });
    expect(refused.status).toBe(412);
    const second = await api.call(path, {
      ...{ method: 'PATCH', body: { value: 'two' }, headers: { 'if-match': '"1"' }, token: ann },
    });
    expect([second.status, second.body.version]).toEqual([200, 2]);
    const gone = await api.call(path, { method: 'DELETE', token: ann });
    expect([gone.status, gone.body.value]).toEqual([200, undefined]);
    expect((await api.call(path, { token: ann })).status).toBe(404);
    const actions = (await audits(first.body.secret_id)).map(({ action }) => action);
    expect(actions).toEqual(['secret.created', 'secret.updated', 'secret.deleted']);
  });

  it('is its owner’s: nobody else finds, changes or deletes it', async () => {
    const made = await api.call(BASE, { body: { name: 'HERS', value: 'xxxx' }, token: ann });
    for (const which of ['HERS', made.body.secret_id]) {
      const path = `${BASE}/${which}`;
      expect((await api.call(path, { token: bob })).status).toBe(404);
      const edit = { method: 'PATCH', body: { value: 'y' }, token: bob };
      expect((await api.call(path, edit)).status).toBe(404);
      expect((await api.call(path, { method: 'DELETE', token: bob })).status).toBe(404);
    }
    const his = await api.call(BASE, { body: { name: 'HERS', value: 'yyyy' }, token: bob });
    expect(his.status).toBe(201);
    const twice = await api.call(BASE, { body: { name: 'HERS', value: 'zzzz' }, token: bob });
    expect(twice.status).toBe(409);
  });

  it.each([
    [{ name: '1BAD', value: 'x' }, 400],
    [{ name: 'a-b', value: 'x' }, 400],
    [{ name: 'EMPTY', value: '' }, 400],
    [{ name: 'HOST', value: 'x', allowed_hosts: ['http://a/b'] }, 422],
    [{ name: 'NET', value: 'x', allowed_hosts: ['10.0.0.0/8'] }, 422],
  ])('is refused as %j', async (body, status) => {
    const answer = await api.call(BASE, { body, token: ann });
    expect(answer.status).toBe(status);
    expect(answer.body.validation_errors).toHaveLength(1);
  });

  it('is made once under one key, of which nothing can be tried out', async () => {
    const headers = { 'idempotency-key': 'secret-1' };
    const init = { body: { name: 'KEYED', value: CANARY }, token: ann, headers };
    const first = await api.call(BASE, init);
    expect([first.status, (await api.call(BASE, init)).body]).toEqual([201, first.body]);
    const other = await api.call(BASE, { ...init, body: { name: 'KEYED', value: 'other' } });
    expect([other.status, other.body.error_code]).toEqual([422, 'idempotency_mismatch']);
    expect((await api.call(BASE, { ...init, headers: {} })).status).toBe(409);
    const both = { body: { name: 'RACED', value: 'v' }, token: ann };
    const raced = await Promise.all(
      Array.from({ length: 5 }, () =>
        api.call(BASE, { ...both, headers: { 'idempotency-key': 'secret-2' } }),
      ),
    );
    expect(new Set(raced.map(({ body }) => body.secret_id)).size).toBe(1);
  });

  it('is refused under a name in the address that expressions could not say', async () => {
    const put = { method: 'PUT', body: { value: 'x' }, token: ann };
    expect((await api.call(`${BASE}/a-b`, put)).status).toBe(400);
  });
});

describe('a value that is sent by mistake', () => {
  it('is not said again by the error', async () => {
    const own = await startOwnApi();
    const body = { name: 'bad name', value: CANARY, more: CANARY };
    const answer = await own.call(BASE, { body });
    expect(answer.status).toBe(400);
    const paths = answer.body.validation_errors.map(({ path }: { path: string }) => path);
    expect(paths.toSorted()).toEqual(['/more', '/name']);
    expect(answer.text).not.toContain(CANARY);
    expect(own.logged.join()).not.toContain(CANARY);
  });
});
