import { type Agent, type Credential, SCOPES, type Scope } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { MissingError, UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ListAgentsOptions {
  readonly name?: string;
  readonly scope?: string;
  readonly status?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto agents ls`: newest first. */
export const listAgents: Command<[options: ListAgentsOptions]> = async (session, options) => {
  const { name, scope, status, limit: written } = options;
  const limit = readCount(written);
  const listing = session.client().agents.list({
    limit: Math.min(limit, PAGE),
    ...(name !== undefined && { name }),
    ...(scope !== undefined && { scope: readScope(scope) }),
    ...(status !== undefined && { status: readStatus(status) }),
  });
  return showList(session, { listing, limit }, (agents) =>
    tableLines(
      ['AGENT', 'NAME', 'STATUS', 'SCOPES', 'LAST SEEN'],
      agents.map((agent) => [
        agent.agent_id,
        truncate(printable(agent.name), 40),
        agent.status,
        truncate(agent.scopes.join(' '), 50),
        agent.last_seen_at ?? '',
      ]),
    ),
  );
};

/** @throws UsageError for a word that is no scope */
export function readScope(text: string): Scope {
  const scope = SCOPES.find((one) => one === text);
  if (scope !== undefined) return scope;
  throw new UsageError(`"${printable(text)}" is no scope; there are ${SCOPES.join(', ')}.`);
}

function readStatus(text: string): Agent['status'] {
  if (text === 'active' || text === 'disabled') return text;
  throw new UsageError(`An agent is active or disabled; not "${printable(text)}".`);
}

/** `tenuto agents show AGENT`: with its credentials. */
export const showAgent: Command<[agent: string]> = async ({ output, client }, named) => {
  const agent = await find(client(), named);
  const credentials: Credential[] = [];
  for await (const one of client().agents.credentials(agent.agent_id, { limit: PAGE })) {
    credentials.push(one);
  }
  output.result({ ...agent, credentials }, () => [
    ...agentLines(agent),
    ...(credentials.length === 0 ? [] : ['', ...credentialLines(credentials)]),
  ]);
  return EXIT.ok;
};

function agentLines(agent: Agent): readonly string[] {
  return [
    `${printable(agent.name)} is ${agent.status}`,
    ...facts([
      ['id', agent.agent_id],
      ['owner', agent.owner],
      ['about', agent.description ?? ''],
      ['scopes', agent.scopes.join(' ') || 'none: it may do nothing yet'],
      ['webhook', agent.webhook_url ?? ''],
      ['last seen', agent.last_seen_at ?? ''],
      ['changed', `${agent.updated_at} by ${agent.updated_by}`],
    ]),
  ];
}

function credentialLines(credentials: readonly Credential[]): readonly string[] {
  return tableLines(
    ['CREDENTIAL', 'CLIENT ID', 'NAME', 'SCOPES', 'LAST USED', 'ENDS'],
    credentials.map((one) => [
      one.credential_id,
      one.client_id,
      truncate(printable(one.name), 30),
      truncate(one.scopes.join(' '), 40),
      one.last_used_at ?? '',
      one.revoked_at === null ? (one.expires_at ?? '') : 'revoked',
    ]),
  );
}

export interface CreateAgentOptions {
  readonly scope?: readonly string[];
  readonly description?: string;
  readonly webhook?: string;
}

/** `tenuto agents create NAME`. */
export const createAgent: Command<[name: string, options: CreateAgentOptions]> = async (
  { output, client },
  name,
  { scope = [], description, webhook },
) => {
  const agent = await client().agents.create({
    ...{ name, scopes: scope.map(readScope) },
    ...(description !== undefined && { description }),
    ...(webhook !== undefined && { webhook_url: webhook }),
  });
  output.result(agent, () => agentLines(agent));
  return EXIT.ok;
};

/** `tenuto agents enable|disable AGENT`: what else it is stays. */
export const setStatus: Command<[agent: string, status: Agent['status']]> = async (
  { output, client },
  named,
  status,
) => {
  const { agent_id: agentId, version, ...present } = await find(client(), named);
  const { name, description, scopes, webhook_url } = present;
  const body = { name, description, scopes, webhook_url, status };
  const agent = await client().agents.replace(agentId, body, { version });
  output.result(agent, () => agentLines(agent));
  return EXIT.ok;
};

/** `tenuto agents rm AGENT`. */
export const removeAgent: Command<[agent: string]> = async ({ output, client }, named) => {
  const { agent_id: agentId } = await find(client(), named);
  const agent = await client().agents.remove(agentId);
  output.result(agent, () => [`Deleted ${printable(agent.name)}.`]);
  return EXIT.ok;
};

export interface AddCredentialOptions {
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
}

/** `tenuto agents add-credential AGENT`: the one time that the secret is shown. */
export const addCredential: Command<[agent: string, options: AddCredentialOptions]> = async (
  { output, client },
  named,
  { name, scope, expires },
) => {
  const { agent_id: agentId } = await find(client(), named);
  const made = await client().agents.addCredential(agentId, {
    ...(name !== undefined && { name }),
    ...(scope !== undefined && { scopes: scope.map(readScope) }),
    ...(expires !== undefined && { expires_at: expires }),
  });
  output.result(made, () => [
    `client id      ${made.client_id}`,
    `client secret  ${made.client_secret}`,
  ]);
  output.note('The secret is shown this once.');
  return EXIT.ok;
};

/** `tenuto agents revoke-credential AGENT CREDENTIAL`. */
export const revokeCredential: Command<[agent: string, credential: string]> = async (
  { output, client },
  named,
  credentialId,
) => {
  const { agent_id: agentId } = await find(client(), named);
  const revoked = await client().agents.revokeCredential(agentId, credentialId);
  output.result(revoked, () => [`Revoked ${revoked.client_id} and all that came of it.`]);
  return EXIT.ok;
};

/** `tenuto agents me`. */
export const whoAmI: Command<[]> = async ({ output, client }) => {
  const me = await client().agents.me();
  output.result(me, () => [
    printable(me.principal),
    ...facts([
      ['kind', me.kind],
      ['by', me.via],
      ['email', me.email ?? ''],
      ['scopes', me.scopes.join(' ')],
      ['teams', me.teams.join(' ')],
    ]),
  ]);
  return EXIT.ok;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An agent by its id or its name. */
export async function find(client: Client, named: string): Promise<Agent> {
  if (UUID.test(named)) return client.agents.get(named);
  for await (const agent of client.agents.list({ name: named, limit: PAGE })) {
    if (agent.name.toLowerCase() === named.toLowerCase()) return agent;
  }
  throw new MissingError(`There is no agent "${printable(named)}".`);
}
