/** Notifications from the end of a run to a receiver, over failures and restarts of the server. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/index.ts';
import { readSettings } from '../src/settings.ts';
import type { Answer } from './server.ts';
import { type Receiver, startReceiver } from './webhook-receiver.ts';

const TOKEN = 'an-administrator-token-of-the-tests';
const BASE = '/api/v1/notifications';
const SOON = { timeout: 40_000, interval: 50 };

let folder: string;
let database: TestDatabase;
let server: RunningServer;
let pool: pg.Pool;
let receiver: Receiver;
let secret = '';
let channelId = '';

const start = () => {
  const { host, port, user, database: name } = database.connection;
  const where = new URLSearchParams({ host, port: String(port) });
  return startServer(
    readSettings({
      PORT: '0',
      LOG_LEVEL: 'silent',
      TENUTO_DATA_DIR: folder,
      TENUTO_ADMIN_TOKEN: TOKEN,
      TENUTO_HTTP_ALLOW: '127.0.0.1',
      DATABASE_URL: `postgresql://${user}@/${name}?${where}`,
    }),
  );
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-notices-'));
  database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 2 });
  pool.on('error', () => undefined);
  server = await start();
  receiver = await startReceiver(() => secret);
  const ops = { name: 'ops', type: 'webhook', url: receiver.url };
  const channel = await call(`${BASE}/channels`, ops);
  secret = channel.body.secret;
  channelId = channel.body.channel_id;
  const events = ['run.completed', 'run.failed', 'run.cancelled'];
  await call(`${BASE}/routes`, { channel: 'ops', events, tag: 'told' });
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  receiver.messages.length = 0;
  receiver.answer = (_message, response) => void response.writeHead(204).end();
});

async function call(
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const GOOD = { id: 'a', uses: 'transform.cel', with: { expression: '1' } };
const BAD = { id: 'a', uses: 'http.request', with: { url: 'http://10.0.0.1/' }, max_retries: 0 };

async function submit(node: object, more: object = { tags: ['told'] }): Promise<string> {
  const job = { job_name: 'told', dag_definition: { nodes: [node] }, ...more };
  const { status, body } = await call('/api/v1/orchestration/job', job);
  expect([status, body.detail]).toEqual([202, undefined]);
  return body.job_id;
}

async function deliveryOf(runId: string) {
  const { body } = await call(`${BASE}/deliveries?limit=100`);
  return body.items.find((one: { run_id: string }) => one.run_id === runId);
}

const stateOf = async (runId: string) => (await deliveryOf(runId))?.state;
const messagesOf = (runId: string) => receiver.messages.filter(({ data }) => data.job_id === runId);

/** Lets what waits for its next attempt, or for the end of a lease, be due now. */
const hurry = () =>
  pool.query(`update notice_deliveries set due_at = now() where state = 'pending'`);

