import type pg from 'pg';
import type { Parameters } from './database.ts';

/** How long an idempotency key is known, as an interval of SQL; after that it may be used anew. */
const KEY_LIFE = `interval '24 hours'`;
/** Keys deleted by one statement: few enough that nobody waits for the rows it has locked. */
const KEYS_AT_ONCE = 5_000;

interface Keyed {
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  /** Whose key it is. */
  readonly owner: string;
}

/**
 * The parts of a statement that uses a key up: `fresh` has the new id, and no row when the key was used
 * before.
 */
export function freshPart({ idempotency, owner }: Keyed, given: Parameters): string {
  if (idempotency === undefined) return 'fresh as materialized (select uuid_v7() as id)';
  return `candidate as materialized (select uuid_v7() as id),
    keyed as (
      insert into idempotency_keys (owner, key, request_hash, run_id)
      select ${given.add(owner)}, ${given.add(idempotency.key)}, ${given.add(idempotency.requestHash)}, id
      from candidate
      on conflict (owner, key) do update set request_hash = excluded.request_hash,
        run_id = excluded.run_id, created_at = excluded.created_at
      where ${isExpired('idempotency_keys')} returning 1),
    fresh as materialized (select id from candidate where exists (select from keyed))`;
}

/** The condition that a key is over its life. */
export function isExpired(alias: string): string {
  return `${alias}.created_at <= clock_timestamp() - ${KEY_LIFE}`;
}

/**
 * Deletes keys that are over their life, some thousand in a transaction; one that is being used
 * anew at this moment is left alone.
 * @returns how many were deleted
 */
export async function dropOldKeys(db: Pick<pg.Pool, 'query'>): Promise<number> {
  let dropped = 0;
  for (;;) {
    const { rowCount } = await db.query(
      `delete from idempotency_keys where ctid = any(array(
         select k.ctid from idempotency_keys k where ${isExpired('k')}
         order by k.created_at limit ${KEYS_AT_ONCE} for update skip locked))`,
    );
    dropped += rowCount ?? 0;
    if ((rowCount ?? 0) < KEYS_AT_ONCE) return dropped;
  }
}
