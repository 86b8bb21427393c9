import type { GrantedHashes, NewGrant, Refresh, Refreshed } from '@tenuto/engine';
import type pg from 'pg';
import { auditPart } from './audit.ts';
import { type Database, type Parameters, parameters } from './database.ts';
import { transaction } from './transaction.ts';

type Client = Pick<pg.ClientBase, 'query'>;

interface FamilyRow {
  readonly family_id: string;
  readonly agent_id: string;
  readonly subject: string;
  readonly scopes: string[];
  readonly used: boolean;
  readonly in_force: boolean;
}

/** Begins a family: the first refresh token and the first access token of an exchange. */
export async function grantFamily(db: Database, grant: NewGrant): Promise<void> {
  await transaction(db, async (client) => {
    const given = parameters();
    const text = `with used as (
        update agent_credentials c set last_used_at = clock_timestamp()
        where c.credential_id = ${given.add(grant.credentialId)} returning c.credential_id, c.agent_id),
      begun as (
        insert into token_families (agent_id, credential_id, scopes)
        select agent_id, credential_id, ${given.add(grant.scopes)}::text[] from used
        returning family_id, agent_id, scopes),
      family as (
        select b.*, 'agent:' || a.name as subject from begun b join agents a on a.agent_id = b.agent_id),
      ${grantedParts(grant, given)},
      audited as (${auditPart(grant.audit, 'begun', given)})
      select 1 from family`;
    await client.query({ text, values: given.values });
  });
}

/** Both tokens, for the row in `family`. */
function grantedParts(hashes: GrantedHashes, given: Parameters): string {
  const until = (ms: number) => `clock_timestamp() + ${given.add(ms)}::float8 * interval '1 ms'`;
  return `refreshing as (
      insert into refresh_tokens (hash, family_id, expires_at)
      select ${given.add(hashes.refresh)}::bytea, family_id, ${until(hashes.refreshMs)} from family),
    accessing as (
      insert into api_tokens
        (hash, hint, subject, name, scopes, expires_at, agent_id, family_id, created_by)
      select ${given.add(hashes.access)}::bytea, '', subject, 'access', scopes,
        ${until(hashes.accessMs)}, agent_id, family_id, subject from family)`;
}

/**
 * Exchanges a refresh token for the next pair. One that was used before is in two hands, and nobody
 * knows whose are the wrong ones: the whole family ends.
 */
export async function refreshFamily(db: Database, refresh: Refresh): Promise<Refreshed> {
  return await transaction<Refreshed>(db, async (client) => {
    const family = await lockFamily(client, refresh.used);
    if (family === undefined) return 'unknown';
    if (family.used) {
      const reason = 'a refresh token was used twice';
      await endFamily(client, family, { reason, requestId: refresh.requestId });
      return 'reused';
    }
    if (!family.in_force) return 'unknown';
    const given = parameters();
    const text = `with used as (
        update refresh_tokens set used_at = clock_timestamp()
        where hash = ${given.add(refresh.used)} returning family_id),
      family as (
        select u.family_id, ${given.add(family.agent_id)}::uuid as agent_id,
          ${given.add(family.subject)}::text as subject, ${given.add(family.scopes)}::text[] as scopes
        from used u),
      ${grantedParts(refresh, given)},
      audited as (${auditPart(
        {
          ...{ actor: family.subject, action: 'agent.token_refreshed', subject: family.agent_id },
          details: { family: family.family_id },
          requestId: refresh.requestId,
        },
        'family',
        given,
      )})
      select 1 from family`;
    await client.query({ text, values: given.values });
    return { scopes: family.scopes };
  });
}

/** The family of a refresh token. Its row is locked, so that two uses at once are one and another. */
async function lockFamily(client: Client, hash: Uint8Array): Promise<FamilyRow | undefined> {
  const found = await client.query<{ family_id: string }>(
    'select family_id from refresh_tokens where hash = $1',
    [hash],
  );
  const familyId = found.rows[0]?.family_id;
  if (familyId === undefined) return undefined;
  await client.query('select 1 from token_families where family_id = $1 for update', [familyId]);
  const { rows } = await client.query<FamilyRow>(
    `select f.family_id, f.agent_id, 'agent:' || a.name as subject, r.used_at is not null as used,
       scopes_within(scopes_within(f.scopes, c.scopes), a.scopes) as scopes,
       f.revoked_at is null and r.expires_at > clock_timestamp() and c.revoked_at is null
         and (c.expires_at is null or c.expires_at > clock_timestamp())
         and a.status = 'active' and a.deleted_at is null as in_force
     from refresh_tokens r join token_families f on f.family_id = r.family_id
       join agents a on a.agent_id = f.agent_id
       join agent_credentials c on c.credential_id = f.credential_id
     where r.hash = $1`,
    [hash],
  );
  return rows[0];
}

async function endFamily(
  client: Client,
  family: Pick<FamilyRow, 'family_id' | 'agent_id' | 'subject'>,
  { reason, requestId }: { readonly reason: string; readonly requestId: string },
): Promise<boolean> {
  const given = parameters();
  const text = `with ended as (
      update token_families set revoked_at = clock_timestamp(), revoked_reason = ${given.add(reason)}
      where family_id = ${given.add(family.family_id)} and revoked_at is null returning family_id),
    tokens as (
      update api_tokens t set revoked_at = clock_timestamp() from ended e
      where t.family_id = e.family_id and t.revoked_at is null),
    audited as (${auditPart(
      {
        ...{ actor: family.subject, action: 'agent.tokens_revoked', subject: family.agent_id },
        details: { family: family.family_id, reason },
        requestId,
      },
      'ended',
      given,
    )})
    select 1 from ended`;
  const { rows } = await client.query({ text, values: given.values });
  return rows.length > 0;
}

/** Ends the family that an access token or a refresh token is of. */
export async function revokeFamily(
  db: Database,
  hash: Uint8Array,
  requestId: string,
): Promise<boolean> {
  return await transaction(db, async (client) => {
    const { rows } = await client.query<Pick<FamilyRow, 'family_id' | 'agent_id' | 'subject'>>(
      `select f.family_id, f.agent_id, 'agent:' || a.name as subject
       from token_families f join agents a on a.agent_id = f.agent_id
       where f.family_id in (
         select family_id from refresh_tokens where hash = $1
         union all select family_id from api_tokens where hash = $1 and family_id is not null)`,
      [hash],
    );
    const [family] = rows;
    if (family === undefined) return false;
    return endFamily(client, family, { reason: 'revoked by its holder', requestId });
  });
}
