import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createJwsVerifier, type JwsKeys } from './jws.ts';

const secret = Buffer.from('0b9f1c6e7d5a4f3e2d1c0b9a8f7e6d5c');

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  );
}

function signed(header: unknown, payload: unknown, key: Uint8Array = secret): string {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

describe('a JWS under a secret', () => {
  const verify = createJwsVerifier({ kind: 'secret', secret });
  const judge = async (token: string) => (await verify(token)) !== undefined;

  it('proves its payload', async () => {
    const payload = await verify(signed({ alg: 'HS256', typ: 'JWT' }, { sub: 'ann' }));
    expect(JSON.parse(Buffer.from(payload ?? []).toString())).toEqual({ sub: 'ann' });
  });

  it.each([
    ['no algorithm', { typ: 'JWT' }],
    ['none', { alg: 'none' }],
    ['an algorithm in other letters', { alg: 'hs256' }],
    ['a list of algorithms', { alg: ['HS256'] }],
    ['an extension', { alg: 'HS256', crit: ['b64'], b64: false }],
    ['an empty list of extensions', { alg: 'HS256', crit: [] }],
    ['a key of its own', { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }],
    ['the address of a key', { alg: 'HS256', jku: 'https://a.invalid/' }],
    ['the address of a certificate', { alg: 'HS256', x5u: 'https://a.invalid/' }],
    ['a key id that is no text', { alg: 'HS256', kid: { $ne: null } }],
    ['an endless key id', { alg: 'HS256', kid: 'a'.repeat(10_000) }],
    ['another type', { alg: 'HS256', typ: 'secevent+jwt' }],
  ])('is refused with %s in its header', async (_, header) => {
    expect(await judge(signed(header, { sub: 'ann' }))).toBe(false);
  });

  it('may be an access token as RFC 9068 has them', async () => {
    expect(await judge(signed({ alg: 'HS256', typ: 'at+jwt' }, {}))).toBe(true);
  });

  it('is refused under another key, an empty one included', async () => {
    expect(await judge(signed({ alg: 'HS256' }, {}, Buffer.from('another')))).toBe(false);
    expect(await judge(signed({ alg: 'HS256' }, {}, Buffer.alloc(0)))).toBe(false);
  });

  it('has one spelling', async () => {
    const token = signed({ alg: 'HS256' }, { sub: 'ann' });
    const last = token.at(-1) ?? '';
    const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    for (const other of others.filter((letter) => letter !== last)) {
      expect(await judge(token.slice(0, -1) + other)).toBe(false);
    }
    for (const odd of [
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      token.replace('.', '..'),
      '',
      '..',
    ]) {
      expect(await judge(odd)).toBe(false);
    }
    expect(await judge(token.split('.').slice(0, 2).join('.'))).toBe(false);
  });

  it('has no mark of byte order before its header', async () => {
    expect(await judge(signed('\ufeff{"alg":"HS256"}', {}))).toBe(false);
  });
});

describe('a JWS under public keys', () => {
  it('is refused when it is signed with the public key as if that were a secret', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'a', alg: 'RS256' };
    const verify = createJwsVerifier({ kind: 'public', find: createLocalJWKSet({ keys: [jwk] }) });
    const good = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'a' })
      .sign(privateKey);
    expect(await verify(good)).toBeDefined();
    const text = JSON.stringify(jwk);
    for (const key of [text, jwk.n ?? '', '']) {
      expect(
        await verify(signed({ alg: 'HS256', kid: 'a' }, {}, Buffer.from(key))),
      ).toBeUndefined();
    }
  });
});

interface Group {
  readonly comment: string;
  readonly private?: JWK;
  readonly public?: JWK;
  readonly tests: readonly { tcId: number; comment: string; jws: string; result: string }[];
}

/** Valid is not enough: of an algorithm that is taken, the one of its key, in base64url alone. */
function isOurs(jws: string, key: JWK | undefined): boolean {
  if (!/^[\w-]+\.[\w-]*\.[\w-]+$/.test(jws)) return false;
  const { alg } = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());
  return alg === key?.alg && /^(HS256|[RPE]S(256|384|512)|EdDSA)$/.test(alg);
}

const file = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input/wycheproof-jws.json.gz');

describe.skipIf(!existsSync(file))('the Wycheproof signatures', () => {
  const groups: readonly Group[] = existsSync(file)
    ? JSON.parse(gunzipSync(readFileSync(file)).toString()).testGroups
    : [];
  const all = groups.flatMap(({ tests }) => tests);
  const invalid = new Set(all.filter((row) => row.result !== 'valid').map(({ jws }) => jws));
  const contested = new Set(
    all.filter((row) => row.result === 'valid' && invalid.has(row.jws)).map(({ jws }) => jws),
  );
  for (const [index, group] of groups.entries()) {
    const jwk = group.public ?? group.private;
    const keys: JwsKeys =
      jwk?.kty === 'oct'
        ? { kind: 'secret', secret: Buffer.from(jwk.k ?? '', 'base64url') }
        : { kind: 'public', find: createLocalJWKSet({ keys: jwk === undefined ? [] : [jwk] }) };
    const verify = createJwsVerifier(keys);
    it.each(
      group.tests.map((row) => ({ ...row })),
    )(`group ${index} ${group.comment}: $tcId $comment`, async ({ jws, result }) => {
      // One token stands in the file as valid and as invalid.
      if (contested.has(jws)) return;
      const payload = await verify(jws);
      if (result !== 'valid') expect(payload).toBeUndefined();
      else if (isOurs(jws, jwk)) expect(payload).toBeDefined();
    });
  }
});

if (!existsSync(file)) console.warn('skipped the Wycheproof signatures: their file is not here');
