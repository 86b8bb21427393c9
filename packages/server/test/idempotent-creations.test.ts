/** Every POST that makes something takes an idempotency key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive } from './rows.ts';
import { startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await addLive(api.pool, { runId: RUN });
});
afterAll(() => api[Symbol.asyncDispose]());

const BASE = '/api/v1';
const RUN = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const PAYLOAD = { pipeline: [{ id: 'a', uses: 'sleep.for' }] } as const;
const PHASES = [{ id: 'a', agents: [{ id: 'b', uses: 'sleep.for' }] }] as const;
/** Only a hash of it is kept, so no second answer can hold it; one too many is seen and revoked. */
const SHOWN_ONCE = 'Its secret is in one answer alone.';
/** What makes something, a body, another one, and the table that it makes a row in. */
const CREATIONS = [
  {
    path: '/orchestration/retry-policies',
    table: 'retry_policies',
    body: { name: 'patient', policy: { max_attempts: 9 } },
    other: { name: 'impatient', policy: { max_attempts: 2 } },
  },
  {
    path: '/notifications/channels',
    table: 'notice_channels',
    body: { name: 'ops', type: 'webhook', url: 'https://ops.example/' },
    other: { name: 'dev', type: 'webhook', url: 'https://dev.example/' },
  },
  {
    path: '/notifications/routes',
    table: 'notice_routes',
    body: { channel: 'ops', events: ['run.failed'] },
    other: { channel: 'ops', events: ['run.completed'] },
  },
  {
    path: '/tests/catalogue',
    table: 'test_catalogue',
    body: { id: 'unit', kind: 'suite', command: ['npm', 'test'], report: 'report.xml' },
    other: { id: 'e2e', kind: 'suite', command: ['npm', 'test'], report: 'report.xml' },
  },
  {
    path: '/tasks',
    table: 'tasks',
    body: { title: 'morning', schedule_kind: 'cron', schedule_expr: '0 9 * * *', payload: PAYLOAD },
    other: { title: 'evening', schedule_kind: 'event', schedule_expr: 'dusk', payload: PAYLOAD },
  },
  {
    path: '/webhooks',
    table: 'webhooks',
    body: { name: 'one', topic: 'posts', verify: 'hmac', secret: 'a-secret' },
    other: { name: 'two', topic: 'posts', verify: 'none' },
  },
  {
    path: '/secrets',
    table: 'secrets',
    body: { name: 'ONE', value: 'first' },
    other: { name: 'TWO', value: 'first' },
  },
  {
    path: '/mcp-servers',
    table: 'documents',
    body: { name: 'files', transport: 'http', url: 'https://a.example/mcp' },
    other: { name: 'search', transport: 'http', url: 'https://b.example/mcp' },
  },
  {
    path: '/orchestration/templates',
    table: 'documents',
    body: { name: 'short', dag_definition: { nodes: PAYLOAD.pipeline } },
    other: { name: 'long', dag_definition: { nodes: PAYLOAD.pipeline } },
  },
  {
    path: '/profiles',
    table: 'documents',
    body: { name: 'short', phases: PHASES },
    other: { name: 'long', phases: PHASES },
  },
  {
    path: '/agents',
    table: 'agents',
    body: { name: 'builder', scopes: [] },
    other: { name: 'deployer', scopes: ['jobs:read'] },
  },
  {
    path: '/teams',
    table: 'teams',
    body: { name: 'qa', members: ['user:ana'] },
    other: { name: 'ops' },
  },
  {
    path: '/prices',
    table: 'prices',
    body: { model: 'acme/one', input_usd_per_mtok: 1, output_usd_per_mtok: 2 },
    other: { model: 'acme/two', input_usd_per_mtok: 1, output_usd_per_mtok: 2 },
  },
  {
    path: '/budgets',
    table: 'budget_rules',
    body: { scope: 'profile', subject: 'web_application', usd: 5 },
    other: { scope: 'profile', subject: 'ml_model', usd: 5 },
  },
  {
    path: `/runs/${RUN}/fork`,
    table: 'run_live',
    body: { from_node: 'a' },
    other: { changes: { params: { branch: 'main' } } },
  },
] as const;

/** Why some take no key. */
const WITHOUT_KEY: Readonly<Record<string, string>> = {
  '/api/v1/tokens': SHOWN_ONCE,
  '/api/v1/agents/{agent_id}/credentials': SHOWN_ONCE,
  '/api/v1/auth/session': 'It ends with the token, with a logout or by itself, and owns nothing.',
};

/** What an engine that runs makes is tried where there is one. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '/api/v1/runs': 'phased-runs.test.ts',
  '/api/v1/runs/{run_id}/clone': 'phased-runs.test.ts',
};

async function rowsIn(table: string): Promise<number> {
  const { rows } = await api.pool.query(`select count(*)::int as n from ${table}`);
  return rows[0].n;
}

describe.each(CREATIONS)('POST $path', ({ path, table, body, other }) => {
  const key = (word: string) => `${path.slice(1).replace('/', '-')}-${word}`;
  const post = (said: unknown, under: string) =>
    api.call(BASE + path, { body: said, headers: { 'idempotency-key': under } });

  it('makes one thing of many requests under one key, and gives all the same answer', async () => {
    const before = await rowsIn(table);
    const first = await post(body, key('once'));
    expect([first.status, first.text]).toEqual([201, expect.any(String)]);
    const again = await Promise.all(Array.from({ length: 5 }, () => post(body, key('once'))));
    for (const answer of again) {
      expect([answer.status, answer.body]).toEqual([201, first.body]);
      expect(answer.headers.get('location')).toBe(first.headers.get('location'));
    }
    expect(await rowsIn(table)).toBe(before + 1);
  });

  it('makes one thing of requests at the same moment', async () => {
    const before = await rowsIn(table);
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(other, key('race'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await rowsIn(table)).toBe(before + 1);
  });

  it('refuses the key with another body, and a key that is none', async () => {
    const answer = await post(other, key('once'));
    expect([answer.status, answer.body.error_code]).toEqual([422, 'idempotency_mismatch']);
    expect((await post(body, 'not a key')).status).toBe(400);
  });
});

it('every POST that answers 201 says so in the OpenAPI document, and is tried here', async () => {
  const { body } = await api.call('/openapi.json');
  const silent = Object.entries<OpenApiPath>(body.paths).flatMap(([path, { post }]) => {
    if (post?.responses[201] === undefined) return [];
    const takes = post.parameters?.some(({ name }) => name === 'idempotency-key');
    const here = CREATIONS.some(
      (creation) => BASE + creation.path.replace(RUN, '{run_id}') === path,
    );
    const tried = here || ELSEWHERE[path] !== undefined;
    return takes === true && tried ? [] : [path];
  });
  expect(silent.toSorted()).toEqual(Object.keys(WITHOUT_KEY).toSorted());
});

interface OpenApiPath {
  readonly post?: {
    readonly parameters?: readonly { readonly name: string }[];
    readonly responses: Readonly<Record<string, unknown>>;
  };
}
