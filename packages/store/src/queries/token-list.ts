import type {
  Access,
  AuditEntry,
  ListedToken,
  NewApiTokenRow,
  Page,
  PageRequest,
  TokenFilter,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { unlessLastAdmin } from './last-admin.ts';
import { pageOf } from './page.ts';

interface ListedRow {
  readonly token_id: string;
  readonly subject: string;
  readonly agent_id: string | null;
  readonly name: string;
  readonly hint: string;
  readonly scopes: string[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

const COLUMNS = `t.token_id, t.subject, t.agent_id, t.name, t.hint, t.scopes, t.created_by,
  t.created_at, t.expires_at, t.last_used_at, t.revoked_at`;

/** @returns its id */
export async function createToken(db: Database, token: NewApiTokenRow): Promise<string> {
  const given = parameters();
  const { hash, hint, subject, name, scopes, agentId, createdBy, expiresAt } = token;
  const values = [
    ...[hash, hint, subject, name, scopes, agentId, createdBy],
    expiresAt === null ? null : new Date(expiresAt),
  ].map((value) => given.add(value));
  const rows = await ask<{ token_id: string }>(
    db,
    `with made as (
       insert into api_tokens
         (hash, hint, subject, name, scopes, agent_id, created_by, expires_at)
       values (${values.join(', ')}) returning token_id),
     audited as (${auditPart(token.audit, 'made', given, 'made.token_id::text')})
     select token_id from made`,
    given.values,
  );
  return rows[0]?.token_id ?? '';
}

/** Newest first; without the access tokens of families, which come and go by themselves. */
export function listTokens(
  db: Database,
  access: Access,
  filter: TokenFilter,
  page: PageRequest<string>,
): Promise<Page<ListedToken>> {
  const given = parameters();
  const where = [within(access, given)];
  if (filter.agentId !== undefined) where.push(`t.agent_id = ${given.add(filter.agentId)}`);
  if (filter.live === true) {
    where.push(
      't.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())',
    );
  }
  return pageOf<ListedRow, ListedToken>(db, {
    ...{ columns: COLUMNS, from: 'api_tokens t', where, key: ['t.token_id'], newestFirst: true },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: recordOf },
  });
}

export async function findToken(
  db: Database,
  access: Access,
  tokenId: string,
): Promise<ListedToken | undefined> {
  const given = parameters();
  const rows = await ask<ListedRow>(
    db,
    `select ${COLUMNS} from api_tokens t
     where t.token_id = ${given.add(tokenId)} and ${within(access, given)}`,
    given.values,
  );
  return rows.map(recordOf)[0];
}

export function revokeToken(
  db: Database,
  access: Access,
  tokenId: string,
  audit: AuditEntry,
): Promise<'revoked' | 'missing' | 'last_admin'> {
  return unlessLastAdmin(db, async (client) => {
    const given = parameters();
    const text = `with revoked as (
        update api_tokens t set revoked_at = clock_timestamp()
        where t.token_id = ${given.add(tokenId)} and t.revoked_at is null
          and ${within(access, given)} returning 1),
      audited as (${auditPart(audit, 'revoked', given)})
      select 1 from revoked`;
    const { rows } = await client.query({ text, values: given.values });
    return rows.length > 0 ? ('revoked' as const) : ('missing' as const);
  });
}

/** One's own, and those of the agents that one has made. */
function within(access: Access, given: Parameters): string {
  if (access.all) return 't.family_id is null';
  const own = given.add(access.owner);
  const owners = given.add([access.owner, ...(access.shared ?? [])]);
  return `t.family_id is null and (t.subject = ${own} or t.agent_id in (
    select g.agent_id from agents g where g.owner = any(${owners}::text[])))`;
}

function recordOf(row: ListedRow): ListedToken {
  return {
    tokenId: row.token_id,
    subject: row.subject,
    agentId: row.agent_id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
  };
}