describe('the end of a run', () => {
  it('is told to the channel of its route, signed', async () => {
    const runId = await submit(BAD);
    await expect.poll(() => stateOf(runId), SOON).toBe('delivered');
    const [message] = messagesOf(runId);
    expect(message).toMatchObject({
      type: 'run.failed',
      data: {
        ...{ job_id: runId, job_name: 'told', status: 'failed', tags: ['told'] },
        error: { type: 'ssrf_blocked', node_id: 'a' },
        counts: { failed: 1 },
      },
    });
    expect(await deliveryOf(runId)).toMatchObject({
      ...{ webhook_id: message?.id, attempts_made: 1, last_status: 204, channel: 'ops' },
      attempts: [{ attempt: 1, status: 204, error: null }],
    });
    expect(receiver.forged).toEqual([]);
  });

  it('is told to whom the job has named, by how it ended', async () => {
    const plain = await startReceiver();
    try {
      const on_success = [{ webhook: `${plain.url}?good` }];
      const on_failure = [{ webhook: `${plain.url}?bad` }, { channel: 'ops' }];
      const good = await submit(GOOD, { on_success, on_failure });
      const bad = await submit(BAD, { on_success, on_failure });
      await expect.poll(() => plain.messages.length, SOON).toBe(2);
      await expect.poll(() => messagesOf(bad).length, SOON).toBe(1);
      expect(plain.messages.map(({ type, data }) => [type, data.job_id]).toSorted()).toEqual([
        ['run.completed', good],
        ['run.failed', bad],
      ]);
      expect(plain.messages[0]?.headers['webhook-signature']).toBeUndefined();
    } finally {
      await plain.close();
    }
  });

  it('is told of a cancelled run too, to routes that want it', async () => {
    const runId = await submit({ id: 'a', uses: 'sleep.for', with: { seconds: 600 } });
    await call(`/api/v1/orchestration/job/${runId}`, undefined, 'DELETE');
    await expect.poll(() => messagesOf(runId)[0]?.type, SOON).toBe('run.cancelled');
  });

  it('is not told of runs that no route is for', async () => {
    const quiet = await submit(GOOD, { tags: ['other'] });
    const told = await submit(GOOD);
    await expect.poll(() => stateOf(told), SOON).toBe('delivered');
    expect(messagesOf(quiet)).toEqual([]);
  });
});

describe('a node of type notification', () => {
  it('sends by the channel, and its failure does not fail the run', async () => {
    const payload = { greeting: '${params.name}' };
    const jobId = await submit(
      { id: 'tell', type: 'notification', with: { channel: 'ops', event: 'hello', payload } },
      { execution_context: { name: 'ann' } },
    );
    await expect.poll(() => receiver.messages.length, SOON).toBe(1);
    expect(receiver.messages[0]).toMatchObject({ type: 'hello', data: { greeting: 'ann' } });
    const lost = await submit(
      { id: 'tell', type: 'notification', with: { channel: 'nobody' } },
      {},
    );
    for (const id of [jobId, lost]) {
      const status = async () => (await call(`/api/v1/orchestration/job/${id}`)).body.status;
      await expect.poll(status, SOON).toBe('completed');
    }
  });

  it('says which setting is missing when mail is not set up', async () => {
    const mail = { to: 'a@example.com', subject: 'x' };
    const jobId = await submit({ id: 'mail', uses: 'notify.email', with: mail }, {});
    const error = async () =>
      (await call(`/api/v1/orchestration/job/${jobId}`)).body.error_details?.message;
    await expect.poll(error, SOON).toContain('TENUTO_SMTP_URL');
  });
});

