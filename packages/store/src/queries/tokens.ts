import type { NewToken, TokenRecord, TokenStore } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters, translated } from './database.ts';

interface TokenRow {
  readonly token_id: string;
  readonly hash: Buffer;
  readonly subject: string;
  readonly name: string;
  readonly scopes: string[];
  readonly expires_at: Date | null;
}

/** Bytes of the hash by which a token is found; they tell nothing about the token. */
const LOOKUP_BYTES = 8;

export function createTokenStore(db: Database): TokenStore {
  return {
    candidates: (hash) => findCandidates(db, hash),
    createFirst: (token) => createFirst(db, token),
    preset: (token) => preset(db, token),
  };
}

async function findCandidates(db: Database, hash: Uint8Array): Promise<TokenRecord[]> {
  const rows = await ask<TokenRow>(
    db,
    `select token_id, hash, subject, name, scopes, expires_at from api_tokens
     where substring(hash from 1 for ${LOOKUP_BYTES}) = $1 and revoked_at is null
       and (expires_at is null or expires_at > clock_timestamp())`,
    [hash.subarray(0, LOOKUP_BYTES)],
  );
  return rows.map((row) => ({
    tokenId: row.token_id,
    hash: row.hash,
    subject: row.subject,
    name: row.name,
    scopes: row.scopes,
    expiresAt: row.expires_at?.getTime() ?? null,
  }));
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

async function createFirst(db: Database, token: NewToken): Promise<boolean> {
  const given = parameters();
  const text = insertion(token, 'not exists (select from api_tokens)', given);
  return (await alone(db, [{ text, values: given.values }])) > 0;
}

async function preset(db: Database, token: NewToken): Promise<void> {
  const given = parameters();
  await alone(db, [
    {
      text: `update api_tokens set revoked_at = clock_timestamp()
             where name = $1 and hash <> $2 and revoked_at is null`,
      values: [token.name, token.hash],
    },
    { text: insertion(token, 'true', given), values: given.values },
  ]);
}

/** Runs statements in one transaction that no other of its kind overlaps. */
async function alone(
  db: Database,
  statements: readonly { readonly text: string; readonly values: unknown[] }[],
): Promise<number> {
  const client = await db.connect().catch((error: unknown) => {
    throw translated(error);
  });
  try {
    await client.query('begin');
    await client.query('lock table api_tokens in share row exclusive mode');
    let rows = 0;
    for (const statement of statements) rows = (await client.query(statement)).rows.length;
    await client.query('commit');
    client.release();
    return rows;
  } catch (error) {
    client.release(true);
    throw translated(error);
  }
}
