import {
  type Agent,
  formatTime,
  type List,
  OrchestrationError,
  type WriteAgent,
} from '@tenuto/contract';
import type {
  Access,
  AgentChanged,
  AgentContent,
  AgentRecord,
  AgentStore,
  JobStore,
} from '@tenuto/engine';
import {
  agentOwner,
  authorize,
  type Caller,
  type Principal,
  refuseMoreThanHas,
} from '../auth/principal.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf, refuseStale, stale } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

/** What the services of agents work with. */
export interface AgentParts {
  readonly agents: AgentStore;
}

/** What knows the keys that were used. */
export interface Keys {
  readonly jobs: Pick<JobStore, 'submission'>;
}

const WHAT = 'agents';

/**
 * Makes an agent, with no more scopes than its maker has. The same key with the same body answers with
 * what the first request made.
 * @throws OrchestrationError 403 for more scopes, 409 for a name that is or was taken, 422 for a key
 *   used with another body
 */
export async function createAgent(
  { agents, jobs }: AgentParts & Keys,
  caller: Caller,
  { body, key }: { readonly body: WriteAgent; readonly key: string | undefined },
): Promise<Agent> {
  const access = authorize(caller.principal, 'agents:write', WHAT);
  const { owner } = access;
  const content = contentOf(body);
  refuseMoreThanHas(caller.principal, content.scopes);
  const details = { name: body.name, scopes: [...content.scopes] };
  const agentId = await makeOnce(
    { jobs },
    { owner, idempotency: readIdempotency(key, ['agent', body]), what: 'agent' },
    {
      find: async (id) => (await agents.find(access, id))?.agentId,
      async make(keyed) {
        const audit = auditOf(caller, 'agent.created', '', details);
        const made = await agents.create({ ...content, name: body.name, owner, audit, ...keyed });
        if (made === 'taken') throw nameTaken(body.name);
        return made === 'duplicate' ? made : made.agentId;
      },
    },
  );
  return agentView(await findAgent({ agents }, access, agentId));
}

function nameTaken(name: string): OrchestrationError {
  const detail = `There is, or was, an agent "${name}"; names are not given out twice.`;
  return new OrchestrationError('conflict', detail);
}

/** @throws OrchestrationError 404 */
export async function getAgent(parts: AgentParts, caller: Caller, agentId: string): Promise<Agent> {
  const access = authorize(caller.principal, 'agents:read', WHAT);
  return agentView(await findAgent(parts, access, agentId));
}

export interface AgentQuery extends Paging {
  readonly name?: string;
  readonly scope?: string;
  readonly status?: AgentContent['status'];
}

/** Newest first. */
export async function listAgents(
  { agents }: AgentParts,
  caller: Caller,
  { name, scope, status, ...paging }: AgentQuery,
): Promise<List<Agent>> {
  const access = authorize(caller.principal, 'agents:read', WHAT);
  const request = pageRequest(paging, runKey);
  const filter = {
    ...(name !== undefined && { name }),
    ...(scope !== undefined && { scope }),
    ...(status !== undefined && { status }),
  };
  const page = await agents.list(access, filter, request);
  return listOf(page, request, { codec: runKey, key: (agent) => agent.agentId, item: agentView });
}

