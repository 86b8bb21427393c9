import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOidcLogin } from '../src/auth/oidc.ts';
import { createVault, KEY_BYTES } from '../src/secrets/vault.ts';
import { systemClock, systemRandom } from '../src/system-clock.ts';
import { startApi, type TestApi } from './server.ts';

const START = '/api/v1/auth/oidc/start';
const CALLBACK = '/api/v1/auth/oidc/callback';
const CLIENT = 'console';

/** A provider that lets everybody in, and does otherwise where a test says so. */
async function startProvider() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
  const codes = new Map<string, { readonly challenge: string; readonly nonce: string }>();
  const state = { claims: {}, lie: {} as { nonce?: string; aud?: string }, asked: [] as string[] };
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/keys') return answer(200, { keys: [jwk] });
    if (request.url !== '/token') {
      return answer(200, {
        ...{ issuer, jwks_uri: `${issuer}/keys`, token_endpoint: `${issuer}/token` },
        authorization_endpoint: `${issuer}/authorize`,
      });
    }
    let raw = '';
    for await (const chunk of request) raw += chunk;
    const form = new URLSearchParams(raw);
    state.asked.push(raw);
    const known = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (known === undefined || known.challenge !== challenge) {
      return answer(400, { error: 'invalid_grant' });
    }
    const id_token = await new SignJWT({ nonce: known.nonce, ...state.claims, ...state.lie })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(issuer)
      .setAudience(state.lie.aud ?? CLIENT)
      .setExpirationTime('5m')
      .sign(privateKey);
    return answer(200, { id_token, access_token: 'opaque', token_type: 'Bearer' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ issuer, state, close: () => server.close() },
    /** Somebody signs in at the address that the server led to. */
    authorize(location: string) {
      const { searchParams: asked } = new URL(location);
      expect(asked.get('code_challenge_method')).toBe('S256');
      const code = `code-${codes.size}-${state.asked.length}`;
      const [challenge, nonce] = [asked.get('code_challenge') ?? '', asked.get('nonce') ?? ''];
      codes.set(code, { challenge, nonce });
      return { code, state: asked.get('state') ?? '' };
    },
  };
}

let provider: Awaited<ReturnType<typeof startProvider>>;
let api: TestApi;
beforeAll(async () => {
  provider = await startProvider();
  const settings = {
    ...{ issuer: provider.issuer, clientId: CLIENT, publicUrl: 'https://tenuto.example' },
  };
  const vault = createVault(Buffer.alloc(KEY_BYTES, 3), systemRandom);
  const real = { clock: systemClock, random: systemRandom };
  api = await startApi({ oidc: createOidcLogin({ settings, vault, jwt: undefined, ...real }) });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  provider.close();
});

const open = (path: string, cookie = '') =>
  api.call(path, { token: null, headers: cookie === '' ? {} : { cookie } });
const cookieIn = (answer: { readonly headers: Headers }, name: string) =>
  answer.headers.getSetCookie().find((cookie) => cookie.startsWith(name)) ?? '';

async function begin(returnTo = '/runs') {
  const answer = await open(`${START}?return_to=${encodeURIComponent(returnTo)}`);
  const location = answer.headers.get('location') ?? '';
  const cookie = cookieIn(answer, 'tenuto_login');
  return { answer, location, cookie: cookie.split(';')[0] ?? '', set: cookie };
}

const back = (query: Record<string, string>) => `${CALLBACK}?${new URLSearchParams(query)}`;

