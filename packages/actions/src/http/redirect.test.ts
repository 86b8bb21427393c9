import { describe, expect, it } from 'vitest';
import { errorOf, openAction, outputOf, serve, serveAnswer, serveEcho } from './http.fixture.ts';
import type { Hop, Method } from './parameters.ts';
import { nextHop } from './redirect.ts';

const hopOf = (method: Method, headers: Record<string, string> = {}): Hop => ({
  url: 'https://api.example.com/v1/things?x=1',
  method,
  headers: new Map(Object.entries(headers)),
  body: method === 'GET' || method === 'HEAD' ? undefined : 'body',
});

const namesAfter = (location: string, headers: Record<string, string>) => [
  ...(nextHop(hopOf('GET', headers), 302, location)?.headers.keys() ?? []),
];

describe('nextHop', () => {
  it('changes the method as browsers do', () => {
    const table: readonly (readonly [Method, number, Method])[] = [
      ['POST', 301, 'GET'],
      ['POST', 302, 'GET'],
      ['POST', 303, 'GET'],
      ['POST', 307, 'POST'],
      ['POST', 308, 'POST'],
      ['PUT', 301, 'PUT'],
      ['DELETE', 302, 'DELETE'],
      ['PUT', 303, 'GET'],
      ['DELETE', 303, 'GET'],
      ['HEAD', 303, 'HEAD'],
      ['HEAD', 302, 'HEAD'],
      ['GET', 303, 'GET'],
    ];
    for (const [method, status, expected] of table) {
      const next = nextHop(hopOf(method), status, '/other');
      expect(next?.method, `${method} ${status}`).toBe(expected);
      const keepsBody = expected === method && hopOf(method).body !== undefined;
      expect(next?.body, `${method} ${status}`).toBe(keepsBody ? 'body' : undefined);
    }
  });

  it('leaves what describes the body behind with it', () => {
    const headers = { 'content-type': 'text/plain', 'idempotency-key': 'k', accept: '*/*' };
    const next = nextHop(hopOf('POST', headers), 303, '/other');
    expect([...(next?.headers.keys() ?? [])]).toEqual(['accept']);
  });

  it('resolves the target against the present address', () => {
    const urlAfter = (location: string) => nextHop(hopOf('GET'), 302, location)?.url;
    expect(urlAfter('other')).toBe('https://api.example.com/v1/other');
    expect(urlAfter('?y=2')).toBe('https://api.example.com/v1/things?y=2');
    expect(urlAfter('//elsewhere.example/')).toBe('https://elsewhere.example/');
    expect(urlAfter('http://[broken')).toBe('http://[broken');
  });

  it('leaves credentials behind on another origin', () => {
    const headers = {
      authorization: 'x',
      cookie: 'x',
      'proxy-authorization': 'x',
      'x-api-key': 'x',
      'x-auth-token': 'x',
      accept: 'x',
    };
    for (const location of [
      'https://other.example.com/',
      'https://api.example.com:8443/',
      'http://api.example.com/',
      'https://api.example.com.evil.example/',
      'http://[broken',
    ]) {
      expect(namesAfter(location, headers), location).toEqual(['accept']);
    }
    expect(namesAfter('https://API.example.com:443/x', headers)).toHaveLength(6);
  });

  it('takes nothing else for a redirect', () => {
    for (const status of [200, 300, 304, 305, 306, 400]) {
      expect(nextHop(hopOf('GET'), status, '/x'), String(status)).toBeUndefined();
    }
    expect(nextHop(hopOf('GET'), 302, undefined)).toBeUndefined();
  });
});

describe('a redirect', () => {
  it('is followed to its end', async () => {
    const origin = await serve((request, response) => {
      const step = Number(request.url?.slice(1));
      if (step === 5) response.end('there');
      else response.writeHead(302, { location: `/${step + 1}` }).end('on the way');
    });
    const output = outputOf(await openAction()({ url: `${origin}/0` }));
    expect(output).toMatchObject({ body: 'there', url: `${origin}/5`, redirects: 5 });
  });

  it('is not followed forever', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked++;
      response.writeHead(302, { location: '/again' }).end();
    });
    expect(errorOf(await openAction()({ url }))).toMatchObject({
      classification: 'permanent',
      type: 'too_many_redirects',
    });
    expect(asked).toBe(6);
  });

  it('is an answer like any other when it is not to be followed', async () => {
    const url = await serveAnswer(302, { location: 'http://10.0.0.1/' });
    const outcome = await openAction()({ url, follow_redirects: false, expected_status: ['3xx'] });
    expect(outputOf(outcome)).toMatchObject({ status: 302, redirects: 0 });
  });

  it('takes method, body and credentials along only where it should', async () => {
    const echo = await serveEcho();
    const far = await serveAnswer(307, { location: `${echo}/far` });
    const near = await serve(async (request, response) => {
      if (request.url === '/') response.writeHead(307, { location: '/near' }).end();
      else response.end(JSON.stringify(request.headers));
    });
    const send = openAction();
    const headers = { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Trace': '1' };
    const given = { method: 'POST', headers, body: { a: 1 } };
    const away = outputOf(await send({ url: far, ...given }));
    expect(away.body).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'x-trace': '1', 'idempotency-key': 'key-of-the-node' },
    });
    expect(away.body).not.toHaveProperty('headers.authorization');
    expect(away.body).not.toHaveProperty('headers.cookie');
    const home = outputOf(await send({ url: `${near}/`, ...given, response: 'json' }));
    expect(home.body).toMatchObject({ authorization: 'Bearer x', cookie: 'a=b' });
  });
});