interface Change {
  readonly agentId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Exchanges what an agent is, except its name.
 * @throws OrchestrationError 400 when it must stay as it is, 403 for more scopes than one has, 404,
 *   412, 422 for another name
 */
export async function replaceAgent(
  parts: AgentParts,
  caller: Caller,
  { agentId, ifMatch, body }: Change & { readonly body: WriteAgent },
): Promise<Agent> {
  const access = authorize(caller.principal, 'agents:write', WHAT);
  const present = await findAgent(parts, access, agentId);
  refuseStale(present, ifMatch);
  refuseProtected(present);
  const content = contentOf(body);
  if (body.name !== present.name) {
    const detail = `An agent keeps its name: what "${present.name}" has made is owned by it.`;
    throw new OrchestrationError('unprocessable', detail);
  }
  refuseMoreThanHas(
    caller.principal,
    content.scopes.filter((scope) => !present.scopes.includes(scope)),
  );
  if (isSelf(caller.principal, present)) refuseOwnDemotion(present, content);
  const audit = auditOf(caller, 'agent.updated', present.agentId, {
    ...{ name: present.name, version: present.version + 1 },
    ...{ scopes: [...content.scopes], status: content.status },
  });
  const { version, agentId: subject } = present;
  const change = { agentId: subject, version, content, audit };
  await refuseUnchanged(parts, access, present, await parts.agents.change(access, change));
  return agentView(await findAgent(parts, access, agentId));
}

/**
 * Deletes an agent; its credentials and tokens are worth nothing from then on.
 * @returns the agent as it was
 * @throws OrchestrationError 400 for oneself, for `system` and for the last administrator, 404, 412
 */
export async function deleteAgent(
  parts: AgentParts,
  caller: Caller,
  { agentId, ifMatch }: Change,
): Promise<Agent> {
  const access = authorize(caller.principal, 'agents:write', WHAT);
  const present = await findAgent(parts, access, agentId);
  refuseStale(present, ifMatch);
  refuseProtected(present);
  if (isSelf(caller.principal, present)) throw mustStay('Nobody deletes themself.');
  const removed = await parts.agents.remove(access, {
    agentId: present.agentId,
    version: present.version,
    audit: auditOf(caller, 'agent.deleted', present.agentId, { name: present.name }),
  });
  await refuseUnchanged(parts, access, present, removed);
  return agentView(present);
}

async function refuseUnchanged(
  parts: AgentParts,
  access: Access,
  { agentId }: AgentRecord,
  changed: AgentChanged,
): Promise<void> {
  if (changed === 'changed') return;
  if (changed === 'last_admin') throw lastAdmin();
  throw stale(await findAgent(parts, access, agentId));
}

export function lastAdmin(): OrchestrationError {
  return mustStay('It is the last one that may administer: make another administrator first.');
}

function mustStay(detail: string): OrchestrationError {
  return new OrchestrationError('protected_principal', detail);
}

function refuseProtected({ name, ...agent }: AgentRecord): void {
  if (agent.protected)
    throw mustStay(`The agent "${name}" is the server's own and stays as it is.`);
}

function refuseOwnDemotion(present: AgentRecord, content: AgentContent): void {
  const lost = present.scopes.filter((scope) => !content.scopes.includes(scope));
  if (lost.length > 0) throw mustStay(`Nobody takes scopes from themself: ${lost.join(', ')}.`);
  if (content.status !== 'active') throw mustStay('Nobody disables themself.');
}

function isSelf(principal: Principal, { agentId }: AgentRecord): boolean {
  return principal.agentId === agentId;
}

/**
 * Finds an agent, or answers as if it were not there.
 * @throws OrchestrationError 404
 */
export async function findAgent(
  { agents }: AgentParts,
  access: Access,
  agentId: string,
): Promise<AgentRecord> {
  const found = await agents.find(access, agentId.toLowerCase());
  if (found === undefined) {
    throw new OrchestrationError('not_found', `There is no agent ${agentId}.`);
  }
  return found;
}

function contentOf(body: WriteAgent): AgentContent {
  const webhookUrl = body.webhook_url ?? null;
  if (webhookUrl !== null && !URL.canParse(webhookUrl)) {
    const path = '/webhook_url';
    throw new OrchestrationError('validation_failed', `${path} must be an address.`, {
      validationErrors: [{ path, message: 'must be an address' }],
    });
  }
  return {
    description: body.description ?? null,
    scopes: [...body.scopes].sort(),
    webhookUrl,
    status: body.status ?? 'active',
  };
}

export function agentView(agent: AgentRecord): Agent {
  return {
    agent_id: agent.agentId,
    name: agent.name,
    description: agent.description,
    scopes: [...agent.scopes] as Agent['scopes'],
    webhook_url: agent.webhookUrl,
    status: agent.status,
    principal: agentOwner(agent.name),
    owner: agent.owner,
    protected: agent.protected,
    created_at: formatTime(agent.createdAt),
    updated_at: formatTime(agent.updatedAt),
    updated_by: agent.updatedBy,
    last_seen_at: agent.lastSeenAt === null ? null : formatTime(agent.lastSeenAt),
    version: agent.version,
  };
}
