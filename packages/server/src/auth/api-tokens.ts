import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuditEntry, Clock, NewToken, Random, TokenStore } from '@tenuto/engine';
import type { Principal } from './principal.ts';

interface TokenOptions {
  readonly tokens: TokenStore;
  readonly clock: Pick<Clock, 'mono'>;
}

/** A revoked token is refused after at most this long, in every server. */
const REMEMBERED_MS = 5_000;
/** Tokens remembered at once; more only cost a query each. */
const REMEMBERED = 10_000;

/** Makes the function that finds the principal of an API token, or undefined. */
export function createTokenReader({ tokens, clock }: TokenOptions) {
  const known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  return async function read(token: string): Promise<Principal | undefined> {
    const hash = hashOf(token);
    const key = hash.toString('base64');
    const remembered = known.get(key);
    if (remembered !== undefined && remembered.until > clock.mono()) return remembered.principal;
    known.delete(key);
    const until = clock.mono() + REMEMBERED_MS;
    const candidates = await tokens.candidates(hash);
    const found = candidates.find((candidate) => isSame(candidate.hash, hash));
    if (found === undefined) return undefined;
    const principal: Principal = {
      owner: found.subject,
      actor: found.subject,
      scopes: new Set(found.scopes),
      via: 'token',
    };
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, { principal, until });
    return principal;
  };
}

export type TokenReader = ReturnType<typeof createTokenReader>;

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

function isSame(stored: Uint8Array, given: Uint8Array): boolean {
  return stored.length === given.length && timingSafeEqual(stored, given);
}

interface FirstTokenOptions {
  readonly tokens: TokenStore;
  readonly random: Pick<Random, 'bytes'>;
  /** A token that the operator has chosen, for automation. */
  readonly preset: string | undefined;
}

/**
 * Sees to it that an administrator can come in: by the preset token, or, on an empty store, by a
 * random one.
 * @returns the random token, to be shown once
 */
export async function ensureAdminToken(options: FirstTokenOptions): Promise<string | undefined> {
  const { tokens, random, preset } = options;
  if (preset !== undefined) {
    await tokens.preset(adminToken(preset, 'TENUTO_ADMIN_TOKEN'));
    return undefined;
  }
  const token = `tnt_${Buffer.from(random.bytes(32)).toString('base64url')}`;
  return (await tokens.createFirst(adminToken(token, 'first'))) ? token : undefined;
}

function adminToken(token: string, name: string): NewToken {
  const audit: AuditEntry = {
    actor: 'system',
    action: 'token.created',
    subject: 'admin',
    details: { name, scopes: ['admin'] },
  };
  return {
    hash: hashOf(token),
    hint: `…${token.slice(-4)}`,
    subject: 'admin',
    name,
    scopes: ['admin'],
    audit,
  };
}
