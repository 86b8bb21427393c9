/** An OpenID provider with a page that asks a person whether to let somebody in. */
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createListener } from 'node:net';

export interface Provider {
  readonly issuer: string;
  /** What the next token says besides what it must. */
  claims: Record<string, unknown>;
  /** What the token endpoint was sent, form by form. */
  readonly exchanged: readonly URLSearchParams[];
  close(): void;
}

export const CLIENT = 'console';

interface Asked {
  readonly challenge: string;
  readonly nonce: string;
}

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startProvider(): Promise<Provider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }];
  const codes = new Map<string, Asked>();
  const exchanged: URLSearchParams[] = [];
  const sign = (claims: object) => {
    const text = `${base64({ alg: 'RS256', kid: 'k' })}.${base64(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/keys') return json(200, { keys });
    if (pathname === '/authorize') {
      const code = `code-${codes.size}`;
      const asked = (name: string) => searchParams.get(name) ?? '';
      codes.set(code, { challenge: asked('code_challenge'), nonce: asked('nonce') });
      return response.writeHead(200, { 'content-type': 'text/html' }).end(page(searchParams, code));
    }
    if (pathname !== '/token') return json(200, document(issuer));
    const form = new URLSearchParams(await bodyOf(request));
    exchanged.push(form);
    const known = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (known?.challenge !== challenge) return json(400, { error: 'invalid_grant' });
    const exp = Math.floor(Date.now() / 1_000) + 300;
    const standard = { iss: issuer, aud: CLIENT, sub: 'ada', exp, nonce: known.nonce };
    const token = sign({ ...standard, ...provider.claims });
    return json(200, { id_token: token, access_token: 'opaque', token_type: 'Bearer' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${portOf(server)}`;
  const provider: Provider = { issuer, claims: {}, exchanged, close: () => server.close() };
  return provider;
}

function document(issuer: string): object {
  return {
    ...{ issuer, jwks_uri: `${issuer}/keys`, token_endpoint: `${issuer}/token` },
    authorization_endpoint: `${issuer}/authorize`,
  };
}

/** Three ways back: as one should, refused, and with the state of somebody else. */
function page(asked: URLSearchParams, code: string): string {
  const back = (query: Record<string, string>) =>
    `${asked.get('redirect_uri')}?${new URLSearchParams(query)}`.replaceAll('&', '&amp;');
  const state = asked.get('state') ?? '';
  const links = [
    ['Let in', back({ code, state })],
    ['Refuse', back({ error: 'access_denied', state })],
    ['Of another', back({ code, state: 'another' })],
  ];
  const list = links.map(([word, href]) => `<a href="${href}">${word}</a>`).join(' ');
  return `<!doctype html><title>Provider</title><h1>May the console know you?</h1>${list}`;
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk.toString();
  return text;
}

function portOf(server: ReturnType<typeof createListener>): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('It does not listen.');
  return address.port;
}

/** A port that nothing listens on; whoever needs to know it beforehand takes it at once. */
export async function freePort(): Promise<number> {
  const listener = createListener().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const port = portOf(listener);
  listener.close();
  await once(listener, 'close');
  return port;
}
