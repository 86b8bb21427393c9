/** Walks through every route as the owner of a thing, as a stranger, and as one who may only read. */
import { SCOPES } from '@tenuto/contract';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { nameOf, type Route, routesOf, send } from './route-walk.ts';
import { NO_MCP, startApi, type TestApi } from './server.ts';
import { thingsFor } from './things.ts';

const ALL = SCOPES.filter((scope) => scope !== 'admin');
const READING = ALL.filter((scope) => scope.endsWith(':read'));
/** Named by people, in each owner's own space: who asks for one makes or finds their own. */
const OWN_SPACE = new Set([
  'PUT /api/v1/tests/catalogue/{entry_id}',
  'POST /api/v1/orchestration/circuits/{key}/trip',
  'PUT /api/v1/secrets/{name}',
]);

/** Nobody's own: all read it, administrators change it. */
const EVERYBODYS = /^\/api\/v1\/prices(\/|$)/;

/** Bodies for things as they are made here, where the example of the document names another one. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/v1/orchestration/job/{job_id}/recover': { action: 'retry_job', reason: 'again' },
};
const REFUSALS = new Set([401, 403, 404, 405, 500]);

let api: TestApi;
let routes: readonly Route[] = [];
let owner: string;
let stranger: string;
let reader: string;
let team: string;
beforeAll(async () => {
  const most = Number.MAX_SAFE_INTEGER;
  const rateLimits = { ...DEFAULT_RATE_LIMITS, submit: most, change: most, read: most };
  api = await startApi({ rateLimits, mcp: { ...NO_MCP, tools: async () => [] } });
  await makePartitions(api.pool);
  routes = (await routesOf(api)).filter(
    ({ open, scope, path }) => !open && scope !== 'admin' && !EVERYBODYS.test(path),
  );
  owner = await api.token('owner', ALL);
  stranger = await api.token('stranger', ALL);
  reader = await api.token('reader', READING);
  const body = { name: 'crew', members: ['owner', 'reader'] };
  team = (await api.call('/api/v1/teams', { body })).body.principal;
});
afterAll(() => api[Symbol.asyncDispose]());

const withThing = () => routes.filter(({ parameters }) => parameters.length > 0);
const isChange = ({ method, path }: Route) => method !== 'GET' && !path.endsWith('/validate');
/** A stream has no end that could be waited for; its own tests see to it. */
const ends = ({ path }: Route) => !path.endsWith('/stream');

describe('every route about one thing', () => {
  it('lets its owner through', async () => {
    const refused: unknown[] = [];
    for (const route of withThing()
      .filter(ends)
      .filter(({ path }) => !/\{team_id\}/.test(path))) {
      const values = await thingsFor(route, { api, owner: 'owner', token: owner });
      const body = BODIES[nameOf(route)] ?? route.body;
      const { status, text } = await send(api, { ...route, body }, { token: owner, values });
      if (REFUSALS.has(status)) refused.push([nameOf(route), text]);
    }
    expect(refused).toEqual([]);
  });

  it('answers a stranger as if it were not there', async () => {
    const others: unknown[] = [];
    for (const route of withThing().filter((each) => !OWN_SPACE.has(nameOf(each)))) {
      const values = await thingsFor(route, { api, owner: 'owner', token: owner });
      const { status, text, body } = await send(api, route, { token: stranger, values });
      if (status !== 404 || body.error_code !== 'not_found') others.push([nameOf(route), text]);
    }
    expect(others).toEqual([]);
  });

  it('shows what is of a team to who may read, and lets them change nothing', async () => {
    const others: unknown[] = [];
    for (const route of withThing()
      .filter(ends)
      .filter(({ path }) => !/\{team_id\}/.test(path))) {
      if (!route.scope?.match(/^(jobs|runs|tasks|events):/)) continue;
      const values = await thingsFor(route, { api, owner: team, token: await teamToken() });
      const { status, text } = await send(api, route, { token: reader, values });
      if (status !== (isChange(route) ? 403 : 200)) others.push([nameOf(route), status, text]);
    }
    expect(others).toEqual([]);
  });

  it('is no way to change a thing of somebody else under the same name', async () => {
    const ids = { api, owner: 'owner', token: owner };
    for (const route of withThing().filter((each) => OWN_SPACE.has(nameOf(each)))) {
      const values = await thingsFor(route, ids);
      const look = {
        ...route,
        method: 'GET',
        path: route.path.replace(/\/trip$/, ''),
        body: undefined,
      };
      const before = await send(api, look, { token: owner, values });
      await send(api, route, { token: stranger, values });
      const after = await send(api, look, { token: owner, values });
      expect([nameOf(route), after.text]).toEqual([nameOf(route), before.text]);
    }
  });
});

/** A token in whose name everything is the team's. */
async function teamToken(): Promise<string> {
  return api.token(team, ALL);
}

describe('every list', () => {
  it('of who is in a team holds what is the team’s, whether they act for it or not', async () => {
    const lacking: unknown[] = [];
    let lists = 0;
    for (const route of withThing()) {
      const path = /^(.+)\/\{(?!team_id)\w+\}$/.exec(route.path)?.[1] ?? '';
      const list = routes.find((each) => each.method === 'GET' && each.path === path);
      if (route.method !== 'GET' || list === undefined || /node_id/.test(route.path)) continue;
      if (!route.scope?.match(/^(jobs|runs|tasks|events):/)) continue;
      const values = await thingsFor(route, { api, owner: team, token: await teamToken() });
      const ids = Object.values(values);
      for (const headers of [{}, { 'x-tenuto-team': 'crew' }]) {
        const { text } = await send(api, { ...list, path }, { token: reader, headers, values });
        if (!ids.some((id) => text.includes(id))) lacking.push([path, headers, text]);
      }
      lists += 1;
    }
    expect(lacking).toEqual([]);
    expect(lists).toBeGreaterThan(12);
  });

  it('of a stranger holds nothing that is somebody else’s', async () => {
    const ids: string[] = [];
    for (const route of withThing()) {
      if (route.method !== 'GET' || /team_id|node_id/.test(route.path)) continue;
      const values = await thingsFor(route, { api, owner: 'owner', token: owner });
      ids.push(...Object.values(values));
    }
    const lists = routes.filter(
      ({ method, parameters, path }) =>
        method === 'GET' &&
        parameters.length === 0 &&
        !/^\/metrics$|auth\/session$|stream$|compare$/.test(path),
    );
    expect(lists.length).toBeGreaterThan(8);
    const auditless = await api.token(
      'stranger',
      ALL.filter((scope) => scope !== 'audit:read'),
    );
    for (const route of lists.filter(({ path }) => !path.endsWith('/verify'))) {
      const path = `${route.path}${/export|\/(me|home|spending)$|effectiveness|summary|recent|api\/v1\/policies$/.test(route.path) ? '' : '?limit=100'}`;
      const { status, text } = await send(api, { ...route, path }, { token: auditless });
      expect([nameOf(route), status]).toEqual([nameOf(route), 200]);
      expect([nameOf(route), ids.filter((id) => text.includes(id))]).toEqual([nameOf(route), []]);
    }
  });
});
