import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttemptListSchema,
  HistoryListSchema,
  JobNodeListSchema,
  JobNodeSchema,
  JobSchema,
  LogLineListSchema,
} from '@tenuto/contract';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/index.ts';
import { readSettings } from '../src/settings.ts';
import type { Answer } from './server.ts';

const TOKEN = 'an-administrator-token-of-the-tests';
const BASE = '/api/v1/orchestration';

let folder: string;
let database: TestDatabase;
let server: RunningServer;

function settingsOf(extra: Record<string, string> = {}) {
  const { host, port, user, database: name } = database.connection;
  const where = new URLSearchParams({ host, port: String(port) });
  return readSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    TENUTO_DATA_DIR: folder,
    TENUTO_ADMIN_TOKEN: TOKEN,
    TENUTO_ALLOW_COMMANDS: process.execPath,
    DATABASE_URL: `postgresql://${user}@/${name}?${where}`,
    ...extra,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-serve-'));
  database = await createDatabase();
  server = await startServer(settingsOf());
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function call(
  path: string,
  init: RequestInit = {},
  token = TOKEN,
): Promise<Pick<Answer, 'status' | 'body'>> {
  const type: Record<string, string> = init.body ? { 'content-type': 'application/json' } : {};
  const response = await fetch(server.url + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...type, ...init.headers },
  });
  return { status: response.status, body: await response.json() };
}

async function submit(nodes: readonly unknown[], more: object = {}): Promise<string> {
  const { status, body } = await call(`${BASE}/job`, {
    method: 'POST',
    body: JSON.stringify({ job_name: 'served', dag_definition: { nodes }, ...more }),
  });
  expect([status, body.detail]).toEqual([202, undefined]);
  return body.job_id;
}

async function ended(jobId: string) {
  await expect
    .poll(async () => (await call(`${BASE}/job/${jobId}`)).body.completed_at, { timeout: 50_000 })
    .not.toBeNull();
  return (await call(`${BASE}/job/${jobId}?include=nodes,history,plan`)).body;
}

function expectShape(schema: TSchema, body: unknown): void {
  expect(Compile(schema).Errors(body)).toEqual([]);
}

describe('a server', () => {
  it('runs a job and tells everything about it', async () => {
    const jobId = await submit(
      [
        { id: 'sum', uses: 'transform.cel', with: { expression: 'params.a + 1' } },
        {
          id: 'say',
          uses: 'command.run',
          with: { command: [process.execPath, '-e', 'console.log("hello")'] },
          parent_nodes: ['sum'],
        },
        { id: 'bad', uses: 'http.request', with: { url: 'http://127.0.0.1:9/' }, max_retries: 0 },
      ],
      { execution_context: { a: 1 } },
    );
    const job = await ended(jobId);
    expectShape(JobSchema, job);
    expect(job.status).toBe('failed');
    expect(job.error_details.node_id).toBe('bad');
    expect(job.history.map(({ to }: { to: string }) => to)).toEqual([
      'pending',
      'queued',
      'running',
      'failed',
    ]);
    expect(job.plan.nodes).toHaveLength(3);
    expect(job.nodes[2]).toMatchObject({ node_id: 'bad', status: 'failed', attempts: 1 });
    const nodes = await call(`${BASE}/job/${jobId}/nodes?limit=2`);
    expectShape(JobNodeListSchema, nodes.body);
    expect(nodes.body).toMatchObject({ total: 3, has_more: true });
    const rest = await call(`${BASE}/job/${jobId}/nodes?cursor=${nodes.body.next_cursor}`);
    expect(rest.body.items.map(({ node_id: id }: { node_id: string }) => id)).toEqual(['bad']);
    const failed = await call(`${BASE}/job/${jobId}/nodes?status=failed`);
    expect(failed.body.items).toHaveLength(failed.body.total);
    const say = await call(`${BASE}/job/${jobId}/nodes/say`);
    expectShape(JobNodeSchema, say.body);
    expect(say.body).toMatchObject({
      status: 'completed',
      parent_nodes: ['sum'],
      uses: 'command.run',
    });
    const attempts = await call(`${BASE}/job/${jobId}/attempts`);
    expectShape(AttemptListSchema, attempts.body);
    expect(attempts.body.total).toBe(3);
    const one = await call(`${BASE}/job/${jobId}/nodes/say/attempts`);
    expect(one.body.items).toMatchObject([{ node_id: 'say', attempt: 1 }]);
    // Log lines have writers of their own, which may come a moment after the end of the job.
    const logs = () => call(`${BASE}/job/${jobId}/nodes/say/logs`);
    await expect.poll(async () => (await logs()).body.total, { timeout: 50_000 }).toBe(1);
    const { body: lines } = await logs();
    expectShape(LogLineListSchema, lines);
    expect(lines.items[0]).toMatchObject({ attempt: 1, stream: 'stdout', text: 'hello' });
    expectShape(HistoryListSchema, (await call(`${BASE}/job/${jobId}/history`)).body);
    expect((await call(`${BASE}/job/${jobId}/nodes/nobody`)).status).toBe(404);
  });

  it('reads a part of a log: of an attempt, from a line on, what holds a text, newest first', async () => {
    const script = "console.log('one'); setTimeout(() => console.error('Two 100%'), 300)";
    const jobId = await submit([
      { id: 'say', uses: 'command.run', with: { command: [process.execPath, '-e', script] } },
    ]);
    await ended(jobId);
    const texts = async (query: string) => {
      const { body } = await call(`${BASE}/job/${jobId}/nodes/say/logs?${query}`);
      return body.items.map(({ text }: { text: string }) => text);
    };
    await expect.poll(() => texts(''), { timeout: 50_000 }).toHaveLength(2);
    expect(await texts('newest_first=true&limit=1')).toEqual(['Two 100%']);
    expect(await texts('stream=stdout')).toEqual(['one']);
    expect(await texts('text=TWO')).toEqual(['Two 100%']);
    // Nothing in a text is a wildcard.
    expect(await texts('text=%25e')).toEqual([]);
    expect(await texts('from=2')).toEqual(['Two 100%']);
    expect(await texts('attempt=2')).toEqual([]);
  });

  it('counts the attempts that were made again, and keeps the count', async () => {
    const fail = { command: [process.execPath, '-e', 'process.exit(3)'] };
    const retry = { strategy: 'immediate' };
    const jobId = await submit([
      { id: 'twice', uses: 'command.run', with: fail, retry: { ...retry, max_attempts: 3 } },
      { id: 'once', uses: 'command.run', with: fail, retry: { ...retry, max_attempts: 2 } },
      { id: 'never', uses: 'transform.cel', with: { expression: '1' } },
    ]);
    expect((await ended(jobId)).retry_count).toBe(3);
    const { body } = await call(`${BASE}/jobs?limit=1`);
    expect(body.items[0]).toMatchObject({ job_id: jobId, retry_count: 3 });
  });

  it('cancels a job that runs', async () => {
    const jobId = await submit([{ id: 'long', uses: 'sleep.for', with: { seconds: 600 } }]);
    const { status, body } = await call(`${BASE}/job/${jobId}`, { method: 'DELETE' });
    expect([status, body.status]).toEqual([200, 'cancelled']);
    const { body: history } = await call(`${BASE}/job/${jobId}/history`);
    expect(history.items.at(-1)).toMatchObject({ from: 'running', to: 'cancelled' });
  });

  it('stores a job once however often it is sent under one key', async () => {
    const body = JSON.stringify({
      job_name: 'once',
      dag_definition: { nodes: [{ id: 'a', uses: 'sleep.for', with: { seconds: 0 } }] },
    });
    const headers = { 'idempotency-key': 'once' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(`${BASE}/job`, { method: 'POST', body, headers })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.job_id)).size).toBe(1);
    expect((await call(`${BASE}/jobs?name=once`)).body.total).toBe(1);
  });

  it('starts a run for a node and waits for it', async () => {
    const inner = { nodes: [{ id: 'x', uses: 'sleep.for', with: { seconds: 0 } }] };
    const jobId = await submit([
      { id: 'sub', uses: 'run.start', with: { name: 'inner', dag_definition: inner } },
    ]);
    const job = await ended(jobId);
    expect([job.status, job.error_details]).toEqual(['completed', null]);
    expect((await call(`${BASE}/jobs?name=inner`)).body.total).toBe(1);
  });

  it('refuses an action that there is not', async () => {
    const { status, body } = await call(`${BASE}/job`, {
      method: 'POST',
      body: JSON.stringify({
        job_name: 'x',
        dag_definition: { nodes: [{ id: 'a', uses: 'no.such' }] },
      }),
    });
    expect([status, body.detail]).toEqual([422, expect.stringContaining('transform.cel')]);
  });
});

