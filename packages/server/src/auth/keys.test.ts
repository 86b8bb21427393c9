import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createJwsVerifier } from './jws.ts';
import { openKeys } from './keys.ts';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
const token = await new SignJWT({ sub: 'ann' })
  .setProtectedHeader({ alg: 'ES256', kid: 'k' })
  .sign(privateKey);

/** An issuer that a test directs. */
async function provider(say: (issuer: string) => object) {
  const asked: string[] = [];
  const state = { down: false };
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (state.down) response.writeHead(503).end();
    else {
      const body = request.url === '/keys' ? { keys: [jwk] } : say(issuer);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { issuer, asked, state };
}

const time = { now: 0 };
const clock = { mono: () => time.now };

async function judge(issuer: string) {
  const keys = await openKeys({ issuer }, clock);
  if (keys === undefined) throw new Error('no keys');
  const verify = createJwsVerifier(keys);
  return async () => (await verify(token)) !== undefined;
}

describe('the keys of an issuer', () => {
  it('are found where it says, once', async () => {
    const { issuer, asked } = await provider((own) => ({ issuer: own, jwks_uri: `${own}/keys` }));
    const good = await judge(issuer);
    expect(asked).toEqual([]);
    expect([await good(), await good()]).toEqual([true, true]);
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are asked for again in a while when it could not be asked', async () => {
    const { issuer, asked, state } = await provider((own) => ({
      ...{ issuer: own, jwks_uri: `${own}/keys` },
    }));
    state.down = true;
    const good = await judge(issuer);
    expect([await good(), await good()]).toEqual([false, false]);
    expect(asked).toHaveLength(1);
    state.down = false;
    time.now += 10_000;
    expect(await good()).toBe(true);
  });

  it.each<[string, (own: string) => object]>([
    ['speaks for another', () => ({ issuer: 'https://a.invalid', jwks_uri: 'https://a.invalid/' })],
    ['names none', (issuer) => ({ issuer })],
    ['names a file', (issuer) => ({ issuer, jwks_uri: 'file:///etc/passwd' })],
    ['is no object', () => []],
  ])('are not taken when it %s', async (_, say) => {
    time.now += 60_000;
    const { issuer } = await provider(say);
    expect(await (await judge(issuer))()).toBe(false);
  });
});
