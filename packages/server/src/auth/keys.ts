import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@tenuto/engine';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import type { JwtSettings } from '../settings-sign-in.ts';
import { discover } from './discovery.ts';
import type { JwsKeys } from './jws.ts';

/** An issuer that does not answer must not hold requests up. */
const FETCH_TIMEOUT_MS = 3_000;

/**
 * The keys that JWTs are checked with; undefined when none are configured. With an issuer alone, it is
 * asked where they are (OpenID Connect Discovery), when the first JWT comes.
 * @throws when a local key set cannot be read
 */
export async function openKeys(
  { secret, jwksUrl, issuer }: JwtSettings,
  clock: Pick<Clock, 'mono'>,
): Promise<JwsKeys | undefined> {
  if (secret !== undefined) return { kind: 'secret', secret: Buffer.from(secret, 'utf8') };
  if (jwksUrl === undefined) {
    return issuer === undefined ? undefined : { kind: 'public', find: findOf(issuer, clock) };
  }
  const url = new URL(jwksUrl);
  if (url.protocol !== 'file:') return { kind: 'public', find: remoteSet(url) };
  const set: unknown = JSON.parse(await readFile(fileURLToPath(url), 'utf8'));
  if (!isKeySet(set)) throw new Error(`JWT_JWKS_URL: ${jwksUrl} holds no key set.`);
  return { kind: 'public', find: createLocalJWKSet(set) };
}

function remoteSet(url: URL): JWTVerifyGetKey {
  return createRemoteJWKSet(url, { timeoutDuration: FETCH_TIMEOUT_MS });
}

/** Nobody who cannot be asked is asked more than once in so long. */
const ASK_AGAIN_MS = 10_000;

function findOf(issuer: string, clock: Pick<Clock, 'mono'>): JWTVerifyGetKey {
  let set: Promise<JWTVerifyGetKey> | undefined;
  let askAt = 0;
  return async (header, token) => {
    if (set === undefined) {
      if (clock.mono() < askAt) throw new Error(`${issuer} could not be asked for its keys`);
      askAt = clock.mono() + ASK_AGAIN_MS;
      const asked = discover(issuer, FETCH_TIMEOUT_MS).then(({ jwksUrl }) => remoteSet(jwksUrl));
      asked.catch(() => {
        set = undefined;
      });
      set = asked;
    }
    return (await set)(header, token);
  };
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return (
    typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)
  );
}
