/** Walks through every route that changes something: each change has its row in the audit. */
import { randomUUID } from 'node:crypto';
import { SCOPES } from '@tenuto/contract';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOf, type Route, routesOf, send } from './route-walk.ts';
import { addLive } from './rows.ts';
import { startApi, type TestApi } from './server.ts';
import { thingsFor } from './things.ts';

interface Stage {
  readonly api: TestApi;
  readonly token: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What it takes to carry a route out, where the example of the document is not enough. */
const BODIES: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  'PUT /api/v1/agents/{agent_id}': async ({ api, values: { agent_id: id } }) => {
    const { name } = (await api.call(`/api/v1/agents/${id}`)).body;
    return { name, scopes: ['jobs:read'] };
  },
  'PUT /api/v1/teams/{team_id}': async ({ api, values: { team_id: id } }) => {
    const { name } = (await api.call(`/api/v1/teams/${id}`)).body;
    return { name, members: ['ann'] };
  },
  'POST /api/v1/agents/auth/token': credentials,
  'POST /api/v1/agents/auth/refresh': async (stage) => {
    const { refresh_token } = await granted(stage);
    return { refresh_token };
  },
  'POST /api/v1/agents/auth/revoke': async (stage) => ({
    token: (await granted(stage)).access_token,
  }),
  'PUT /api/v1/orchestration/retry-policies/{policy_id}': async () => ({
    ...{ name: 'another', policy: { max_attempts: 3 } },
  }),
  'PATCH /api/v1/tests/{test_id}': async () => ({ owner: 'crew' }),
  'POST /api/v1/orchestration/job/{job_id}/recover': async () => ({
    ...{ action: 'retry_job', reason: 'again' },
  }),
  'POST /api/v1/tasks/{task_id}/backfill': async () => ({
    from: new Date(Date.now() - 2 * 86_400_000).toISOString(),
    to: new Date().toISOString(),
  }),
  'POST /api/v1/tasks/bulk': async ({ api, token }) => {
    const payload = { pipeline: [{ id: 'a', uses: 'sleep.for' }] };
    const body = { title: 'of many', schedule_kind: 'event', schedule_expr: 'a.b', payload };
    const { task_id: id } = (await api.call('/api/v1/tasks', { body, token })).body;
    return { action: 'pause', task_ids: [id] };
  },
  'PUT /api/v1/webhooks/{webhook_id}': async () => ({
    ...{ name: 'replaced', topic: 'posts', verify: 'none' },
  }),
  'POST /api/v1/mcp-servers': async () => server('made'),
  'PUT /api/v1/mcp-servers/{name}': async () => server('replaced'),
  'PUT /api/v1/orchestration/templates/{name}': async () => ({
    ...{ name: 'replaced', dag_definition: { nodes: [{ id: 'a', uses: 'sleep.for' }] } },
  }),
  'POST /api/v1/profiles': async () => profile('made'),
  'PUT /api/v1/profiles/{name}': async () => profile('replaced'),
  'POST /api/v1/profiles/{name}/validate': async () => ({}),
  'POST /api/v1/runs': async ({ api, token }) => {
    await api.call('/api/v1/profiles', { body: profile('run'), token });
    return { profile: 'run' };
  },
  'POST /api/v1/runs/{run_id}/clone': async () => ({}),
  'POST /api/v1/runs/bulk': async ({ api }) => {
    await addLive(api.pool, { owner: 'owner', tags: ['bulk'] });
    return { filter: { tag: 'bulk' }, action: 'pause', dry_run: false };
  },
};

/** Why these are not carried out here, and where they are. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'POST /api/v1/orchestration/job/{job_id}/nodes/{node_id}/cancel-retry':
    'takes a node that waits for a retry: recover-manual.test.ts',
  'POST /api/v1/runs/{run_id}/next': 'takes an engine: phased-runs.test.ts',
  'POST /api/v1/runs/{run_id}/rollback': 'takes an engine: phased-runs.test.ts',
  'POST /api/v1/orchestration/job/{job_id}/rerun-failed-tests':
    'takes a job with failed tests, and is a submit: test-jobs.test.ts',
};

/** Why a success of these has no row. */
const NO_ROW: Readonly<Record<string, string>> = {
  'DELETE /api/v1/auth/session': 'this request came with a token: sessions.test.ts ends one',
  'POST /api/v1/tasks/preview': 'nothing is stored',
  'POST /api/v1/tasks/validate': 'nothing is stored',
  'POST /api/v1/profiles/validate': 'nothing is stored',
  'POST /api/v1/profiles/{name}/validate': 'nothing is stored',
  'POST /api/v1/mcp-servers/{name}/check': 'nothing is changed: it only asks',
  'POST /api/v1/doctor/repair': 'there is nothing to mend in a sound store',
};

const profile = (name: string) => ({
  ...{ name, phases: [{ id: 'a', agents: [{ id: 'b', uses: 'sleep.for' }] }] },
});
const server = (name: string) => ({ name, transport: 'http', url: 'https://a.example/mcp' });

async function credentials({ api }: Stage) {
  const name = `signing-in-${randomUUID()}`;
  const agent = await api.call('/api/v1/agents', { body: { name, scopes: ['jobs:read'] } });
  const path = `/api/v1/agents/${agent.body.agent_id}/credentials`;
  const { client_id, client_secret } = (await api.call(path, { body: {} })).body;
  return { grant_type: 'client_credentials', client_id, client_secret };
}

async function granted(stage: Stage) {
  const body = await credentials(stage);
  return (await stage.api.call('/api/v1/agents/auth/token', { token: null, body })).body;
}

let api: TestApi;
let routes: readonly Route[] = [];
let token: string;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
  routes = (await routesOf(api)).filter(({ method }) => method !== 'GET');
  token = await api.token('owner', SCOPES);
});
afterAll(() => api[Symbol.asyncDispose]());

async function rowsOf(requestId: string): Promise<number> {
  const { rows } = await api.pool.query(
    'select count(*)::int as n from audit where request_id = $1',
    [requestId],
  );
  const submitted = api.engine.submitted.filter(({ audit }) => audit?.requestId === requestId);
  return rows[0].n + submitted.length;
}

async function carryOut(
  route: Route,
): Promise<{ status: number; text: string; requestId: string }> {
  const values = await thingsFor(route, { api, owner: 'owner', token });
  const requestId = randomUUID();
  const body = (await BODIES[nameOf(route)]?.({ api, token, values })) ?? route.body;
  const headers = { 'x-request-id': requestId };
  const { status, text } = await send(api, { ...route, body }, { token, values, headers });
  return { status, text, requestId };
}

describe('every route that changes something', () => {
  it('is carried out here once, and has a row of the audit for it', async () => {
    const wrong: unknown[] = [];
    for (const route of routes.filter((each) => ELSEWHERE[nameOf(each)] === undefined)) {
      const { status, text, requestId } = await carryOut(route);
      if (status >= 300) wrong.push([nameOf(route), status, text.slice(0, 200)]);
      else {
        const rows = await rowsOf(requestId);
        if ((NO_ROW[nameOf(route)] === undefined) !== rows > 0)
          wrong.push([nameOf(route), 'rows', rows]);
      }
    }
    expect(wrong).toEqual([]);
  });
});
