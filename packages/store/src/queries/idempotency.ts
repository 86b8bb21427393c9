import type pg from 'pg';

/** How long an idempotency key is known, as an interval of SQL; after that it may be used anew. */
const KEY_LIFE = `interval '24 hours'`;
/** Keys deleted by one statement: few enough that nobody waits for the rows it has locked. */
const KEYS_AT_ONCE = 5_000;

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
