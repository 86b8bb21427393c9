import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { SCOPES } from '@tenuto/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { type Route, routesOf } from './route-walk.ts';
import { addLive } from './rows.ts';
import { type Answer, JOB, JOBS, startApi, startOwnApi, type TestApi } from './server.ts';

let api: TestApi;
let routes: readonly Route[] = [];
beforeAll(async () => {
  // Each route refuses a token that is none, and there are as many routes as an address may fail at.
  const rateLimits = { ...DEFAULT_RATE_LIMITS, failures: Number.MAX_SAFE_INTEGER };
  api = await startApi({ rateLimits });
  routes = await routesOf(api);
});
afterAll(() => api[Symbol.asyncDispose]());

const SOMEBODY = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const fill = (path: string, id = SOMEBODY) =>
  path.replace('{node_id}', 'a').replace(/\{\w+_id\}/g, id);
/** Whose id is made by the server; nodes and entries of the test catalogue are named by people. */
const hasId = ({ path }: Route) => /\{(?!node_id|entry_id)\w+_id\}/.test(path);

function send(
  { method, path, body }: Pick<Route, 'method' | 'path' | 'body'>,
  token: string | null | undefined,
  id?: string,
): Promise<Answer> {
  return api.call(fill(path, id), {
    method,
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
  });
}

