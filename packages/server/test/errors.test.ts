import { connect } from 'node:net';
import { OrchestrationError, ProblemSchema } from '@tenuto/contract';
import { StoreFault } from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, aJob, JOB, JOBS, startApi, startOwnApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const problem = Compile(ProblemSchema);

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.error_code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem.Check(answer.body)).toBe(true);
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
}

/** Sends bytes that are no proper request; answers what comes back. */
function rawly(text: string): Promise<string> {
  return new Promise((resolve) => {
    const { port, hostname } = new URL(api.url);
    const socket = connect(Number(port), hostname, () => socket.end(text));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    // A connection that is cut is an answer too.
    socket.on('error', () => undefined).on('close', () => resolve(answer));
  });
}

describe('a request with two Host headers', () => {
  it.each([
    '/health/live',
    '/api/v1/runs',
    '/nowhere',
    '/',
  ])('is refused, whatever it asks for: %s', async (path) => {
    const hosts = 'Host: a.example\r\nhost: b.example\r\n';
    const answer = await rawly(`GET ${path} HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('malformed_request');
  });
});

describe('an error', () => {
  it('of an address that leads nowhere is a 404', async () => {
    expectProblem(await api.call('/nowhere', { token: null }), 404, 'not_found');
    expectProblem(await api.call('/api/v1/nowhere', { method: 'POST' }), 404, 'not_found');
  });

  it('of a method that an address does not have says which it has', async () => {
    const put = await api.call(`${JOB}/x`, { method: 'PUT' });
    expectProblem(put, 405, 'method_not_allowed');
    expect(put.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
    const options = await api.call(JOBS, { method: 'OPTIONS', token: null });
    expectProblem(options, 405, 'method_not_allowed');
  });

  it('of a body in another form is a 415', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'multipart/form-data',
      'application/json; charset=utf-16',
      'application/jsonx',
      'text/json',
      '',
    ]) {
      const headers = { 'content-type': type };
      const answer = await api.call(JOB, { raw: JSON.stringify(aJob()), headers });
      expectProblem(answer, 415, 'unsupported_media_type');
    }
    const json = { 'content-type': 'Application/JSON; charset="UTF-8"' };
    expect((await api.call(JOB, { body: aJob(), headers: json })).status).toBe(202);
  });

  it('of an answer in another form is a 406', async () => {
    const xml = await api.call(JOBS, { headers: { accept: 'application/xml, text/html;q=0.5' } });
    expectProblem(xml, 406, 'not_acceptable');
    const none = await api.call(JOBS, { headers: { accept: 'application/json;q=0' } });
    expectProblem(none, 406, 'not_acceptable');
    const any = await api.call(JOBS, { headers: { accept: 'text/html, */*;q=0.1' } });
    expect(any.status).toBe(200);
  });

  it('of a body that is too large is a 413', async () => {
    const small = await startOwnApi({ bodyBytes: 1_000 });
    const answer = await small.call(JOB, { body: aJob({ job_description: 'x'.repeat(1_000) }) });
    expectProblem(answer, 413, 'payload_too_large');
  });

  it('of an empty body is a 400', async () => {
    expectProblem(await api.call(JOB, { method: 'POST', raw: '' }), 400, 'validation_failed');
    const bare = await api.call(JOB, { method: 'POST' });
    expectProblem(bare, 400, 'validation_failed');
  });

  it('of an address that cannot be decoded is a 400', async () => {
    expectProblem(await api.call(`${JOB}/%E0%A4%A`), 400, 'malformed_request');
    expectProblem(await api.call(`${JOBS}?name=%00`), 400, 'validation_failed');
  });

  it('names every field that is wrong, with a value that may be shown', async () => {
    const answer = await api.call(JOB, {
      body: aJob({ priority: 0, tags: ['x'.repeat(51)], colour: 'red', timeout_ms: 'long' }),
    });
    expectProblem(answer, 400, 'validation_failed');
    const errors: { path: string; message: string; value?: unknown }[] =
      answer.body.validation_errors;
    const paths = errors.map(({ path }) => path);
    expect(paths.sort()).toEqual(['/colour', '/priority', '/tags/0', '/timeout_ms']);
    expect(errors.find(({ path }) => path === '/priority')?.value).toBe(0);
    expect(errors.find(({ path }) => path === '/colour')?.message).toBe('is not a known field');
  });

  it('says what an id, a time and one of several forms look like', async () => {
    const told = async (path: string, body?: unknown) => {
      const answer = await api.call(path, { ...(body !== undefined && { body }) });
      expectProblem(answer, 400, 'validation_failed');
      const errors: { path: string; message: string }[] = answer.body.validation_errors;
      return errors.map((error) => `${error.path} ${error.message}`);
    };
    expect(await told(`${JOB}/mine`)).toEqual([
      '/job_id must be an id such as 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
    ]);
    expect(await told(JOB, aJob({ scheduled_at: 'soon' }))).toEqual([
      '/scheduled_at must be a time such as 2026-01-15T09:30:00Z',
    ]);
    expect(await told(JOB, aJob({ job_name: '' }))).toEqual(['/job_name must not be empty']);
    const rules = [{ action: 'skip' }];
    expect(await told(JOB, aJob({ recovery_policy: rules }))).toEqual([
      expect.stringMatching(/^\/recovery_policy\/0\/action must be one of /),
    ]);
    const channel = { name: 'ops', type: 'webhook', url: 'ops.example.com' };
    expect(await told('/api/v1/notifications/channels', channel)).toEqual([
      expect.stringMatching(/^\/url must match pattern/),
    ]);
    const pigeon = await told('/api/v1/notifications/channels', { name: 'ops', type: 'pigeon' });
    expect(pigeon).toContain('/type must be "webhook"');
    expect(pigeon).toContain('/type must be "email"');
  });

  it('of a client that does not speak HTTP does no harm', async () => {
    for (const text of [
      'hello\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    ]) {
      expect(await rawly(text)).toMatch(/^(HTTP\/1\.1 4\d\d|$)/);
    }
    expect((await api.call('/health/live')).status).toBe(200);
  });

  it('of two ways to tell the length of a body is refused', async () => {
    const answer = await rawly(
      `POST ${JOB} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe('an error of the engine', () => {
  it('that cannot keep up is a 503 that says when to come again', async () => {
    api.engine.answers.push(
      new OrchestrationError('overloaded', 'Too much.', { retryAfterSeconds: 7 }),
    );
    const answer = await api.call(JOB, { body: aJob() });
    expectProblem(answer, 503, 'overloaded');
    expect(answer.headers.get('retry-after')).toBe('7');
  });

  it('that has lost its database is a 503', async () => {
    api.engine.answers.push(new StoreFault('unavailable', 'the wire is cut'));
    const answer = await api.call(JOB, { body: aJob() });
    expectProblem(answer, 503, 'store_unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('that nobody expected tells nothing and is logged', async () => {
    api.engine.answers.push(new Error('secret detail'));
    const answer = await api.call(JOB, { body: aJob(), headers: { 'x-request-id': 'find-me' } });
    expectProblem(answer, 500, 'internal_error');
    expect(answer.text).not.toContain('secret detail');
    const line = api.logged.find((text) => text.includes('secret detail'));
    expect(line).toContain('find-me');
  });
});

describe('a request id', () => {
  it('comes back when it is one and is replaced when it is not', async () => {
    const sent = async (id: string) =>
      (await api.call(JOBS, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await sent('abc-123')).toBe('abc-123');
    for (const bad of ['a b', 'x'.repeat(200), '<script>', '"']) {
      expect(await sent(bad)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('goes with a trace that the caller has begun', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await api.call(JOBS, { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
    await api.call(JOBS, { headers: { traceparent: 'nonsense' } });
    expect(api.logged.some((line) => line.includes(trace))).toBe(true);
  });
});

describe('a server that is not ready', () => {
  it('answers probes and measures, and puts everything else off', async () => {
    const other = await startOwnApi();
    for (const phase of ['starting', 'draining'] as const) {
      other.phase = phase;
      const answer = await other.call(JOBS);
      expectProblem(answer, 503, 'overloaded');
      expect(answer.headers.get('retry-after')).toBe('1');
      const ready = await other.call('/health/ready', { token: null });
      expect([ready.status, ready.body]).toEqual([503, { status: phase }]);
      expect((await other.call('/health/live', { token: null })).status).toBe(200);
      expect((await other.call('/health', { token: null })).status).toBe(503);
      expect((await other.call('/metrics', { token: null })).status).toBe(200);
    }
  });
});
