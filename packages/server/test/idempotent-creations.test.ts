/** Every POST that makes something takes an idempotency key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const BASE = '/api/v1';
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
] as const;

async function rowsIn(table: string): Promise<number> {
  const { rows } = await api.pool.query(`select count(*)::int as n from ${table}`);
  return rows[0].n;
}

describe.each(CREATIONS)('POST $path', ({ path, table, body, other }) => {
  const post = (said: unknown, key: string) =>
    api.call(BASE + path, { body: said, headers: { 'idempotency-key': key } });

  it('makes one thing of many requests under one key, and gives all the same answer', async () => {
    const before = await rowsIn(table);
    const first = await post(body, `${table}-once`);
    expect([first.status, first.text]).toEqual([201, expect.any(String)]);
    const again = await Promise.all(Array.from({ length: 5 }, () => post(body, `${table}-once`)));
    for (const answer of again) {
      expect([answer.status, answer.body]).toEqual([201, first.body]);
      expect(answer.headers.get('location')).toBe(first.headers.get('location'));
    }
    expect(await rowsIn(table)).toBe(before + 1);
  });

  it('makes one thing of requests at the same moment', async () => {
    const before = await rowsIn(table);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(other, `${table}-race`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await rowsIn(table)).toBe(before + 1);
  });

  it('refuses the key with another body, and a key that is none', async () => {
    const answer = await post(other, `${table}-once`);
    expect([answer.status, answer.body.error_code]).toEqual([422, 'idempotency_mismatch']);
    expect((await post(body, 'not a key')).status).toBe(400);
  });
});

it('every POST that answers 201 says so in the OpenAPI document', async () => {
  const { body } = await api.call('/openapi.json');
  const silent = Object.entries<OpenApiPath>(body.paths).flatMap(([path, { post }]) => {
    if (post?.responses[201] === undefined) return [];
    const takes = post.parameters?.some(({ name }) => name === 'idempotency-key');
    return takes === true ? [] : [path];
  });
  expect(silent).toEqual([]);
});

interface OpenApiPath {
  readonly post?: {
    readonly parameters?: readonly { readonly name: string }[];
    readonly responses: Readonly<Record<string, unknown>>;
  };
}
