import type {
  AuditEntry,
  CredentialRecord,
  NewCredentialRow,
  Page,
  PageRequest,
  UsableCredential,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { unlessLastAdmin } from './last-admin.ts';
import { pageOf } from './page.ts';

interface CredentialRow {
  readonly credential_id: string;
  readonly agent_id: string;
  readonly client_id: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: string[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

const COLUMNS = `c.credential_id, c.agent_id, c.client_id, c.name, c.hint, c.scopes, c.created_by,
  c.created_at, c.expires_at, c.last_used_at, c.revoked_at`;

/** @returns its id */
export async function addCredential(db: Database, credential: NewCredentialRow): Promise<string> {
  const given = parameters();
  const { agentId, clientId, secretHash, hint, name, scopes, createdBy, expiresAt } = credential;
  const values = [
    ...[agentId, clientId, secretHash, hint, name, scopes, createdBy],
    expiresAt === null ? null : new Date(expiresAt),
  ].map((value) => given.add(value));
  const rows = await ask<{ credential_id: string }>(
    db,
    `with made as (
       insert into agent_credentials
         (agent_id, client_id, secret_hash, hint, name, scopes, created_by, expires_at)
       values (${values.join(', ')}) returning credential_id),
     audited as (${auditPart(credential.audit, 'made', given)})
     select credential_id from made`,
    given.values,
  );
  return rows[0]?.credential_id ?? '';
}

/** Newest first, revoked ones too. */
export function listCredentials(
  db: Database,
  agentId: string,
  page: PageRequest<string>,
): Promise<Page<CredentialRecord>> {
  const given = parameters();
  return pageOf<CredentialRow, CredentialRecord>(db, {
    ...{ columns: COLUMNS, from: 'agent_credentials c', newestFirst: true },
    where: [`c.agent_id = ${given.add(agentId)}`],
    key: ['c.credential_id'],
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: recordOf },
  });
}

export async function findCredential(
  db: Database,
  agentId: string,
  credentialId: string,
): Promise<CredentialRecord | undefined> {
  const rows = await ask<CredentialRow>(
    db,
    `select ${COLUMNS} from agent_credentials c where c.agent_id = $1 and c.credential_id = $2`,
    [agentId, credentialId],
  );
  return rows.map(recordOf)[0];
}

/** Revokes a credential, its families and their tokens; one that is revoked stays as it is. */
export function revokeCredential(
  db: Database,
  { agentId, credentialId }: { readonly agentId: string; readonly credentialId: string },
  audit: AuditEntry,
): Promise<'revoked' | 'missing' | 'last_admin'> {
  return unlessLastAdmin(db, async (client) => {
    const given = parameters();
    const text = `with revoked as (
        update agent_credentials c set revoked_at = clock_timestamp()
        where c.agent_id = ${given.add(agentId)} and c.credential_id = ${given.add(credentialId)}
          and c.revoked_at is null returning c.credential_id),
      families as (
        update token_families f set revoked_at = clock_timestamp(), revoked_reason = 'credential'
        from revoked r where f.credential_id = r.credential_id and f.revoked_at is null
        returning f.family_id),
      tokens as (
        update api_tokens t set revoked_at = clock_timestamp() from families f
        where t.family_id = f.family_id and t.revoked_at is null),
      audited as (${auditPart(audit, 'revoked', given)})
      select 1 from revoked`;
    const { rows } = await client.query({ text, values: given.values });
    return rows.length > 0 ? ('revoked' as const) : ('missing' as const);
  });
}

/** A credential that is in force, of an agent that is active. */
export async function usableCredential(
  db: Database,
  clientId: string,
): Promise<UsableCredential | undefined> {
  const rows = await ask<{
    credential_id: string;
    agent_id: string;
    agent_name: string;
    secret_hash: Buffer;
    scopes: string[];
  }>(
    db,
    `select c.credential_id, c.agent_id, a.name as agent_name, c.secret_hash,
       scopes_within(c.scopes, a.scopes) as scopes
     from agent_credentials c join agents a on a.agent_id = c.agent_id
     where c.client_id = $1 and c.revoked_at is null
       and (c.expires_at is null or c.expires_at > clock_timestamp())
       and a.status = 'active' and a.deleted_at is null`,
    [clientId],
  );
  const [row] = rows;
  return (
    row && {
      credentialId: row.credential_id,
      agentId: row.agent_id,
      agentName: row.agent_name,
      secretHash: row.secret_hash,
      scopes: row.scopes,
    }
  );
}

function recordOf(row: CredentialRow): CredentialRecord {
  return {
    credentialId: row.credential_id,
    agentId: row.agent_id,
    clientId: row.client_id,
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