describe('a server that stops', () => {
  it('hands its runs to the next one, which finishes them', async () => {
    const jobId = await submit([
      { id: 'a', uses: 'sleep.for', with: { seconds: 1 } },
      { id: 'b', uses: 'transform.cel', with: { expression: '1' }, parent_nodes: ['a'] },
    ]);
    await server.stop();
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
    await server.stop();
    server = await startServer(settingsOf());
    expect((await ended(jobId)).status).toBe('completed');
  });

  it('shows no token when one is preset, and revokes the one before', async () => {
    expect(server.adminToken).toBeUndefined();
    await server.stop();
    const other = `${TOKEN}-that-is-newer`;
    server = await startServer(settingsOf({ TENUTO_ADMIN_TOKEN: other }));
    expect((await call(`${BASE}/jobs`, {}, other)).status).toBe(200);
    expect((await call(`${BASE}/jobs`, {}, TOKEN)).status).toBe(401);
    await server.stop();
    server = await startServer(settingsOf());
    expect((await call(`${BASE}/jobs`)).status).toBe(200);
    expect((await call(`${BASE}/jobs`, {}, other)).status).toBe(401);
  });
});

describe('a server that cannot start', () => {
  it('says that its database is not there', async () => {
    const settings = settingsOf({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(startServer(settings)).rejects.toThrow('cannot be reached');
  });

  it('lets go of all it had when its port is taken', async () => {
    const port = new URL(server.url).port;
    await expect(startServer(settingsOf({ PORT: port }))).rejects.toThrow('EADDRINUSE');
  });
});

describe('a first start', () => {
  it('on a store of its own makes a token, once', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-first-'));
    const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', TENUTO_DATA_DIR: dataDir });
    const first = await startServer(settings);
    expect(first.adminToken).toMatch(/^tnt_[\w-]{43}$/);
    const headers = { authorization: `Bearer ${first.adminToken}` };
    expect((await fetch(`${first.url}${BASE}/jobs`, { headers })).status).toBe(200);
    await first.stop();
    const second = await startServer(settings);
    expect(second.adminToken).toBeUndefined();
    expect((await fetch(`${second.url}${BASE}/jobs`, { headers })).status).toBe(200);
    await second.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});
