import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet } from 'jose';
import type { JwtSettings } from '../settings.ts';
import type { JwsKeys } from './jws.ts';

/** An issuer that does not answer must not hold requests up. */
const FETCH_TIMEOUT_MS = 3_000;

/**
 * The keys that JWTs are checked with; undefined when none are configured.
 * @throws when a local key set cannot be read
 */
export async function openKeys({ secret, jwksUrl }: JwtSettings): Promise<JwsKeys | undefined> {
  if (secret !== undefined) return { kind: 'secret', secret: Buffer.from(secret, 'utf8') };
  if (jwksUrl === undefined) return undefined;
  const url = new URL(jwksUrl);
  if (url.protocol !== 'file:') {
    const find = createRemoteJWKSet(url, { timeoutDuration: FETCH_TIMEOUT_MS });
    return { kind: 'public', find };
  }
  const set: unknown = JSON.parse(await readFile(fileURLToPath(url), 'utf8'));
  if (!isKeySet(set)) throw new Error(`JWT_JWKS_URL: ${jwksUrl} holds no key set.`);
  return { kind: 'public', find: createLocalJWKSet(set) };
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return (
    typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)
  );
}
