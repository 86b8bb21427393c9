import { HealthSchema, JobSchema } from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import type { Answer } from '../test/scripted-server.ts';
import { ApiError, ConnectionError, createClient } from './index.ts';

const job = exampleOf(JobSchema);
const health = exampleOf(HealthSchema);
const problem = (status: number, error_code: string, headers = {}): Answer => ({
  status,
  body: { type: 'about:blank', title: error_code, status, detail: `was ${error_code}`, error_code },
  headers,
});

afterEach(closeServers);

describe('a client', () => {
  it('sends its token and says what it takes', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: job }));
    await client.jobs.get('j1');
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: '/api/v1/orchestration/job/j1',
      headers: {
        authorization: 'Bearer tnt_x',
        accept: 'application/json, application/problem+json',
      },
    });
  });

  it('sends no credentials when it has none', async () => {
    const { server } = await connect(() => ({ status: 200, body: health }));
    await createClient({ baseUrl: server.url }).health();
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it.each(['/', '/api/v1', '/api/v1/', '//'])('takes an address that ends in %s', async (end) => {
    const { server } = await connect(() => ({ status: 200, body: job }));
    const client = createClient({ baseUrl: server.url + end });
    await client.jobs.get('j1');
    expect(client.baseUrl).toBe(server.url);
    expect(server.seen[0]?.url).toBe('/api/v1/orchestration/job/j1');
  });

  it('keeps a path that stands before the API', () => {
    expect(createClient({ baseUrl: 'https://host/tools/tenuto/' }).baseUrl).toBe(
      'https://host/tools/tenuto',
    );
  });

  it.each([
    '',
    'localhost:8420',
    '127.0.0.1',
    'ftp://host',
    'file:///x',
    'http://u:p@host',
  ])('refuses the address %j', (baseUrl) =>
    expect(() => createClient({ baseUrl })).toThrow(TypeError));

  it('throws what the server says as an ApiError', async () => {
    const { client } = await connect(() => problem(404, 'not_found'));
    await expect(client.jobs.get('j1')).rejects.toMatchObject({
      name: 'ApiError',
      status: 404,
      errorCode: 'not_found',
      message: 'was not_found',
    });
  });

  it('says so when something else than the API answers', async () => {
    const { client } = await connect(() => ({ status: 200, text: '<!doctype html>' }));
    await expect(client.jobs.get('j1')).rejects.toThrow('is it a Tenuto server?');
  });

  it('says so when the answer has another form', async () => {
    const { client } = await connect(() => ({ status: 200, body: { id: 'j1' } }));
    await expect(client.jobs.get('j1')).rejects.toThrow('another form');
  });

  it('never follows a redirect with its token', async () => {
    const target = await connect(() => ({ status: 200, body: job }));
    const location = `${target.server.url}/api/v1/orchestration/job/j1`;
    const { client } = await connect(() => ({ status: 302, text: '', headers: { location } }));
    await expect(client.jobs.get('j1')).rejects.toThrow('redirects');
    expect(target.server.seen).toEqual([]);
  });

  it('returns the health of a server that is unwell, without asking again', async () => {
    const { client, server } = await connect(() => ({
      status: 503,
      body: { ...health, status: 'degraded' },
    }));
    expect(await client.health()).toMatchObject({ status: 'degraded' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('trying again', () => {
  it('submits under one key however often the connection breaks', async () => {
    const { client, server, slept } = await connect((_request, count) =>
      count < 3 ? 'hang up' : { status: 202, body: job },
    );
    expect(await client.jobs.submit({ job_name: 'hello' })).toEqual(job);
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(slept).toEqual([100, 200]);
  });

  it('uses a new key for each submission, and the one it is given', async () => {
    const { client, server } = await connect(() => ({ status: 202, body: job }));
    await client.jobs.submit({});
    await client.jobs.submit({});
    await client.jobs.submit({}, { idempotencyKey: 'mine' });
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });

  it('waits as long as Retry-After says', async () => {
    const { client, slept } = await connect((_request, count) =>
      count === 1 ? problem(503, 'overloaded', { 'retry-after': '2' }) : { status: 202, body: job },
    );
    await client.jobs.submit({});
    expect(slept).toEqual([2_000]);
  });

  it('gives up at once when it is to wait for too long, and says how long', async () => {
    const { client, server } = await connect(() =>
      problem(503, 'overloaded', { 'retry-after': '3600' }),
    );
    await expect(client.jobs.submit({})).rejects.toMatchObject({
      status: 503,
      retryAfterSeconds: 3_600,
    });
    expect(server.seen).toHaveLength(1);
  });

  it('gives up after its attempts with the last error', async () => {
    const { client, server } = await connect(() => problem(503, 'store_unavailable'));
    await expect(client.jobs.get('j1')).rejects.toBeInstanceOf(ApiError);
    expect(server.seen).toHaveLength(4);
  });

  it('does not cancel twice when the connection breaks', async () => {
    const { client, server } = await connect(() => 'hang up');
    await expect(client.jobs.cancel('j1')).rejects.toBeInstanceOf(ConnectionError);
    expect(server.seen).toHaveLength(1);
  });

  it('names the address when nobody listens', async () => {
    const { client, server, slept } = await connect(() => 'silence');
    await server.close();
    await expect(client.jobs.get('j1')).rejects.toMatchObject({
      name: 'ConnectionError',
      message: expect.stringContaining(server.url),
    });
    expect(slept).toHaveLength(3);
  });

  it('takes silence for no answer', async () => {
    const { client } = await connect(() => 'silence', { timeoutMs: 20, retry: { maxAttempts: 1 } });
    await expect(client.jobs.get('j1')).rejects.toBeInstanceOf(ConnectionError);
  });

  it('ends at once when the caller aborts', async () => {
    const abort = new AbortController();
    const { client, server } = await connect(() => {
      abort.abort(new Error('enough'));
      return 'silence';
    });
    await expect(client.jobs.get('j1', { signal: abort.signal })).rejects.toThrow('enough');
    expect(server.seen).toHaveLength(1);
  });

  it('ends while it waits when the caller aborts', async () => {
    const abort = new AbortController();
    const { server } = await connect(() => problem(503, 'overloaded', { 'retry-after': '20' }));
    const client = createClient({ baseUrl: server.url });
    const call = client.jobs.get('j1', { signal: abort.signal });
    const ended = expect(call).rejects.toThrow('enough');
    while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('enough'));
    await ended;
  });
});