describe('every route', () => {
  it('is in the document, with an example of its body', () => {
    expect(routes.length).toBeGreaterThan(14);
    expect(
      routes
        .filter(({ open }) => open)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([
      '/api/v1/agents/auth/refresh',
      '/api/v1/agents/auth/revoke',
      '/api/v1/agents/auth/token',
      '/api/v1/auth/methods',
      '/api/v1/orchestration/health',
      '/health',
      '/health/live',
      '/health/ready',
      '/hooks/{hook}',
      '/openapi.json',
    ]);
  });

  it('refuses who sends nothing, unless it is open', async () => {
    for (const route of routes.filter(({ open, path }) => !open && path !== '/metrics')) {
      const { status, headers } = await send(route, null);
      expect([route.path, status]).toEqual([route.path, 401]);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="tenuto"');
    }
  });

  it('refuses a token that is none', async () => {
    for (const route of routes.filter(({ open }) => !open)) {
      const { status, headers } = await send(route, 'tnt_nothing');
      expect([route.path, status]).toEqual([route.path, 401]);
      expect(headers.get('www-authenticate')).toContain('invalid_token');
    }
  });

  it('refuses a token without its scope and names the scope', async () => {
    const token = await api.token('eve', ['workers:connect']);
    for (const route of routes.filter(({ scope }) => scope !== undefined)) {
      const { status, body, headers } = await send(route, token);
      expect([route.path, status]).toEqual([route.path, 403]);
      expect(body.detail).toContain(route.scope);
      expect(headers.get('www-authenticate')).toContain('insufficient_scope');
    }
  });

  it('answers as if the job of somebody else were not there', async () => {
    const jobId = await addLive(api.pool, { owner: 'ann' });
    const all = SCOPES.filter((scope) => scope !== 'admin');
    const eve = await api.token('eve', all);
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    for (const route of routes.filter((each) => hasId(each) && each.scope !== 'admin')) {
      const { status } = await send(route, eve, jobId);
      expect([route.path, status]).toEqual([route.path, 404]);
    }
    expect((await api.call(JOBS, { token: eve })).body.total).toBe(0);
    expect((await api.call(JOBS, { token: ann })).body.total).toBe(1);
    expect((await api.call(`${JOB}/${jobId}`, { token: ann })).status).toBe(200);
    expect((await api.call(`${JOB}/${jobId}`)).status).toBe(200);
  });

  it('takes no parameter that it does not know', async () => {
    for (const route of routes.filter(({ path }) => path !== '/metrics')) {
      const path = `${fill(route.path)}?unknown=1`;
      const { status, body } = await send({ ...route, path }, undefined);
      expect([route.path, status]).toEqual([route.path, 400]);
      const paths = body.validation_errors.map((one: { path: string }) => one.path);
      expect(paths).toContain('/unknown');
    }
  });

  it('refuses an id that is none', async () => {
    for (const route of routes.filter(hasId)) {
      for (const id of ['1', '../x', `${SOMEBODY}0`, '%00', "'; drop table runs; --"]) {
        const answer = await send(route, undefined, encodeURIComponent(id));
        expect([route.path, answer.status]).toEqual([route.path, 400]);
      }
    }
  });
});

/** Ways to write an open path, or to put one before or behind another. */
function spellings(open: string): string[] {
  const closed = '/api/v1/orchestration/jobs';
  const encoded = open.replaceAll('/', '%2f');
  return [
    ...[`${open}/`, open.toUpperCase(), `/${open}`, `${open};x=1`, `${open}%00`, `${open}%20`],
    ...[
      `${open}/..${closed}`,
      `${open}/..;${closed}`,
      `${open}%2f..${closed}`,
      `${open}//${closed}`,
    ],
    ...[`${closed}${open}`, `${closed};${open}`, `${closed}${encoded}`, `${closed}?${open}`],
    ...[`${closed}%3f${open}`, `${closed}%23${open}`, `${closed}/.${open}`, `${closed}/..${open}`],
    ...[encoded, `/.${open}`, `${open}\\..${closed.replaceAll('/', '\\')}`, `${open}.json`],
  ];
}

describe('a spelling of an open path', () => {
  it('opens nothing', async () => {
    const wrong: unknown[] = [];
    const paths = routes.filter(({ open, method }) => open && method === 'GET');
    expect(paths.length).toBeGreaterThan(4);
    for (const path of paths.flatMap((route) => spellings(route.path))) {
      // A client would tidy the path up; this one sends it as it is.
      const request = get(`${api.url}/`, { path });
      const [answer]: IncomingMessage[] = await once(request, 'response');
      answer?.resume();
      if (![400, 401, 404].includes(answer?.statusCode ?? 0))
        wrong.push([path, answer?.statusCode]);
    }
    expect(wrong).toEqual([]);
  });

  it('of an address that takes a change is no way around its proof', async () => {
    for (const path of [
      '/api/v1/agents/auth/token/',
      '/api/v1/agents//auth/token',
      '/api/v1/agents/auth/token;',
    ]) {
      const { status } = await api.call(path, { token: null, body: {} });
      expect([path, [401, 404, 405].includes(status)]).toEqual([path, true]);
    }
    for (const [method, path] of [
      ['HEAD', JOBS],
      ['OPTIONS', JOBS],
      ['TRACE', JOBS],
      ['POST', JOBS],
    ] as const) {
      const request = get(`${api.url}/`, { method, path });
      const [answer]: IncomingMessage[] = await once(request, 'response');
      answer?.resume();
      expect([method, [401, 404, 405].includes(answer?.statusCode ?? 0)]).toEqual([method, true]);
    }
  });
});

describe('a token', () => {
  it('stops working within seconds of being revoked', async () => {
    const token = await api.token('bob', ['jobs:read']);
    expect((await api.call(JOBS, { token })).status).toBe(200);
    await api.pool.query(`update api_tokens set revoked_at = now() where subject = 'bob'`);
    await expect
      .poll(async () => (await api.call(JOBS, { token })).status, { timeout: 30_000 })
      .toBe(401);
  });

  it('is refused once it has expired', async () => {
    const token = await api.token('tim', ['jobs:read']);
    await api.pool.query(`update api_tokens set expires_at = now() where subject = 'tim'`);
    expect((await api.call(JOBS, { token })).status).toBe(401);
  });

  it('never shows in a log', async () => {
    const token = await api.token('canary-owner', ['jobs:read']);
    await api.call(JOBS, { token });
    await api.call(`${JOBS}?access_token=${token}`, { token });
    expect(api.logged.join('')).not.toContain(token);
  });
});

describe('the document', () => {
  it('is shown by a page that loads nothing from anywhere else', async () => {
    const page = await api.call('/docs/', { token: null });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    const script = await api.call('/docs/js/scalar.js', { token: null });
    expect(script.headers.get('content-type')).toContain('javascript');
    expect((await api.call('/docs', { token: null })).status).toBe(301);
  });

  it('is not shown when the operator does not want it', async () => {
    const quiet = await startOwnApi({ docs: false });
    expect((await quiet.call('/docs/', { token: null })).status).toBe(404);
  });
});

it('no route file imports a driver', () => {
  const text = readFileSync(join(import.meta.dirname, '../src/routes/jobs.ts'), 'utf8');
  expect(text).not.toMatch(/@tenuto\/(store|actions)/);
});
