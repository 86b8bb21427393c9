import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  callWith,
  errorOf,
  listen,
  manualClock,
  NOW_MS,
  openAction,
  outputOf,
  serve,
  serveAnswer,
  serveEcho,
} from './http.fixture.ts';
import { httpRequest } from './http-request.ts';

describe('a request', () => {
  it('answers with status, headers, body, address, redirects and duration', async () => {
    const origin = await serveAnswer(200, { 'content-type': 'text/plain', 'x-a': '1' }, 'hello');
    const output = outputOf(await openAction()({ url: `${origin}/x?y=1` }));
    expect(output).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain', 'x-a': '1' },
      body: 'hello',
      url: `${origin}/x?y=1`,
      redirects: 0,
      duration_ms: 0,
    });
  });

  it('sends method, headers, query and a text body as they were given', async () => {
    const url = await serveEcho();
    const { body } = outputOf(
      await openAction()({
        url: `${url}/path?kept=1`,
        method: 'PUT',
        headers: { 'X-Custom': 'yes', 'X-Count': 3 },
        query: { q: 'a b&c', list: ['1', 2], on: true, none: null },
        body: 'plain text',
      }),
    );
    expect(body).toMatchObject({
      method: 'PUT',
      url: '/path?kept=1&q=a+b%26c&list=1&list=2&on=true',
      headers: { 'x-custom': 'yes', 'x-count': '3' },
      body: 'plain text',
    });
    expect(body).not.toHaveProperty('headers.content-type');
  });

  it('sends any other body as JSON, with its content type unless one was given', async () => {
    const url = await serveEcho();
    const send = openAction();
    const { body } = outputOf(await send({ url, method: 'POST', body: { a: [1, null] } }));
    expect(body).toMatchObject({
      headers: { 'content-type': 'application/json' },
      body: '{"a":[1,null]}',
    });
    const headers = { 'Content-Type': 'application/vnd.api+json' };
    const other = outputOf(await send({ url, method: 'POST', headers, body: [] }));
    expect(other.body).toMatchObject({ headers: { 'content-type': 'application/vnd.api+json' } });
  });

  it('carries the idempotency key on POST and PATCH unless the caller set one', async () => {
    const url = await serveEcho();
    const send = openAction();
    const keyOf = async (method: string, headers = {}) =>
      (await send({ url, method, headers }).then(outputOf)).body;
    expect(await keyOf('POST')).toHaveProperty('headers.idempotency-key', 'key-of-the-node');
    expect(await keyOf('PATCH')).toHaveProperty('headers.idempotency-key', 'key-of-the-node');
    expect(await keyOf('POST', { 'IDEMPOTENCY-KEY': 'mine' })).toHaveProperty(
      'headers.idempotency-key',
      'mine',
    );
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await keyOf(method), method).not.toHaveProperty('headers.idempotency-key');
    }
  });

  it('logs each hop without its query', async () => {
    const origin = await serveEcho();
    const lines: string[] = [];
    const log = (_stream: string, text: string) => void lines.push(text);
    await openAction()({ url: `${origin}/a?api_key=secret` }, { log });
    expect(lines).toEqual([`GET ${origin}/a answered 200`]);
  });

  it('uses no proxy from the environment', async () => {
    let asked = 0;
    const proxy = await serve((_request, response) => {
      asked++;
      response.end();
    });
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => [name, process.env[name]] as const);
    onTestFinished(() => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : proxy;
    outputOf(await openAction()({ url: await serveEcho() }));
    expect(asked).toBe(0);
  });

  it('uses a connection again, and lets go of it when the action is closed', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      request.socket.once('close', () => closed.resolve());
      response.end();
    });
    const closed = Promise.withResolvers<void>();
    const action = httpRequest({ clock: manualClock(), allow: ['127.0.0.1'] });
    for (let round = 0; round < 10; round++) outputOf(await action.run(callWith({ url })));
    expect(ports.size).toBeLessThan(10);
    await action.close();
    await closed.promise;
    expect(errorOf(await action.run(callWith({ url }))).classification).toBe('transient');
  });
});

