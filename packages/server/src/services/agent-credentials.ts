import {
  type Credential,
  formatTime,
  type List,
  type NewCredential,
  OrchestrationError,
  parseTime,
  type WriteCredential,
} from '@tenuto/contract';
import type { AgentRecord, Clock, CredentialRecord, Random } from '@tenuto/engine';
import { hashOf, hintOf, newToken } from '../auth/api-tokens.ts';
import {
  authorize,
  type Caller,
  isAdmin,
  type Principal,
  refuseMoreThanHas,
} from '../auth/principal.ts';
import { type AgentParts, findAgent, lastAdmin } from './agents.ts';
import { auditOf } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

export interface CredentialParts extends AgentParts {
  readonly clock: Pick<Clock, 'wall'>;
  readonly random: Pick<Random, 'bytes'>;
}

const WHAT = 'credentials of agents';

/**
 * Makes a client id and a secret for an agent, worth no more than what both it and the maker may.
 * The secret is in this answer and nowhere else.
 * @throws OrchestrationError 403 for more, 404, 422 for an end that is in the past
 */
export async function createCredential(
  parts: CredentialParts,
  caller: Caller,
  { agentId, body }: { readonly agentId: string; readonly body: WriteCredential },
): Promise<NewCredential> {
  const access = authorize(caller.principal, 'agents:write', WHAT);
  refuseShort(caller.principal);
  const agent = await findAgent(parts, access, agentId);
  const scopes = scopesFor(caller.principal, agent, body.scopes);
  const secret = newToken(parts.random, 'tns');
  const clientId = `tnc_${Buffer.from(parts.random.bytes(16)).toString('base64url')}`;
  const name = body.name ?? 'default';
  const credentialId = await parts.agents.addCredential({
    ...{ agentId: agent.agentId, clientId, name, scopes, hint: hintOf(secret) },
    secretHash: hashOf(secret),
    createdBy: caller.principal.actor,
    expiresAt: endOf(body.expires_at, caller.principal, parts.clock),
    audit: auditOf(caller, 'agent.credential_created', agent.agentId, {
      name,
      client_id: clientId,
    }),
  });
  const record = await parts.agents.credential(agent.agentId, credentialId);
  if (record === undefined) throw noCredential(credentialId);
  return { ...credentialView(record), client_secret: secret };
}

/** @throws OrchestrationError 403 for who came in with what is soon over, to make what lasts */
export function refuseShort({ short }: Principal): void {
  if (short !== true) return;
  const detail = 'A short access token makes nothing lasting: its owner or an administrator does.';
  throw new OrchestrationError('forbidden', detail);
}

/** What is asked for, or all that both the agent and the maker may. */
export function scopesFor(
  maker: Principal,
  agent: Pick<AgentRecord, 'scopes' | 'name'>,
  asked: readonly string[] | undefined,
): readonly string[] {
  const all = agent.scopes.includes('admin');
  const scopes = asked ?? agent.scopes.filter((scope) => isAdmin(maker) || maker.scopes.has(scope));
  const more = all ? [] : scopes.filter((scope) => !agent.scopes.includes(scope));
  if (more.length > 0) {
    const detail = `The agent "${agent.name}" itself may not: ${more.join(', ')}.`;
    throw new OrchestrationError('unprocessable', detail);
  }
  refuseMoreThanHas(maker, scopes);
  return [...scopes].sort();
}

/** When it ends: as asked for, and never after what its maker came in with, when that is a token. */
export function endOf(
  asked: string | undefined,
  maker: Principal,
  clock: Pick<Clock, 'wall'>,
): number | null {
  const end = asked === undefined ? undefined : parseTime(asked);
  if (asked !== undefined && (end === undefined || end <= clock.wall())) {
    throw new OrchestrationError('unprocessable', 'expires_at must be a time that is to come.');
  }
  const most = maker.via === 'jwt' ? undefined : maker.expiresAt;
  if (most === undefined) return end ?? null;
  return end === undefined ? most : Math.min(end, most);
}

/** Newest first, revoked ones too. */
export async function listCredentials(
  parts: AgentParts,
  caller: Caller,
  { agentId, ...paging }: Paging & { readonly agentId: string },
): Promise<List<Credential>> {
  const access = authorize(caller.principal, 'agents:read', WHAT);
  const agent = await findAgent(parts, access, agentId);
  const request = pageRequest(paging, runKey);
  const page = await parts.agents.credentials(agent.agentId, request);
  return listOf(page, request, {
    codec: runKey,
    key: (record) => record.credentialId,
    item: credentialView,
  });
}

/**
 * Revokes a credential, and the tokens that it has led to.
 * @throws OrchestrationError 400 for the last administrator's, 404
 */
export async function revokeCredential(
  parts: AgentParts,
  caller: Caller,
  named: { readonly agentId: string; readonly credentialId: string },
): Promise<Credential> {
  const access = authorize(caller.principal, 'agents:write', WHAT);
  const agent = await findAgent(parts, access, named.agentId);
  const credentialId = named.credentialId.toLowerCase();
  const present = await parts.agents.credential(agent.agentId, credentialId);
  if (present === undefined) throw noCredential(named.credentialId);
  const { clientId, name } = present;
  const revoked = await parts.agents.revokeCredential(
    agent.agentId,
    credentialId,
    auditOf(caller, 'agent.credential_revoked', agent.agentId, { name, client_id: clientId }),
  );
  if (revoked === 'last_admin') throw lastAdmin();
  const record = await parts.agents.credential(agent.agentId, credentialId);
  return credentialView(record ?? present);
}

function noCredential(credentialId: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no credential ${credentialId}.`);
}

function credentialView(record: CredentialRecord): Credential {
  const time = (ms: number | null) => (ms === null ? null : formatTime(ms));
  return {
    credential_id: record.credentialId,
    agent_id: record.agentId,
    client_id: record.clientId,
    name: record.name,
    hint: record.hint,
    scopes: [...record.scopes],
    created_by: record.createdBy,
    created_at: formatTime(record.createdAt),
    expires_at: time(record.expiresAt),
    last_used_at: time(record.lastUsedAt),
    revoked_at: time(record.revokedAt),
  };
}
