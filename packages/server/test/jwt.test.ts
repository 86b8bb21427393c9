import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenReader } from '../src/auth/api-tokens.ts';
import { createJwsVerifier } from '../src/auth/jws.ts';
import { createJwtReader } from '../src/auth/jwt.ts';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { systemClock } from '../src/system-clock.ts';
import { addLive } from './rows.ts';
import { ADMIN, type CallInit, JOBS, startApi, startOwnApi, type TestApi } from './server.ts';

const SECRET = 'Zx8nQ2vR5tY7wK1mP4sL6dF9gH3jC0bV';
const ISSUER = 'https://issuer.example';
const AUDIENCE = 'tenuto';

const reader = createJwtReader({
  verify: createJwsVerifier({ kind: 'secret', secret: Buffer.from(SECRET) }),
  clock: systemClock,
  issuer: ISSUER,
  audience: AUDIENCE,
});

let api: TestApi;
beforeAll(async () => {
  const rateLimits = { ...DEFAULT_RATE_LIMITS, failures: Number.MAX_SAFE_INTEGER };
  api = await startApi({ readers: { token: async () => undefined, jwt: reader }, rateLimits });
});
afterAll(() => api[Symbol.asyncDispose]());

function part(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function hs256(header: string, payload: string, key: string | Uint8Array = SECRET): string {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

type Claims = Record<string, unknown>;

function validClaims(): Claims {
  const now = Math.floor(Date.now() / 1000);
  const scope = 'jobs:read jobs:write';
  return { sub: 'ann', iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 600, scope };
}

function token(claims: Claims = {}, header: Claims = { alg: 'HS256', typ: 'JWT' }): string {
  return hs256(JSON.stringify(header), JSON.stringify({ ...validClaims(), ...claims }));
}

async function statusOf(bearer: string): Promise<number> {
  return (await api.call(JOBS, { token: bearer })).status;
}

describe('a JWT', () => {
  it('lets its subject in, with the scopes it names', async () => {
    expect(await statusOf(token())).toBe(200);
    const denied = await api.call(JOBS, { token: token({ scope: 'tasks:read' }) });
    expect(denied.status).toBe(403);
    expect(denied.headers.get('www-authenticate')).toContain('scope="jobs:read"');
    const health = await api.call('/health', { token: token() });
    expect(health.body.authenticated_user).toBe('user:ann');
  });

  it.each<[string, Claims]>([
    ['without an expiry', { exp: undefined }],
    ['expired this second', { exp: Math.floor(Date.now() / 1000) }],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1000) + 300 }],
    ['issued in the future', { iat: Math.floor(Date.now() / 1000) + 300 }],
    ['of another issuer', { iss: ISSUER.toUpperCase() }],
    ['for somebody else', { aud: ['x', 'y'] }],
    ['for nobody', { aud: undefined }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['with a subject that cannot be stored', { sub: 'a\0b' }],
    ['with scopes in a list', { scope: ['admin'] }],
  ])('%s is refused', async (_, claims) => {
    expect(await statusOf(token(claims))).toBe(401);
  });

  it('owns what it makes under a name of users, whoever its issuer says that it is', async () => {
    const own = await startOwnApi({ readers: { token: async () => undefined, jwt: reader } });
    await addLive(own.pool, { owner: 'admin' });
    await addLive(own.pool, { owner: 'ann' });
    await addLive(own.pool, { owner: 'user:ann' });
    const list = (sub: string) => own.call(JOBS, { token: token({ sub }) });
    expect((await list('ann')).body.total).toBe(1);
    for (const sub of ['admin', 'ADMIN', 'user:ann', 'agent:x', 'team:x']) {
      expect([sub, (await list(sub)).status]).toEqual([sub, 401]);
    }
    expect((await list(`${'x'.repeat(250)}`)).status).toBe(200);
    expect((await list(`${'x'.repeat(251)}`)).status).toBe(401);
  });

  it('may own under its bare name where the operator says so, but not as the administrator', async () => {
    const bare = createJwtReader({
      verify: createJwsVerifier({ kind: 'secret', secret: Buffer.from(SECRET) }),
      ...{ clock: systemClock, subjectPrefix: '' },
    });
    expect((await bare(token()))?.owner).toBe('ann');
    expect(await bare(token({ sub: 'admin' }))).toBeUndefined();
  });

  it('may be for several, and gains nothing by scopes that do not exist', async () => {
    expect(await statusOf(token({ aud: ['x', AUDIENCE] }))).toBe(200);
    expect(await statusOf(token({ scope: 'everything' }))).toBe(403);
    expect(await statusOf(token({ role: 'admin', admin: true, scope: '' }))).toBe(403);
  });

  it('is taken from the Authorization header and from nowhere else', async () => {
    const good = token();
    expect((await api.call(`${JOBS}?access_token=${good}`, { token: null })).status).toBe(401);
    const headers = { 'x-api-key': good, cookie: `token=${good}` };
    expect((await api.call(JOBS, { token: null, headers })).status).toBe(401);
    const basic = { authorization: `Basic ${good}` };
    expect((await api.call(JOBS, { token: null, headers: basic })).status).toBe(401);
  });
});

interface Attack {
  readonly id: string;
  readonly expect: string;
  readonly precondition?: string;
  readonly build: {
    readonly header?: Claims;
    readonly claims?: 'valid' | Claims;
    readonly signature?: string;
    readonly token?: string;
  };
}

const file = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input/jwt-attacks.json');

