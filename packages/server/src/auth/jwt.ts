import { SCOPES } from '@tenuto/contract';
import type { Clock } from '@tenuto/engine';
import { isPlainText } from '../http/text.ts';
import type { JwsVerifier } from './jws.ts';
import type { Principal } from './principal.ts';

interface JwtOptions {
  readonly verify: JwsVerifier;
  readonly clock: Pick<Clock, 'wall'>;
  readonly issuer?: string;
  readonly audience?: string;
}

/** How far ahead the issuer's clock may be, in seconds. An expiry is never stretched. */
const CLOCK_TOLERANCE_S = 5;
const SUBJECT_CHARS = 255;

/** Makes the function that turns a JWT into its principal, or undefined when it proves nothing. */
export function createJwtReader(options: JwtOptions) {
  return async function read(token: string): Promise<Principal | undefined> {
    const payload = await options.verify(token);
    const claims = payload && claimsOf(payload);
    if (claims === undefined || !areInForce(claims, options)) return undefined;
    return principalOf(claims);
  };
}

export type JwtReader = ReturnType<typeof createJwtReader>;

type Claims = ReadonlyMap<string, unknown>;

function claimsOf(payload: Uint8Array): Claims | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return new Map(Object.entries(value));
  } catch {
    return undefined;
  }
}

function areInForce(claims: Claims, { clock, issuer, audience }: JwtOptions): boolean {
  const now = clock.wall() / 1000;
  const expires = claims.get('exp');
  if (!isDate(expires) || expires <= now) return false;
  for (const name of ['nbf', 'iat']) {
    const from = claims.get(name);
    if (from !== undefined && (!isDate(from) || from > now + CLOCK_TOLERANCE_S)) return false;
  }
  if (issuer !== undefined && claims.get('iss') !== issuer) return false;
  return audience === undefined || isFor(claims.get('aud'), audience);
}

function isDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isFor(audiences: unknown, wanted: string): boolean {
  return Array.isArray(audiences) ? audiences.includes(wanted) : audiences === wanted;
}

function principalOf(claims: Claims): Principal | undefined {
  const subject = claims.get('sub');
  const scope = claims.get('scope') ?? '';
  const email = claims.get('email');
  if (typeof subject !== 'string' || subject === '' || subject.length > SUBJECT_CHARS) {
    return undefined;
  }
  // RFC 8693: one string, names apart by spaces. A list is another vocabulary; refusing it is
  // safer than guessing.
  if (!isPlainText(subject) || typeof scope !== 'string') return undefined;
  const asked = new Set(scope.split(' '));
  return {
    owner: subject,
    actor: subject,
    ...(typeof email === 'string' && { email }),
    scopes: new Set(SCOPES.filter((name) => asked.has(name))),
    via: 'jwt',
  };
}
