import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive } from './rows.ts';
import { type Answer, JOB, JOBS, startApi, startOwnApi, type TestApi } from './server.ts';

let api: TestApi;
interface Route {
  readonly method: string;
  readonly path: string;
  readonly open: boolean;
  readonly scope: string | undefined;
  /** The first example of its body, if it takes one. */
  readonly body: unknown;
}
interface Media {
  readonly example?: unknown;
  readonly schema: { readonly examples?: unknown[] };
}
interface Operation {
  readonly security: unknown[];
  readonly 'x-required-scope'?: string;
  readonly requestBody?: {
    readonly content: Record<string, Media>;
  };
}

function exampleOf(media: Media | undefined): unknown {
  return media?.example ?? media?.schema.examples?.[0];
}

let routes: Route[] = [];
beforeAll(async () => {
  api = await startApi();
  const { body } = await api.call('/openapi.json', { token: null });
  routes = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      open: operation.security.length === 0,
      scope: operation['x-required-scope'],
      body: exampleOf(Object.values(operation.requestBody?.content ?? {})[0]),
    })),
  );
});
afterAll(() => api[Symbol.asyncDispose]());

const SOMEBODY = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const fill = (path: string, id = SOMEBODY) =>
  path.replace('{node_id}', 'a').replace(/\{\w+_id\}/, id);
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
    for (const route of routes.filter(({ open }) => !open)) {
      const { status, body, headers } = await send(route, token);
      expect([route.path, status]).toEqual([route.path, 403]);
      expect(body.detail).toContain(route.scope);
      expect(headers.get('www-authenticate')).toContain('insufficient_scope');
    }
  });

  it('answers as if the job of somebody else were not there', async () => {
    const jobId = await addLive(api.pool, { owner: 'ann' });
    const eve = await api.token('eve', [
      ...['jobs:read', 'jobs:write', 'runs:read', 'runs:write'],
      ...['events:read', 'events:publish'],
      ...['tasks:read', 'tasks:update', 'tasks:delete'],
    ]);
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    for (const route of routes.filter(hasId)) {
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
      expect(body.validation_errors[0].path).toBe('/unknown');
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

describe('a spelling of an open path', () => {
  it.each([
    '/health/',
    '/HEALTH',
    '//health',
    '/health;x=1',
    '/health%2f..%2fapi%2fv1%2forchestration%2fjobs',
    '/health/../api/v1/orchestration/jobs',
    '/api/v1/orchestration/jobs/health',
    '/api/v1/orchestration/jobs;/health',
    '/api/v1/orchestration/jobs%2fhealth',
    '/api/v1/orchestration/jobs?/health',
    '/api/v1/orchestration/job/health',
    '/openapi.json/../api/v1/orchestration/jobs',
  ])('%s opens nothing', async (path) => {
    // A client would tidy the path up; this one sends it as it is.
    const request = get(`${api.url}/`, { path });
    const [answer]: IncomingMessage[] = await once(request, 'response');
    expect([400, 401, 404]).toContain(answer?.statusCode);
    answer?.resume();
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
