import {
  type Me,
  OrchestrationError,
  SCOPES,
  type TokenGrant,
  type TokenRequest,
} from '@tenuto/contract';
import type { Random, TokenStore } from '@tenuto/engine';
import { hashOf, isSame, newToken } from '../auth/api-tokens.ts';
import type { Failures } from '../auth/failures.ts';
import { agentOwner, type Caller } from '../auth/principal.ts';
import { type AgentParts, agentView } from './agents.ts';

export interface AgentAuthParts extends AgentParts {
  readonly tokens: Pick<TokenStore, 'usable' | 'grant' | 'refresh' | 'revokeFamily'>;
  readonly random: Pick<Random, 'bytes'>;
  readonly failures: Failures;
}

/** Short, so that what is stolen is soon worth nothing. */
const ACCESS_MS = 10 * 60_000;
const REFRESH_MS = 30 * 24 * 3_600_000;

/** From where a request comes that nobody has vouched for. */
export interface Stranger {
  /** What failures are counted by. */
  readonly address: string;
  readonly requestId: string;
}

/**
 * Exchanges an agent's credentials for a short access token and a refresh token.
 * @throws OrchestrationError 401 for credentials that are not good, 403 for more scopes than they
 *   have, 429 when this address was wrong too often
 */
export async function grantToken(
  parts: AgentAuthParts,
  stranger: Stranger,
  body: TokenRequest,
): Promise<TokenGrant> {
  const { tokens, failures, random } = parts;
  const { address, requestId } = stranger;
  const secret = hashOf(body.client_secret);
  const key = Buffer.from(secret).toString('base64');
  refuseUnread(failures, address, key);
  const found = await tokens.usable(body.client_id);
  // An unknown client costs the same comparison.
  const same = isSame(found?.secretHash ?? Buffer.alloc(secret.length), secret);
  if (found === undefined || !same) {
    failures.failed(address);
    throw new OrchestrationError('unauthorized', 'The client id or its secret is not valid.');
  }
  failures.passed(key);
  const scopes = scopesOf(found.scopes, body.scope);
  const pair = newPair(random);
  const actor = agentOwner(found.agentName);
  const details = { credential: found.credentialId, scopes: [...scopes] };
  const action = 'agent.token_granted';
  await tokens.grant({
    ...pair.hashes,
    ...{ credentialId: found.credentialId, scopes },
    audit: { actor, action, subject: found.agentId, details, requestId },
  });
  return { ...pair.answer, scope: scopes.join(' ') };
}

function refuseUnread(failures: Failures, address: string, key: string): void {
  const waitMs = failures.waitMs(address, key);
  if (waitMs <= 0) return;
  const detail = 'Credentials from this address were wrong too often.';
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  throw new OrchestrationError('rate_limited', detail, { retryAfterSeconds });
}

function scopesOf(most: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined || asked.trim() === '') return most;
  const names = [...new Set(asked.split(' ').filter(Boolean))].sort();
  const known = new Set<string>(most.includes('admin') ? SCOPES : most);
  const more = names.filter((name) => !known.has(name));
  if (more.length === 0) return names;
  throw new OrchestrationError('forbidden', `These credentials do not have: ${more.join(', ')}.`);
}

function newPair(random: Pick<Random, 'bytes'>) {
  const access = newToken(random, 'tna');
  const refresh = newToken(random, 'tnr');
  return {
    hashes: {
      ...{ access: hashOf(access), accessMs: ACCESS_MS },
      ...{ refresh: hashOf(refresh), refreshMs: REFRESH_MS },
    },
    answer: {
      ...{ access_token: access, token_type: 'Bearer' as const, expires_in: ACCESS_MS / 1000 },
      ...{ refresh_token: refresh, refresh_expires_in: REFRESH_MS / 1000 },
    },
  };
}

/**
 * Exchanges a refresh token for the next pair. Used a second time it ends all that came of it: it is
 * then in two hands.
 * @throws OrchestrationError 401, 429 when this address was wrong too often
 */
export async function refreshToken(
  { tokens, failures, random }: AgentAuthParts,
  { address, requestId }: Stranger,
  token: string,
): Promise<TokenGrant> {
  const used = hashOf(token);
  refuseUnread(failures, address, Buffer.from(used).toString('base64'));
  const pair = newPair(random);
  const result = await tokens.refresh({ ...pair.hashes, used, requestId });
  if (typeof result === 'object') return { ...pair.answer, scope: result.scopes.join(' ') };
  failures.failed(address);
  const detail =
    result === 'reused'
      ? 'The refresh token was used before, so all that came of it is revoked: sign in again.'
      : 'The refresh token is not valid.';
  throw new OrchestrationError('unauthorized', detail);
}

/** Ends all that came of one exchange. What is no token changes nothing, and is not told apart. */
export async function revokeToken(
  { tokens, failures }: AgentAuthParts,
  { address, requestId }: Stranger,
  token: string,
): Promise<{ readonly revoked: true }> {
  const hash = hashOf(token);
  refuseUnread(failures, address, Buffer.from(hash).toString('base64'));
  if (!(await tokens.revokeFamily(hash, requestId))) failures.failed(address);
  return { revoked: true };
}

/** Who sends the request. */
export async function whoAmI(
  { agents }: AgentParts,
  { principal }: Pick<Caller, 'principal'>,
): Promise<Me> {
  const { owner, actor, email, via, teams, scopes, agentId } = principal;
  const self = { owner, all: true } as const;
  const agent = agentId === undefined ? undefined : await agents.find(self, agentId);
  return {
    ...{ principal: owner, actor, email: email ?? null },
    kind: agentId === undefined ? 'user' : 'agent',
    via: via === 'loopback' ? 'token' : via,
    scopes: [...scopes],
    teams: [...teams],
    agent: agent === undefined ? null : agentView(agent),
  };
}
