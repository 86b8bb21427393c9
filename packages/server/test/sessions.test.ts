import { openApiStore } from '@tenuto/store';
import { createDatabase } from '@tenuto/testkit';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReaders } from '../src/auth/readers.ts';
import { systemClock } from '../src/system-clock.ts';
import { type Answer, aJob, JOB, JOBS, startApiOn, type TestApi } from './server.ts';

const SESSION = '/api/v1/auth/session';
const SECRET = Buffer.from('0b9f1c6e7d5a4f3e2d1c0b9a8f7e6d5c');

let api: TestApi;
let stores: ReturnType<typeof openApiStore>;
beforeAll(async () => {
  const database = await createDatabase();
  stores = openApiStore(database.connection);
  const readers = createReaders({
    ...{ tokens: stores.tokens, jwt: {}, clock: systemClock },
    keys: { kind: 'secret', secret: SECRET },
  });
  api = await startApiOn(database, {
    readers,
    trusted: (address) => address.endsWith('127.0.0.1'),
  });
});
afterAll(async () => {
  await stores.close();
  await api[Symbol.asyncDispose]();
});

async function begin(token: string, headers = {}) {
  const answer = await api.call(SESSION, { method: 'POST', token, headers });
  const set = answer.headers.get('set-cookie') ?? '';
  return { answer, set, cookie: set.split(';')[0] ?? '', csrf: answer.body?.csrf_token };
}

function withCookie(cookie: string, path: string, init: object = {}, more = {}): Promise<Answer> {
  return api.call(path, { token: null, ...init, headers: { cookie, ...more } });
}

describe('a session', () => {
  it('is a cookie that no script sees, in exchange for a token', async () => {
    const token = await api.token('ann', ['jobs:read', 'jobs:write']);
    const { answer, set, cookie, csrf } = await begin(token);
    expect([answer.status, answer.body.principal]).toEqual([201, 'ann']);
    expect(set).toMatch(
      /^tenuto_session=tnw_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
    expect((await withCookie(cookie, JOBS)).status).toBe(200);
    const body = { body: aJob() };
    expect((await withCookie(cookie, JOB, body)).status).toBe(403);
    expect((await withCookie(cookie, JOB, body, { 'x-csrf-token': 'x' })).status).toBe(403);
    expect((await withCookie(cookie, JOB, body, { 'x-csrf-token': csrf })).status).toBe(202);
    const again = await withCookie(cookie, SESSION);
    expect(again.body).toEqual(answer.body);
    const { rows } = await api.pool.query('select row_to_json(s)::text as row from sessions s');
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
    expect(JSON.stringify(rows)).not.toContain(csrf);
  });

  it('is for TLS only where the browser speaks it', async () => {
    const token = await api.token('tls', []);
    const { set } = await begin(token, { 'x-forwarded-proto': 'https' });
    expect(set).toMatch(/; Secure$/);
  });

  it('ends when it is told to, with its CSRF token', async () => {
    const { cookie, csrf } = await begin(await api.token('bob', ['jobs:read']));
    const end = { method: 'DELETE' };
    expect((await withCookie(cookie, SESSION, end)).status).toBe(403);
    const ended = await withCookie(cookie, SESSION, end, { 'x-csrf-token': csrf });
    expect(ended.body).toEqual({ ended: true });
    expect(ended.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await withCookie(cookie, JOBS)).status).toBe(401);
    const { rows } = await api.pool.query(
      `select action from audit where actor = 'bob' order by audit_id`,
    );
    expect(rows.map(({ action }) => action).sort()).toEqual(['session.created', 'session.deleted']);
  });

  it('ends with the token that it was made of', async () => {
    const { cookie } = await begin(await api.token('tim', ['jobs:read']));
    expect((await withCookie(cookie, JOBS)).status).toBe(200);
    await api.pool.query(`update api_tokens set revoked_at = now() where subject = 'tim'`);
    await expect
      .poll(async () => (await withCookie(cookie, JOBS)).status, { timeout: 30_000 })
      .toBe(401);
  });

  it('of a JWT knows what it said, and ends when it does', async () => {
    const jwt = await new SignJWT({ sub: 'eva', scope: 'jobs:read', teams: ['qa'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(SECRET);
    const { answer, cookie } = await begin(jwt);
    expect(Date.parse(answer.body.expires_at) - Date.now()).toBeLessThanOrEqual(300_000);
    const me = await withCookie(cookie, '/api/v1/agents/me');
    expect(me.body).toMatchObject({ principal: 'user:eva', via: 'session', teams: ['qa'] });
    expect(me.body.scopes).toEqual(['jobs:read']);
  });

  it('is not begun with a cookie, and no cookie is made up', async () => {
    const { cookie, csrf } = await begin(await api.token('kim', []));
    const headers = { 'x-csrf-token': csrf };
    expect((await withCookie(cookie, SESSION, { method: 'POST' }, headers)).status).toBe(400);
    const forged = `tenuto_session=tnw_${'A'.repeat(43)}`;
    for (const header of [forged, 'tenuto_session=', `${cookie}; ${forged}`, `${cookie}x`]) {
      expect((await withCookie(header, '/api/v1/agents/me')).status).toBe(401);
    }
    const bad = await api.call(JOBS, { token: 'tnt_wrong', headers: { cookie } });
    expect(bad.status).toBe(401);
  });
});
