import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const BASE = '/api/v1/mcp-servers';
let api: TestApi;
let ann: string;
let bob: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['jobs:read', 'jobs:write']);
  bob = await api.token('bob', ['jobs:read', 'jobs:write']);
  const secret = { name: 'TOKEN', value: 'the-token-of-ann' };
  await api.call('/api/v1/secrets', { body: secret, token: ann });
});
afterAll(() => api[Symbol.asyncDispose]());

const overHttp = (changes: object = {}) => ({
  ...{ name: 'search', transport: 'http', url: 'https://mcp.example.com/mcp' },
  ...changes,
});

describe('an MCP server', () => {
  it('is registered, read, replaced and deleted, each with its audit row', async () => {
    const headers = { authorization: 'Bearer ${secrets.TOKEN}' };
    const made = await api.call(BASE, { body: overHttp({ headers }), token: ann });
    expect([made.status, made.headers.get('location')]).toEqual([201, `${BASE}/search`]);
    expect(made.body).toMatchObject({ version: 1, headers, command: null, tools_allow: null });
    const path = `${BASE}/search`;
    const read = await api.call(path, { token: ann });
    expect([read.headers.get('etag'), read.body]).toEqual(['"1"', made.body]);
    const body = overHttp({ tools_allow: ['find'] });
    const stale = { method: 'PUT', body, token: ann, headers: { 'if-match': '"9"' } };
    expect((await api.call(path, stale)).status).toBe(412);
    const fresh = { ...stale, headers: { 'if-match': '"1"' } };
    expect((await api.call(path, fresh)).body).toMatchObject({ version: 2, headers: {} });
    expect((await api.call(BASE, { token: ann })).body).toMatchObject({ total: 1 });
    expect((await api.call(path, { method: 'DELETE', token: ann })).status).toBe(200);
    expect((await api.call(path, { token: ann })).status).toBe(404);
    const { rows } = await api.pool.query(
      'select action from audit where subject = $1 order by audit_id',
      [made.body.server_id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      ...['mcp_server.created', 'mcp_server.updated', 'mcp_server.deleted'],
    ]);
  });

  it('is made once under one key', async () => {
    const body = overHttp({ name: 'keyed' });
    const init = { body, token: ann, headers: { 'idempotency-key': 'mcp-1' } };
    const first = await api.call(BASE, init);
    expect((await api.call(BASE, init)).body).toEqual(first.body);
    const other = { ...init, body: overHttp({ name: 'other' }) };
    expect((await api.call(BASE, other)).body.error_code).toBe('idempotency_mismatch');
    expect((await api.call(BASE, { body, token: ann })).status).toBe(409);
  });

  it('is its owner’s', async () => {
    const made = await api.call(BASE, { body: overHttp({ name: 'hers' }), token: ann });
    for (const which of ['hers', made.body.server_id]) {
      for (const [method, more] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/tools'],
        ['POST', '/check'],
      ] as const) {
        const answer = await api.call(`${BASE}/${which}${more}`, { method, token: bob });
        expect([method, more, answer.status]).toEqual([method, more, 404]);
      }
    }
  });

  it.each([
    ['without an address', { name: 'a', transport: 'http' }, 400, '/url'],
    ['without a program', { name: 'a', transport: 'stdio' }, 400, '/command'],
    ['with fields of the other transport', overHttp({ env: {} }), 400, '/env'],
    ['under the name of actions', overHttp({ name: 'http' }), 422, '/name'],
    ['at an address that is blocked', overHttp({ url: 'http://blocked/' }), 422, '/url'],
    [
      'with a program that is',
      { name: 'a', transport: 'stdio', command: 'blocked' },
      422,
      '/command',
    ],
    [
      'with a token written out',
      overHttp({ headers: { 'x-api-key': 'v' } }),
      422,
      '/headers/x-api-key',
    ],
    ['with a header of the client', overHttp({ headers: { Host: 'v' } }), 422, '/headers/Host'],
    [
      'with a secret that is not there',
      overHttp({ headers: { a: '${secrets.NO}' } }),
      422,
      '/headers',
    ],
    ['with another expression', overHttp({ headers: { a: '${params.x}' } }), 422, '/headers/a'],
    ['with a name of dots', overHttp({ name: 'a.b' }), 400, '/name'],
  ])('is refused %s', async (_, body, status, path) => {
    const answer = await api.call(BASE, { body, token: ann });
    expect([answer.status, answer.body.validation_errors?.[0]?.path]).toEqual([status, path]);
  });

  it('that cannot be reached says so, to who checks it and to who wants its tools', async () => {
    await api.call(BASE, { body: overHttp({ name: 'away' }), token: ann });
    const check = await api.call(`${BASE}/away/check`, { method: 'POST', token: ann });
    expect([check.status, check.body]).toMatchObject([
      200,
      { ok: false, error: { type: 'connection_refused' } },
    ]);
    const tools = await api.call(`${BASE}/away/tools`, { token: ann });
    expect([tools.status, tools.body.detail]).toEqual([
      422,
      'The server cannot be asked: nobody is there',
    ]);
  });
});