describe.skipIf(!existsSync(file))('the JWT attacks', () => {
  const { cases }: { cases: readonly Attack[] } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { cases: [] };
  it.each(cases.map((attack) => ({ ...attack })))('$id', async (attack) => {
    if (attack.id === 'claim-jti-replayed-after-revoke') return; // nothing revokes a JWT yet
    const init =
      attack.build.token === undefined ? await built(attack) : formed(attack.build.token);
    const { status } = await api.call(init.path ?? JOBS, init);
    if (attack.expect.startsWith('accept')) expect(status).toBe(200);
    else if (/^documented/.test(attack.expect)) expect([200, 401, 403]).toContain(status);
    else expect([400, 401]).toContain(status);
    expect(Object.hasOwn(Object.prototype, 'role')).toBe(false);
  });
});

if (!existsSync(file)) console.warn('skipped the JWT attacks: their file is not here');

type Sent = CallInit & { readonly path?: string };

async function built({ build }: Attack): Promise<Sent> {
  const { header = {}, claims = 'valid', signature = '' } = build;
  const head = JSON.stringify(header, (_, value) =>
    typeof value?.repeat === 'string' ? value.repeat.repeat(value.times) : value,
  );
  const payload = payloadOf(claims);
  if (/RS256 attacker/.test(signature)) {
    const { privateKey } = await generateKeyPair('RS256');
    const signer = new SignJWT(validClaims()).setProtectedHeader({ ...header, alg: 'RS256' });
    return { token: await signer.sign(privateKey) };
  }
  if (/^empty$/.test(signature)) return { token: `${part(head)}.${part(payload)}.` };
  if (signature === 'x') return { token: `${part(head)}.${part(payload)}.x` };
  const unencoded = /unencoded payload/.test(signature);
  if (unencoded) {
    const mac = createHmac('sha256', SECRET)
      .update(`${part(head)}.${payload}`)
      .digest('base64url');
    return { token: `${part(head)}.${part(payload)}.${mac}` };
  }
  const altered =
    build.claims !== 'valid' && /role/.test(JSON.stringify(claims)) && head.includes('HS256');
  const made = hs256(head, payload, await keyOf(signature));
  if (altered && !('raw' in Object(claims))) {
    const [h, , s] = made.split('.');
    return {
      token: `${h}.${part(JSON.stringify({ ...validClaims(), role: 'admin', x: 1 }))}.${s}`,
    };
  }
  return { token: made };
}

async function keyOf(signature: string): Promise<string> {
  const named = /key '([^']+)'/.exec(signature)?.[1];
  if (named !== undefined) return named;
  if (/PEM/.test(signature)) {
    const pem = await exportSPKI((await generateKeyPair('RS256', { extractable: true })).publicKey);
    return /without/.test(signature) ? pem.trim() : `${pem.trim()}\n`;
  }
  return /empty key|attackerkey/.test(signature) ? 'attackerkey' : SECRET;
}

function payloadOf(claims: 'valid' | Claims): string {
  if (claims === 'valid') return JSON.stringify(validClaims());
  if (typeof claims.raw === 'string') return claims.raw;
  const { remove, ...changes } = claims;
  const now = Math.floor(Date.now() / 1000);
  const read = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && 'relative_to_now_s' in value
      ? now + Number(value.relative_to_now_s)
      : typeof value === 'string' && value.startsWith('<EXPECTED')
        ? ISSUER.toUpperCase()
        : value;
  const changed = Object.entries(changes).map(([name, value]) => [name, read(value)]);
  const all: Claims = { ...validClaims(), ...Object.fromEntries(changed) };
  if (typeof remove === 'string') delete all[remove];
  return JSON.stringify(all);
}

/** Tokens that are wrong in their form. */
function formed(form: string): Sent {
  const good = token();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const bearer = (text: string): Sent => ({
    token: null,
    headers: { authorization: `Bearer ${text}` },
  });
  if (/access_token/.test(form)) return { token: null, path: `${JOBS}?access_token=${good}` };
  if (/X-API-Key/.test(form)) return { token: null, headers: { 'x-api-key': good } };
  if (/^Basic/.test(form)) return { token: null, headers: { authorization: `Basic ${good}` } };
  if (/n-1/.test(form)) return { token: ADMIN.slice(0, -1) };
  if (/expired/.test(form)) return { token: token({ exp: 1 }) };
  if (/API token/.test(form)) return { token: ADMIN };
  if (/BOM/.test(form)) return { token: hs256('\ufeff{"alg":"HS256"}', payloadOf('valid')) };
  if (/^header\.payload$/.test(form)) return { token: `${header}.${payload}` };
  if (/unused trailing bits/.test(form)) {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = letters[letters.indexOf(good.at(-1) ?? '') ^ 1];
    return { token: good.slice(0, -1) + last };
  }
  if (/r=s=0/.test(form)) {
    return {
      token: `${part('{"alg":"ES256"}')}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
    };
  }
  if (/JSON serialisation/.test(form)) {
    return bearer(JSON.stringify({ protected: header, payload, signature }));
  }
  if (/two Authorization/.test(form)) return bearer(`${good}, Bearer ${good}`);
  if (/inside/.test(form)) return bearer(`${header} .${payload}.${signature}`);
  if (/\\n/.test(form)) return bearer(`${good} x`);
  return bearer('');
}

describe('an API token beside JWTs', () => {
  it('is refused when it is only the beginning of one', async () => {
    const both = await startOwnApi();
    const read = createTokenReader({
      clock: systemClock,
      tokens: { candidates: async () => [], seen: async () => {} },
    });
    expect(await read('anything')).toBeUndefined();
    expect((await both.call(JOBS, { token: ADMIN.slice(0, -1) })).status).toBe(401);
    expect((await both.call(JOBS, { token: `${ADMIN}x` })).status).toBe(401);
  });
});