describe('the status', () => {
  it.each([
    [400, {}, 'permanent', undefined],
    [404, {}, 'permanent', undefined],
    [304, {}, 'permanent', undefined],
    [408, {}, 'transient', undefined],
    [425, {}, 'transient', undefined],
    [421, {}, 'permanent', undefined],
    [500, {}, 'transient', undefined],
    [500, { 'retry-after': '9' }, 'transient', 9_000],
    [501, {}, 'permanent', undefined],
    [502, {}, 'transient', undefined],
    [504, {}, 'transient', undefined],
    [505, {}, 'permanent', undefined],
    [507, {}, 'resource_exhausted', undefined],
    [508, {}, 'permanent', undefined],
    [511, {}, 'permanent', undefined],
    [599, {}, 'transient', undefined],
    [503, {}, 'transient', undefined],
    [503, { 'retry-after': '7' }, 'rate_limited', 7_000],
    [503, { 'retry-after': new Date(NOW_MS + 9_000).toUTCString() }, 'rate_limited', 9_000],
    [503, { 'retry-after': 'soon' }, 'transient', undefined],
    [429, {}, 'rate_limited', undefined],
    [429, { 'retry-after': '0' }, 'rate_limited', 0],
    [429, { 'retry-after': new Date(NOW_MS + 5_000).toUTCString() }, 'rate_limited', 5_000],
    [429, { 'retry-after': 'soon' }, 'rate_limited', undefined],
  ])('%i with %o is %s', async (status, headers, classification, retryAfterMs) => {
    const outcome = await openAction()({ url: await serveAnswer(status, headers) });
    expect(outcome).toMatchObject({ status: 'failed', output: { status } });
    expect(errorOf(outcome)).toMatchObject({ classification, type: 'http_status' });
    expect(errorOf(outcome).retryAfterMs).toBe(retryAfterMs);
  });

  it('that was expected is a success, and any other is not', async () => {
    const send = openAction();
    const url = await serveAnswer(404, {}, 'none');
    expect(outputOf(await send({ url, expected_status: ['2xx', 404] })).status).toBe(404);
    const ok = await serveAnswer(200, {});
    expect(errorOf(await send({ url: ok, expected_status: [204] })).classification).toBe(
      'permanent',
    );
  });

  it('that failed keeps its body for the record, but not one that is too large', async () => {
    const send = openAction();
    const type = { 'content-type': 'application/json' };
    const url = await serveAnswer(422, type, '{"field":"name"}');
    expect(await send({ url, response: 'base64' })).toMatchObject({
      output: { body: { field: 'name' } },
    });
    const large = await serveAnswer(500, {}, 'x'.repeat(100));
    const outcome = await send({ url: large, max_response_bytes: 10 });
    expect(outcome).toMatchObject({ output: { body: null } });
    expect(errorOf(outcome).classification).toBe('transient');
  });
});

describe('time', () => {
  it('ends a request whose server never answers, as a timeout', async () => {
    const clock = manualClock();
    const url = await serve(() => clock.fire());
    const outcome = await openAction({ clock })({ url, timeout_seconds: 2.5 });
    expect(outcome).toMatchObject({
      status: 'timeout',
      error: { classification: 'timeout', type: 'timeout' },
    });
  });

  it('is counted from the parameters, and no timer is left behind', async () => {
    const clock = manualClock();
    const seen: (readonly number[])[] = [];
    const url = await serve((_request, response) => {
      seen.push(clock.pending());
      response.end();
    });
    const send = openAction({ clock });
    await send({ url });
    await send({ url, timeout_seconds: 2.5 });
    expect(seen).toEqual([[30_000], [2_500]]);
    expect(clock.pending()).toEqual([]);
  });

  it('ends a body that stops in the middle', async () => {
    const clock = manualClock();
    const url = await serve((_request, response) => {
      response.write('half', () => clock.fire());
    });
    expect((await openAction({ clock })({ url })).status).toBe('timeout');
  });

  it('ends a lookup that hangs', async () => {
    const clock = manualClock();
    const lookup = () => {
      queueMicrotask(() => clock.fire());
      return new Promise<never>(() => {});
    };
    const outcome = await openAction({ clock, lookup })({ url: 'http://example.com/' });
    expect(outcome.status).toBe('timeout');
  });
});

describe('a cancel', () => {
  it('ends the request and its connection', async () => {
    const abort = new AbortController();
    const dropped = Promise.withResolvers<void>();
    const url = await serve((request) => {
      request.socket.once('close', () => dropped.resolve());
      abort.abort();
    });
    const outcome = await openAction()({ url }, { signal: abort.signal });
    expect(outcome).toMatchObject({ status: 'cancelled', error: { type: 'cancelled' } });
    await dropped.promise;
  });

  it('that came before the start sends nothing', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    let connections = 0;
    server.on('connection', () => connections++);
    const signal = AbortSignal.abort();
    const outcome = await openAction()({ url: `http://127.0.0.1:${port}/` }, { signal });
    expect(outcome.status).toBe('cancelled');
    server.close();
    await once(server, 'close');
    expect(connections).toBe(0);
  });

  it('in the middle of a redirect ends it too', async () => {
    const abort = new AbortController();
    const url = await serve((_request, response) => {
      response.writeHead(302, { location: '/next' }).write('never ends', () => abort.abort());
    });
    const outcome = await openAction()({ url }, { signal: abort.signal });
    expect(outcome.status).toBe('cancelled');
  });
});
