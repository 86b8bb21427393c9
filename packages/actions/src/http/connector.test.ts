import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  errorOf,
  listen,
  openAction,
  outputOf,
  resolveTo,
  serve,
  serveAnswer,
  serveBytes,
  serveEcho,
} from './http.fixture.ts';

const rejectWith = (code: string) => async () => {
  throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
};

describe('a connection', () => {
  it('that is refused or reset is transient', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const send = openAction();
    expect(errorOf(await send({ url: `http://127.0.0.1:${port}/` }))).toMatchObject({
      classification: 'transient',
      type: 'connection_refused',
    });
    const resetting = createTcpServer((socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    );
    expect(
      errorOf(await send({ url: `http://127.0.0.1:${await listen(resetting)}/` })),
    ).toMatchObject({
      classification: 'transient',
      type: 'connection_reset',
    });
  });

  it('that ends in the middle of the body is transient', async () => {
    const url = await serveBytes('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    expect(errorOf(await openAction()({ url })).classification).toBe('transient');
  });

  it('to a name that does not resolve is transient', async () => {
    for (const [code, type] of [
      ['EAI_AGAIN', 'dns_failure'],
      ['ENOTFOUND', 'dns_not_found'],
    ] as const) {
      const send = openAction({ lookup: rejectWith(code) });
      expect(errorOf(await send({ url: 'http://example.com/' }))).toMatchObject({
        classification: 'transient',
        type,
      });
    }
  });

  it('goes to the address that was judged, with one lookup, and the name in Host', async () => {
    const hosts: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end();
    });
    const { port } = new URL(origin);
    let lookups = 0;
    const lookup = async () => [
      { address: lookups++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 },
    ];
    const outcome = await openAction({ lookup })({ url: `http://rebind.example.com:${port}/` });
    expect(outcome.status).toBe('completed');
    expect(lookups).toBe(1);
    expect(hosts).toEqual([`rebind.example.com:${port}`]);
  });

  it('tries the next address when the first does not answer', async () => {
    const { port } = new URL(await serveEcho());
    const { lookup } = resolveTo('127.0.0.3', '127.0.0.1');
    const send = openAction({ lookup, allow: ['127.0.0.0/8'] });
    expect((await send({ url: `http://two.example.com:${port}/` })).status).toBe('completed');
  });

  it('is not made when one of several addresses is refused', async () => {
    for (const addresses of [['93.184.216.34', '::1'], ['127.0.0.1', '10.0.0.1'], []]) {
      const { lookup } = resolveTo(...addresses);
      const error = errorOf(await openAction({ lookup })({ url: 'http://mixed.example.com/' }));
      expect(error).toMatchObject({ classification: 'validation', type: 'ssrf_blocked' });
    }
  });

  it('over TLS asks for the name, not for the address', async () => {
    const asked = Promise.withResolvers<string>();
    const server = createTlsServer({
      SNICallback: (name, done) => {
        asked.resolve(name);
        done(new Error('no certificate'));
      },
    });
    server.on('tlsClientError', () => {});
    const port = await listen(server);
    const { lookup } = resolveTo('127.0.0.1');
    const outcome = await openAction({ lookup })({ url: `https://secure.example.com:${port}/` });
    expect(await asked.promise).toBe('secure.example.com');
    expect(outcome.status).toBe('failed');
  });
});

describe('the guard', () => {
  it('is on by default', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked++;
      response.end();
    });
    const send = openAction({ allow: [] });
    for (const target of [
      url,
      url.replace('127.0.0.1', 'localhost'),
      url.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
    ]) {
      expect(errorOf(await send({ url: target })).type).toBe('ssrf_blocked');
    }
    expect(asked).toBe(0);
  });

  it('lets through what the operator allows', async () => {
    const url = await serveEcho();
    const { port } = new URL(url);
    const { lookup } = resolveTo('127.0.0.1');
    const send = openAction({ allow: [`api.internal:${port}`], lookup });
    outputOf(await send({ url: `http://api.internal:${port}/` }));
    expect(errorOf(await send({ url })).type).toBe('ssrf_blocked');
  });

  it('stands at every redirect', async () => {
    let reached = 0;
    const inside = await serve((_request, response) => {
      reached++;
      response.end();
    });
    const { port } = new URL(inside);
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of [
        `http://127.0.0.2:${port}/`,
        `//127.0.0.2:${port}/`,
        `http://localhost:${port}/`,
        `http://[::1]:${port}/`,
        'http://169.254.169.254/latest/meta-data/',
        'file:///etc/passwd',
        'gopher://127.0.0.1/',
        'http://user:secret@127.0.0.1/',
      ]) {
        const url = await serveAnswer(status, { location });
        const send = openAction({ allow: [new URL(url).host] });
        const outcome = await send({ url, method: 'POST', body: 'x' });
        expect(errorOf(outcome), location).toMatchObject({
          classification: 'validation',
          type: 'ssrf_blocked',
        });
      }
    }
    expect(reached).toBe(0);
  });
});
