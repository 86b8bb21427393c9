import { SCOPES } from '@tenuto/contract';
import type { Clock } from '@tenuto/engine';
import { isPlainText } from '../http/text.ts';
import type { JwsVerifier } from './jws.ts';
import { isReservedName, type Principal, USER_PREFIX } from './principal.ts';

interface JwtOptions {
  readonly verify: JwsVerifier;
  readonly clock: Pick<Clock, 'wall'>;
  readonly issuer?: string;
  readonly audience?: string;
  /** What the subject's things are owned as begins with this; `user:` unless it says otherwise. */
  readonly subjectPrefix?: string;
  /** Teams that a subject is in beside those that its JWT names. */
  readonly teamsOf?: (subject: string) => Promise<readonly string[]>;
}

/** How far ahead the issuer's clock may be, in seconds. An expiry is never stretched. */
const CLOCK_TOLERANCE_S = 5;
const OWNER_CHARS = 255;

/** Makes the function that turns a JWT into its principal, or undefined when it proves nothing. */
export function createJwtReader(options: JwtOptions) {
  return async function read(token: string): Promise<Principal | undefined> {
    const payload = await options.verify(token);
    const claims = payload && claimsOf(payload);
    if (claims === undefined || !areInForce(claims, options)) return undefined;
    const principal = principalOf(claims, options.subjectPrefix ?? USER_PREFIX);
    if (principal === undefined) return undefined;
    const more = (await options.teamsOf?.(principal.owner)) ?? [];
    return { ...principal, teams: [...new Set([...principal.teams, ...more])] };
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

function principalOf(claims: Claims, prefix: string): Principal | undefined {
  const subject = claims.get('sub');
  const scope = claims.get('scope') ?? '';
  const email = claims.get('email');
  if (typeof subject !== 'string' || subject === '') return undefined;
  const owner = prefix + subject;
  if (owner.length > OWNER_CHARS) return undefined;
  // RFC 8693: one string, names apart by spaces. A list is another vocabulary; refusing it is
  // safer than guessing.
  if (!isPlainText(subject) || typeof scope !== 'string' || isReservedName(subject)) {
    return undefined;
  }
  const expires = claims.get('exp');
  const asked = new Set(scope.split(' '));
  return {
    owner,
    actor: owner,
    ...(typeof email === 'string' && { email }),
    scopes: new Set(SCOPES.filter((name) => asked.has(name))),
    via: 'jwt',
    teams: teamsIn(claims),
    ...(isDate(expires) && { expiresAt: expires * 1000 }),
  };
}

const TEAM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const TEAMS = 100;

/** The names in the list; what cannot be the name of a team here shares nothing. */
function teamsIn(claims: Claims): readonly string[] {
  const teams = claims.get('teams');
  if (!Array.isArray(teams)) return [];
  return teams
    .filter((team): team is string => typeof team === 'string' && TEAM.test(team))
    .slice(0, TEAMS);
}
