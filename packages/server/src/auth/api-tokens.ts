import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuditEntry, Clock, NewToken, Random, TokenRecord, TokenStore } from '@tenuto/engine';
import type { Principal } from './principal.ts';

interface TokenOptions {
  readonly tokens: Pick<TokenStore, 'candidates' | 'seen'>;
  readonly clock: Pick<Clock, 'mono'>;
}

/** A revoked token is refused after at most this long, in every server. */
const REMEMBERED_MS = 5_000;
/** What a server has noted of a token it does not note again for so long. */
const NOTED_MS = 60_000;
/** Tokens remembered at once; more only cost a query each. */
const REMEMBERED = 10_000;

/** Makes the function that finds the principal of an API token by its hash, or undefined. */
export function createHashReader({ tokens, clock }: TokenOptions) {
  const known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  const note = createNoter({ tokens, clock });
  return async function read(hash: Uint8Array): Promise<Principal | undefined> {
    const key = Buffer.from(hash).toString('base64');
    const remembered = known.get(key);
    if (remembered !== undefined && remembered.until > clock.mono()) return remembered.principal;
    known.delete(key);
    const until = clock.mono() + REMEMBERED_MS;
    const candidates = await tokens.candidates(hash);
    const found = candidates.find((candidate) => isSame(candidate.hash, hash));
    if (found === undefined) return undefined;
    const principal = principalOf(found);
    note(found);
    // Whether an agent is active is asked for at every request.
    if (found.agentId !== null) return principal;
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, { principal, until });
    return principal;
  };
}

/** Notes now and then that a token was let in; the request that it came with does not wait for that. */
function createNoter({ tokens, clock }: TokenOptions): (found: TokenRecord) => void {
  const until = new Map<string, number>();
  return ({ tokenId, agentId }) => {
    if ((until.get(tokenId) ?? 0) > clock.mono()) return;
    if (until.size >= REMEMBERED) until.clear();
    until.set(tokenId, clock.mono() + NOTED_MS);
    tokens.seen({ tokenId, agentId }).catch(() => until.delete(tokenId));
  };
}

export type HashReader = ReturnType<typeof createHashReader>;

/** Makes the function that finds the principal of an API token, or undefined. */
export function createTokenReader(options: TokenOptions) {
  const read = createHashReader(options);
  return (token: string): Promise<Principal | undefined> => read(hashOf(token));
}

function principalOf(found: TokenRecord): Principal {
  return {
    owner: found.subject,
    actor: found.subject,
    scopes: new Set(found.scopes),
    via: found.isAccess ? 'access' : 'token',
    short: found.isAccess,
    teams: found.teams,
    ...(found.agentId !== null && { agentId: found.agentId }),
    ...(found.expiresAt !== null && { expiresAt: found.expiresAt }),
  };
}

export type TokenReader = ReturnType<typeof createTokenReader>;

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Compares in a time that says nothing about where two differ. */
export function isSame(stored: Uint8Array, given: Uint8Array): boolean {
  return stored.length === given.length && timingSafeEqual(stored, given);
}

interface FirstTokenOptions {
  readonly tokens: Pick<TokenStore, 'preset' | 'createFirst'>;
  /** The token that is made on an empty store: the same for every try, so that none gets lost. */
  readonly token: string;
  /** A token that the operator has chosen, for automation. */
  readonly preset: string | undefined;
}

/** Random, 256 bits. */
export function newToken(random: Pick<Random, 'bytes'>, prefix: string): string {
  return `${prefix}_${Buffer.from(random.bytes(32)).toString('base64url')}`;
}

/**
 * Sees to it that an administrator can come in: by the preset token, or, on an empty store, by the
 * token that is given. It may be done again when the reply was lost.
 * @returns whether the given token is the administrator's
 */
export async function ensureAdminToken(options: FirstTokenOptions): Promise<boolean> {
  const { tokens, token, preset } = options;
  if (preset === undefined) return tokens.createFirst(adminToken(token, 'first'));
  await tokens.preset(adminToken(preset, 'TENUTO_ADMIN_TOKEN'));
  return false;
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
    hint: hintOf(token),
    subject: 'admin',
    name,
    scopes: ['admin'],
    audit,
  };
}

/** The end of a secret: enough to know it again, and no help to guess it. */
export function hintOf(secret: string): string {
  return `…${secret.slice(-4)}`;
}
