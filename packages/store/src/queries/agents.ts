import type {
  Access,
  AgentChange,
  AgentChanged,
  AgentFilter,
  AgentRecord,
  NewAgent,
  Page,
  PageRequest,
} from '@tenuto/engine';
import type pg from 'pg';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { unlessLastAdmin } from './last-admin.ts';
import { escapeLike } from './like.ts';
import { pageOf } from './page.ts';
import { uniqueViolation } from './unique-violation.ts';

interface AgentRow {
  readonly agent_id: string;
  readonly name: string;
  readonly owner: string;
  readonly description: string | null;
  readonly scopes: string[];
  readonly webhook_url: string | null;
  readonly status: AgentRecord['status'];
  readonly protected: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly last_seen_at: Date | null;
  readonly version: number;
}

const COLUMNS = `a.agent_id, a.name, a.owner, a.description, a.scopes, a.webhook_url, a.status,
  a.protected, a.created_at, a.updated_at, a.updated_by, a.last_seen_at, a.version`;

export async function createAgent(
  db: Database,
  agent: NewAgent,
): Promise<{ readonly agentId: string } | 'taken' | 'duplicate'> {
  const given = parameters();
  const fresh = freshPart(agent, { names: 'agent' }, given);
  const values = [
    ...[agent.owner, agent.name, agent.description, agent.scopes, agent.webhookUrl, agent.status],
    agent.audit.actor,
  ].map((value) => given.add(value));
  try {
    const rows = await ask<{ agent_id: string }>(
      db,
      `with ${fresh},
       made as (
         insert into agents
           (agent_id, owner, name, description, scopes, webhook_url, status, updated_by)
         select id, ${values.join(', ')} from fresh returning agent_id),
       audited as (${auditPart(agent.audit, 'made', given, 'made.agent_id::text')})
       select agent_id from made`,
      given.values,
    );
    const [row] = rows;
    return row === undefined ? 'duplicate' : { agentId: row.agent_id };
  } catch (error) {
    if (uniqueViolation(error) === 'agents_name') return 'taken';
    throw error;
  }
}

export async function findAgent(
  db: Database,
  access: Access,
  agentId: string,
): Promise<AgentRecord | undefined> {
  const given = parameters();
  const rows = await ask<AgentRow>(
    db,
    `select ${COLUMNS} from agents a
     where a.agent_id = ${given.add(agentId)} and ${within(access, given)}`,
    given.values,
  );
  return rows.map(recordOf)[0];
}

export async function namedAgent(db: Database, name: string): Promise<AgentRecord | undefined> {
  const rows = await ask<AgentRow>(
    db,
    `select ${COLUMNS} from agents a where lower(a.name) = lower($1) and a.deleted_at is null`,
    [name],
  );
  return rows.map(recordOf)[0];
}

/** Newest first. */
export function listAgents(
  db: Database,
  access: Access,
  filter: AgentFilter,
  page: PageRequest<string>,
): Promise<Page<AgentRecord>> {
  const given = parameters();
  const where = [within(access, given)];
  if (filter.name !== undefined) {
    where.push(`lower(a.name) like ${given.add(`${escapeLike(filter.name.toLowerCase())}%`)}`);
  }
  if (filter.scope !== undefined)
    where.push(`a.scopes @> array[${given.add(filter.scope)}]::text[]`);
  if (filter.status !== undefined) where.push(`a.status = ${given.add(filter.status)}`);
  return pageOf<AgentRow, AgentRecord>(db, {
    ...{ columns: COLUMNS, from: 'agents a', where, key: ['a.agent_id'], newestFirst: true },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: recordOf },
  });
}

/** Exchanges what an agent is; nothing when it is at another version by now. */
export function changeAgent(
  db: Database,
  access: Access,
  { agentId, version, content, audit }: AgentChange,
): Promise<AgentChanged> {
  return unlessLastAdmin(db, async (client) => {
    const given = parameters();
    const { description, scopes, webhookUrl, status } = content;
    return await changedBy(client, {
      text: `with changed as (
          update agents a set description = ${given.add(description)}, scopes = ${given.add(scopes)},
            webhook_url = ${given.add(webhookUrl)}, status = ${given.add(status)},
            updated_at = clock_timestamp(), updated_by = ${given.add(audit.actor)},
            version = a.version + 1
          where a.agent_id = ${given.add(agentId)} and a.version = ${given.add(version)}
            and not a.protected and ${within(access, given)} returning 1),
        audited as (${auditPart(audit, 'changed', given)})
        select 1 from changed`,
      values: given.values,
    });
  });
}

/** Deletes an agent, and with it all that leads to it; its name stays its own. */
export function removeAgent(
  db: Database,
  access: Access,
  { agentId, version, audit }: Pick<AgentChange, 'agentId' | 'version' | 'audit'>,
): Promise<AgentChanged> {
  return unlessLastAdmin(db, async (client) => {
    const given = parameters();
    return await changedBy(client, {
      text: `with removed as (
          update agents a set deleted_at = clock_timestamp(), status = 'disabled',
            version = a.version + 1
          where a.agent_id = ${given.add(agentId)} and a.version = ${given.add(version)}
            and not a.protected and ${within(access, given)} returning a.agent_id),
        tokens as (
          update api_tokens t set revoked_at = clock_timestamp() from removed r
          where t.agent_id = r.agent_id and t.revoked_at is null),
        credentials as (
          update agent_credentials c set revoked_at = clock_timestamp() from removed r
          where c.agent_id = r.agent_id and c.revoked_at is null),
        families as (
          update token_families f set revoked_at = clock_timestamp(), revoked_reason = 'deleted'
          from removed r where f.agent_id = r.agent_id and f.revoked_at is null),
        left_teams as (
          delete from team_members m using removed r, agents a
          where a.agent_id = r.agent_id and m.principal = 'agent:' || a.name),
        audited as (${auditPart(audit, 'removed', given)})
        select 1 from removed`,
      values: given.values,
    });
  });
}

async function changedBy(
  client: Pick<pg.ClientBase, 'query'>,
  statement: { readonly text: string; readonly values: unknown[] },
): Promise<'changed' | 'stale'> {
  const { rows } = await client.query(statement);
  return rows.length > 0 ? 'changed' : 'stale';
}

/** One that is there, for who made it, for administrators, and for itself. */
function within(access: Access, given: Parameters): string {
  if (access.all) return 'a.deleted_at is null';
  const owners = given.add([access.owner, ...(access.shared ?? [])]);
  const own = given.add(access.owner);
  return `a.deleted_at is null and (a.owner = any(${owners}) or 'agent:' || a.name = ${own})`;
}

function recordOf(row: AgentRow): AgentRecord {
  return {
    agentId: row.agent_id,
    name: row.name,
    owner: row.owner,
    description: row.description,
    scopes: row.scopes,
    webhookUrl: row.webhook_url,
    status: row.status,
    protected: row.protected,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    lastSeenAt: row.last_seen_at?.getTime() ?? null,
    version: row.version,
  };
}