describe('a receiver', () => {
  it('that fails at first gets the message again, under the same id', async () => {
    const codes = [503, 500];
    receiver.answer = (_message, response) => void response.writeHead(codes.shift() ?? 200).end();
    const runId = await submit(BAD);
    await expect.poll(() => messagesOf(runId).length, SOON).toBe(1);
    await expect.poll(async () => (await deliveryOf(runId)).last_status, SOON).toBe(503);
    await hurry();
    await expect.poll(async () => (await deliveryOf(runId)).last_status, SOON).toBe(500);
    await hurry();
    await expect.poll(() => stateOf(runId), SOON).toBe('delivered');
    const ids = messagesOf(runId).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    const { attempts } = await deliveryOf(runId);
    expect(attempts.map((one: { status: number }) => one.status)).toEqual([503, 500, 200]);
  });

  it('that asks for time gets it', async () => {
    receiver.answer = (_message, response) =>
      void response.writeHead(429, { 'retry-after': '3600' }).end();
    const runId = await submit(BAD);
    await expect.poll(async () => (await deliveryOf(runId))?.last_status, SOON).toBe(429);
    const { next_attempt_at: next } = await deliveryOf(runId);
    expect(Date.parse(next) - Date.now()).toBeGreaterThan(3_500_000);
  });

  it('that redirects to an address inside is not followed there', async () => {
    const inside = await startReceiver();
    receiver.answer = (_message, response) =>
      void response.writeHead(307, { location: inside.url }).end();
    const runId = await submit(BAD);
    await expect.poll(async () => (await deliveryOf(runId))?.last_status, SOON).toBe(307);
    expect(inside.messages).toEqual([]);
    await inside.close();
  });

  it('at an address inside is refused when the channel is made, and when the message is sent', async () => {
    const inside = { name: 'inside', type: 'webhook', url: 'http://169.254.169.254/latest' };
    expect((await call(`${BASE}/channels`, inside)).status).toBe(422);
    // The operator's list has become shorter since the channel was made.
    await pool.query(`update notice_channels set url = 'http://10.0.0.1/' where name = 'ops'`);
    const runId = await submit(BAD);
    await expect.poll(() => stateOf(runId), SOON).toBe('failed');
    expect(await deliveryOf(runId)).toMatchObject({
      attempts_made: 1,
      last_error: { type: 'ssrf_blocked' },
    });
    await pool.query(`update notice_channels set url = $1 where name = 'ops'`, [receiver.url]);
    const { delivery_id: id } = await deliveryOf(runId);
    expect((await call(`${BASE}/deliveries/${id}/redeliver`, {})).status).toBe(202);
    await expect.poll(() => stateOf(runId), SOON).toBe('delivered');
  });

  it('that is gone is sent nothing more until its channel is switched on', async () => {
    receiver.answer = (_message, response) => void response.writeHead(410).end();
    const runId = await submit(BAD);
    await expect.poll(() => stateOf(runId), SOON).toBe('failed');
    const path = `${BASE}/channels/${channelId}`;
    expect((await call(path)).body).toMatchObject({
      state: 'disabled',
      disabled_reason: 'The receiver answered 410 Gone.',
    });
    const later = await submit(BAD);
    await expect.poll(() => stateOf(later), SOON).toBe('failed');
    expect((await deliveryOf(later)).last_error.type).toBe('no_channel');
    expect(messagesOf(later)).toEqual([]);
    expect((await call(path, { state: 'active' }, 'PATCH')).body.state).toBe('active');
  });

  it('knows messages by the new secret at once, and by the old one for a day', async () => {
    const old = secret;
    const { body } = await call(`${BASE}/channels/${channelId}/rotate`, {});
    await tell();
    secret = body.secret;
    await tell();
    expect(old).not.toBe(secret);
    expect(receiver.forged).toEqual([]);
  });
});

async function tell(): Promise<void> {
  const runId = await submit(BAD);
  await expect.poll(() => stateOf(runId), SOON).toBe('delivered');
}

describe('a server that stops', () => {
  it('in the middle of deliveries loses none of them', async () => {
    // Nobody answers: all that is on its way when the server stops has to be sent again.
    receiver.answer = () => undefined;
    const runs: string[] = [];
    for (let i = 0; i < 12; i += 1) runs.push(await submit(i % 2 === 0 ? BAD : GOOD));
    await expect.poll(() => receiver.messages.length, SOON).toBe(4);
    await server.stop();
    const before = new Map(receiver.messages.map(({ id, data }) => [data.job_id, id]));
    receiver.messages.length = 0;
    receiver.answer = (_message, response) => void response.writeHead(200).end();
    server = await start();
    for (const runId of runs) await expect.poll(() => stateOf(runId), SOON).toBe('delivered');
    for (const runId of runs) {
      const ids = new Set(messagesOf(runId).map(({ id }) => id));
      expect(ids.size).toBe(1);
      if (before.has(runId)) expect([...ids]).toEqual([before.get(runId)]);
    }
    expect(receiver.forged).toEqual([]);
  });

  it('keeps the key that seals secrets, readable by nobody else', async () => {
    const key = (await readFile(join(folder, 'secret-key'), 'utf8')).trim();
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    const { rows } = await pool.query(`select c::text as row from notice_channels c`);
    for (const { row } of rows) expect(row).not.toContain(secret.slice(6, 30));
  });
});
