import {
  type ApiToken,
  formatTime,
  type List,
  type NewApiToken,
  OrchestrationError,
  type WriteApiToken,
} from '@tenuto/contract';
import type { ListedToken, TokenStore } from '@tenuto/engine';
import { hashOf, hintOf, newToken } from '../auth/api-tokens.ts';
import { agentOwner, authorize, type Caller, refuseMoreThanHas } from '../auth/principal.ts';
import { type CredentialParts, endOf, refuseShort, scopesFor } from './agent-credentials.ts';
import { findAgent, lastAdmin } from './agents.ts';
import { auditOf } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

export interface ApiTokenParts extends CredentialParts {
  readonly tokens: Pick<TokenStore, 'create' | 'list' | 'find' | 'revoke'>;
}

const WHAT = 'API tokens';

/**
 * Makes a token, for oneself or for an agent that one manages: worth no more than one may oneself,
 * and no longer than what one came in with. It is in this answer and nowhere else.
 * @throws OrchestrationError 403 for more, and for who came in with a short token; 404 for the agent,
 *   422 for an end that is in the past
 */
export async function createApiToken(
  parts: ApiTokenParts,
  caller: Caller,
  body: WriteApiToken,
): Promise<NewApiToken> {
  const { principal } = caller;
  const access = authorize(principal, 'agents:write', WHAT);
  refuseShort(principal);
  const agent =
    body.agent_id === undefined ? undefined : await findAgent(parts, access, body.agent_id);
  const scopes =
    agent === undefined ? ownScopes(caller, body.scopes) : scopesFor(principal, agent, body.scopes);
  const token = newToken(parts.random, 'tnt');
  const subject = agent === undefined ? principal.owner : agentOwner(agent.name);
  const tokenId = await parts.tokens.create({
    ...{ hash: hashOf(token), hint: hintOf(token), subject, name: body.name, scopes },
    agentId: agent?.agentId ?? principal.agentId ?? null,
    createdBy: principal.actor,
    expiresAt: endOf(body.expires_at, principal, parts.clock),
    audit: auditOf(caller, 'token.created', '', {
      name: body.name,
      for: subject,
      scopes: [...scopes],
    }),
  });
  const record = await parts.tokens.find({ ...access, all: true }, tokenId);
  if (record === undefined) throw noToken(tokenId);
  return { ...tokenView(record), token };
}

function ownScopes({ principal }: Caller, asked: readonly string[] | undefined): readonly string[] {
  const scopes = asked ?? [...principal.scopes];
  refuseMoreThanHas(principal, scopes);
  return [...scopes].sort();
}

export interface ApiTokenQuery extends Paging {
  readonly agent_id?: string;
  readonly live?: boolean;
}

/** Newest first: one's own, those of one's agents, and for administrators all. */
export async function listApiTokens(
  { tokens }: Pick<ApiTokenParts, 'tokens'>,
  caller: Caller,
  { agent_id: agentId, live, ...paging }: ApiTokenQuery,
): Promise<List<ApiToken>> {
  const access = authorize(caller.principal, 'agents:read', WHAT);
  const request = pageRequest(paging, runKey);
  const filter = { ...(agentId !== undefined && { agentId }), ...(live !== undefined && { live }) };
  const page = await tokens.list(access, filter, request);
  return listOf(page, request, { codec: runKey, key: (token) => token.tokenId, item: tokenView });
}

/**
 * Revokes a token: within five seconds no server lets it in any more.
 * @throws OrchestrationError 400 for the last one that may administer, 404
 */
export async function revokeApiToken(
  { tokens }: Pick<ApiTokenParts, 'tokens'>,
  caller: Caller,
  named: string,
): Promise<ApiToken> {
  const access = authorize(caller.principal, 'agents:write', WHAT);
  const tokenId = named.toLowerCase();
  const present = await tokens.find(access, tokenId);
  if (present === undefined) throw noToken(named);
  const { name, subject } = present;
  const audit = auditOf(caller, 'token.revoked', tokenId, { name, for: subject });
  const revoked = await tokens.revoke(access, tokenId, audit);
  if (revoked === 'last_admin') throw lastAdmin();
  return tokenView((await tokens.find(access, tokenId)) ?? present);
}

function noToken(tokenId: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no token ${tokenId}.`);
}

function tokenView(token: ListedToken): ApiToken {
  const time = (ms: number | null) => (ms === null ? null : formatTime(ms));
  return {
    token_id: token.tokenId,
    principal: token.subject,
    agent_id: token.agentId,
    name: token.name,
    hint: token.hint,
    scopes: [...token.scopes],
    created_by: token.createdBy,
    created_at: formatTime(token.createdAt),
    expires_at: time(token.expiresAt),
    last_used_at: time(token.lastUsedAt),
    revoked_at: time(token.revokedAt),
  };
}