describe('signing in by a provider', () => {
  it('leads there and back, and ends with a session of who was let in', async () => {
    provider.state.claims = {
      sub: 'ada',
      email: 'ada@a.example',
      scope: 'jobs:read',
      teams: ['qa'],
    };
    const { answer, location, cookie, set } = await begin();
    expect(answer.status).toBe(302);
    expect(set).toContain('HttpOnly; SameSite=Lax');
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(
      'https://tenuto.example/api/v1/auth/oidc/callback',
    );
    const done = await open(back({ ...provider.authorize(location), session_state: 'x' }), cookie);
    expect([done.status, done.headers.get('location')]).toEqual([302, '/runs']);
    const session = cookieIn(done, 'tenuto_session').split(';')[0] ?? '';
    const me = await open('/api/v1/agents/me', session);
    expect(me.body).toMatchObject({ principal: 'user:ada', via: 'session', scopes: ['jobs:read'] });
    expect(me.body.teams).toEqual(['qa']);
    expect((await open('/api/v1/auth/session', session)).body.csrf_token).toBeTypeOf('string');
    expect(cookieIn(done, 'tenuto_login')).toContain('Max-Age=0');
  });

  it('is refused when it is not the one that this browser has begun', async () => {
    const [mine, other] = [await begin(), await begin()];
    const signed = provider.authorize(mine.location);
    for (const [query, cookie] of [
      [signed, ''],
      [signed, other.cookie],
      [{ ...signed, state: '' }, mine.cookie],
      [{ code: signed.code }, mine.cookie],
      [{ ...signed, state: `${signed.state}x` }, mine.cookie],
      [{ state: signed.state, error: 'access_denied' }, mine.cookie],
      [signed, `${mine.cookie}A`],
    ] as const) {
      const { status, headers } = await open(back(query), cookie);
      expect([query, status, headers.getSetCookie()]).toEqual([query, 401, []]);
    }
    expect((await open(back(signed), mine.cookie)).status).toBe(302);
    expect((await open(back(signed), mine.cookie)).status).toBe(401);
  });

  it('leads people who were refused to a page that says why, where they had begun', async () => {
    const { location, cookie } = await begin('/tasks?kind=cron#top');
    const { state } = provider.authorize(location);
    const asPage = (query: Record<string, string>, given: string) =>
      api.call(back(query), {
        token: null,
        headers: { accept: 'text/html,*/*;q=0.8', ...(given && { cookie: given }) },
      });
    const led = async (query: Record<string, string>, given: string) => {
      const { status, headers } = await asPage(query, given);
      return [status, headers.get('location'), headers.getSetCookie()];
    };
    const denied = { state, error: 'access_denied' };
    expect(await led(denied, cookie)).toEqual([302, '/tasks?kind=cron&sign_in=provider', []]);
    expect(await led({ state: 'other', code: 'x' }, cookie)).toEqual([
      302,
      '/?sign_in=foreign',
      [],
    ]);
    expect(await led({ state, code: 'x' }, '')).toEqual([302, '/?sign_in=late', []]);
    expect(await led({ state, code: 'x' }, cookie)).toEqual([302, '/?sign_in=code', []]);
  });

  it('is told to everybody, with the name of the provider', async () => {
    const { status, body } = await open('/api/v1/auth/methods');
    expect([status, body]).toEqual([200, { token: true, oidc: { name: null } }]);
  });

  it('is refused when the code is of another one: PKCE', async () => {
    const [mine, other] = [await begin(), await begin()];
    const { state } = provider.authorize(mine.location);
    const { code } = provider.authorize(other.location);
    expect((await open(back({ code, state }), mine.cookie)).status).toBe(401);
  });

  it.each([
    ['of another sign-in', { nonce: 'other' }],
    ['for another client', { aud: 'other' }],
  ])('is refused when the id token is %s', async (_, lie) => {
    provider.state.lie = lie;
    const { location, cookie } = await begin();
    expect((await open(back(provider.authorize(location)), cookie)).status).toBe(401);
    provider.state.lie = {};
  });

  it.each([
    'https://a.example/',
    '//a.example',
    '/\\a.example',
    'runs',
    '/a\nb',
    '',
  ])('leads back to no other site: %j', async (returnTo) => {
    expect((await begin(returnTo)).answer.status).toBe(400);
  });
});
