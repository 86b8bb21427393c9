import type { Idempotency } from '@tenuto/engine';
import type pg from 'pg';
import type { Parameters } from './database.ts';

/** How long an idempotency key is known, as an interval of SQL; after that it may be used anew. */
const KEY_LIFE = `interval '24 hours'`;
/** Keys deleted by one statement: few enough that nobody waits for the rows it has locked. */
const KEYS_AT_ONCE = 5_000;

/** Whose key is used for what is made, if there is one. */
interface Keyed {
  readonly owner: string;
  readonly idempotency?: Idempotency | undefined;
}

/**
 * The parts of a statement that uses a key up: `fresh` has the id of what is to be made, and no row
 * when the key was used before.
 * @param made.names what is made, in one word
 * @param made.id SQL of its id; a new one when absent
 */
export function freshPart(
  use: Keyed,
  { names, id = 'uuid_v7()' }: { readonly names: string; readonly id?: string },
  given: Parameters,
): string {
  return `candidate as materialized (select ${id}::uuid as id),
    keyed as (${keyPart(use, { from: 'candidate', id: 'id', names }, given)}),
    fresh as materialized (select id from candidate, keyed)`;
}

/** The condition that a key is over its life. */
export function isExpired(alias: string): string {
  return `${alias}.created_at <= clock_timestamp() - ${KEY_LIFE}`;
}

/**
 * The part of a statement that takes a key for what the statement makes; it has a row when that may
 * be made: the key was free, or there is none.
 * @param made.from name of the common table expression with the one row of what is to be made
 * @param made.id SQL of its id there, a uuid
 * @param made.names what the id is of, in one word
 */
export function keyPart(
  { owner, idempotency }: Keyed,
  made: { readonly from: string; readonly id: string; readonly names: string },
  given: Parameters,
): string {
  if (idempotency === undefined) return `select from ${made.from}`;
  const { key, requestHash } = idempotency;
  return `insert into idempotency_keys (owner, key, request_hash, run_id, names)
    select ${given.add(owner)}, ${given.add(key)}, ${given.add(requestHash)}, ${made.id},
      ${given.add(made.names)}
    from ${made.from}
    on conflict (owner, key) do update set request_hash = excluded.request_hash,
      run_id = excluded.run_id, names = excluded.names, created_at = excluded.created_at
    where ${isExpired('idempotency_keys')} returning 1`;
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
