import type { NewToken, TokenRecord, TokenStore } from '@tenuto/engine';
import { usableCredential } from './agent-credentials.ts';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { addSession, endSession, findSessions } from './sessions.ts';
import { grantFamily, refreshFamily, revokeFamily } from './token-families.ts';
import { createToken, findToken, listTokens, revokeToken } from './token-list.ts';
import { transaction } from './transaction.ts';

interface TokenRow {
  readonly token_id: string;
  readonly hash: Buffer;
  readonly subject: string;
  readonly name: string;
  readonly scopes: string[];
  readonly expires_at: Date | null;
  readonly agent_id: string | null;
  readonly is_access: boolean;
  readonly teams: string[];
}

/** Bytes of the hash by which a token is found; they tell nothing about the token. */
const LOOKUP_BYTES = 8;
/** How rarely it is written down that a token, or its agent, was there. */
const SEEN_EVERY = `interval '1 minute'`;
/** Rows deleted by one statement. */
const PRUNED_AT_ONCE = 5_000;

export function createTokenStore(db: Database): TokenStore {
  return {
    candidates: (hash) => findCandidates(db, hash),
    seen: (token) => noteSeen(db, token),
    createFirst: (token) => createFirst(db, token),
    preset: (token) => preset(db, token),
    create: (token) => createToken(db, token),
    list: (access, filter, page) => listTokens(db, access, filter, page),
    find: (access, tokenId) => findToken(db, access, tokenId),
    revoke: (access, tokenId, audit) => revokeToken(db, access, tokenId, audit),
    usable: (clientId) => usableCredential(db, clientId),
    grant: (grant) => grantFamily(db, grant),
    refresh: (refresh) => refreshFamily(db, refresh),
    revokeFamily: (hash, requestId) => revokeFamily(db, hash, requestId),
    teamsOf: (principal) => teamsOf(db, principal),
    addSession: (session) => addSession(db, session),
    sessions: (hash) => findSessions(db, hash.subarray(0, LOOKUP_BYTES)),
    endSession: (hash, audit) => endSession(db, hash, audit),
    prune: () => prune(db),
  };
}

/** The teams of a principal, as SQL. */
function teamsPart(principal: string): string {
  return `array(
    select m.name from team_members i join teams m on m.team_id = i.team_id
    where i.principal = ${principal} and m.deleted_at is null order by m.name)`;
}

async function findCandidates(db: Database, hash: Uint8Array): Promise<TokenRecord[]> {
  const rows = await ask<TokenRow>(
    db,
    `select t.token_id, t.hash, t.subject, t.name, t.expires_at, t.agent_id,
       t.family_id is not null as is_access, ${teamsPart('t.subject')} as teams,
       case when t.agent_id is null then t.scopes else scopes_within(t.scopes, a.scopes) end as scopes
     from api_tokens t left join agents a on a.agent_id = t.agent_id
     where substring(t.hash from 1 for ${LOOKUP_BYTES}) = $1 and t.revoked_at is null
       and (t.expires_at is null or t.expires_at > clock_timestamp())
       and (t.agent_id is null or (a.status = 'active' and a.deleted_at is null))`,
    [hash.subarray(0, LOOKUP_BYTES)],
  );
  return rows.map((row) => ({
    tokenId: row.token_id,
    hash: row.hash,
    subject: row.subject,
    name: row.name,
    scopes: row.scopes,
    expiresAt: row.expires_at?.getTime() ?? null,
    agentId: row.agent_id,
    isAccess: row.is_access,
    teams: row.teams,
  }));
}

async function teamsOf(db: Database, principal: string): Promise<readonly string[]> {
  const rows = await ask<{ teams: string[] }>(db, `select ${teamsPart('$1::text')} as teams`, [
    principal,
  ]);
  return rows[0]?.teams ?? [];
}

/** Of access tokens, which come and go by themselves, only the agent is noted. */
async function noteSeen(
  db: Database,
  { tokenId, agentId }: Pick<TokenRecord, 'tokenId' | 'agentId'>,
): Promise<void> {
  const due = (column: string) =>
    `(${column} is null or ${column} < clock_timestamp() - ${SEEN_EVERY})`;
  await ask(
    db,
    `with used as (
       update api_tokens set last_used_at = clock_timestamp()
       where token_id = $1 and family_id is null and ${due('last_used_at')})
     update agents set last_seen_at = clock_timestamp()
     where agent_id = $2 and ${due('last_seen_at')}`,
    [tokenId, agentId],
  );
}

function insertion(token: NewToken, condition: string, given: Parameters): string {
  return `with added as (
      insert into api_tokens (hash, hint, subject, name, scopes)
      select ${given.add(token.hash)}, ${given.add(token.hint)}, ${given.add(token.subject)},
        ${given.add(token.name)}, ${given.add(token.scopes)}
      where ${condition}
      on conflict (hash) do update set revoked_at = null where api_tokens.revoked_at is not null
      returning token_id),
    audited as (${auditPart(token.audit, 'added', given)})
    select 1 from added`;
}

/** The same token again finds itself: so the reply to the first request may be lost. */
async function createFirst(db: Database, token: NewToken): Promise<boolean> {
  return await transaction(db, async (client) => {
    await client.query(ALONE);
    const given = parameters();
    const text = insertion(token, 'not exists (select from api_tokens)', given);
    const made = await client.query({ text, values: given.values });
    if (made.rows.length > 0) return true;
    const present = await client.query('select 1 from api_tokens where hash = $1', [token.hash]);
    return present.rows.length > 0;
  });
}

async function preset(db: Database, token: NewToken): Promise<void> {
  await transaction(db, async (client) => {
    await client.query(ALONE);
    await client.query(
      `update api_tokens set revoked_at = clock_timestamp()
       where name = $1 and agent_id is null and subject = $3 and hash <> $2 and revoked_at is null`,
      [token.name, token.hash, token.subject],
    );
    const given = parameters();
    await client.query({ text: insertion(token, 'true', given), values: given.values });
  });
}

/** No other transaction of its kind overlaps one that has said this. */
const ALONE = 'lock table api_tokens in share row exclusive mode';

async function prune(db: Database): Promise<number> {
  let pruned = 0;
  for (const [table, condition] of [
    ['sessions', 'true'],
    ['refresh_tokens', 'true'],
    ['api_tokens', 'family_id is not null'],
  ] as const) {
    const { rowCount } = await db.query(
      `delete from ${table} where ctid = any(array(
         select o.ctid from ${table} o
         where o.expires_at < clock_timestamp() - interval '1 day' and ${condition}
         order by o.expires_at limit ${PRUNED_AT_ONCE} for update skip locked))`,
    );
    pruned += rowCount ?? 0;
  }
  return pruned;
}
