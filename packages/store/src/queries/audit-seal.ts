import { GENESIS, type SealPlace, type SealStore } from '@tenuto/engine';
import type pg from 'pg';
import type { Database } from './database.ts';
import { transaction } from './transaction.ts';

/** Any number that nothing else locks. */
const SEALERS_LOCK = 7_265_115;

/** Behind the oldest transaction that is still going on no row can appear any more. */
const SETTLED = `a.position < audit_base() + (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint`;

const HEAD = `select s.seal_no::text as seal_no, s.to_position::text as to_position, s.to_id,
    encode(s.hash, 'hex') as hash
  from audit_seals s order by s.seal_no desc limit 1`;

interface HeadRow {
  readonly seal_no: string;
  readonly to_position: string;
  readonly to_id: string;
  readonly hash: string;
}

export function placeOf(row: HeadRow): SealPlace {
  const { seal_no, to_position: toPosition, to_id: toId, hash } = row;
  return { sealNo: Number(seal_no), toPosition, toId, hash };
}

export function createSealStore(db: Pick<Database, 'connect'>): SealStore {
  return { seal: (most) => transaction(db, (client) => sealNext(client, most)) };
}

async function sealNext(client: Pick<pg.ClientBase, 'query'>, most: number) {
  const { rows: locks } = await client.query<{ mine: boolean }>(
    'select pg_try_advisory_xact_lock($1) as mine',
    [SEALERS_LOCK],
  );
  if (locks[0]?.mine !== true) return undefined;
  // A statement of its own: what it sees is what is there under the lock.
  const heads = await client.query<HeadRow>(HEAD);
  const after = heads.rows[0] === undefined ? GENESIS : placeOf(heads.rows[0]);
  const { rows } = await client.query<{ rows: number; seal_no: string; hash: string }>(
    `with taken as materialized (
       select a.position, a.audit_id, audit_row_hash(a) as hash from audit a
       where (a.position, a.audit_id) > ($1::bigint, $2::uuid) and ${SETTLED}
       order by a.position, a.audit_id limit $5),
     summed as (
       select $3::bigint + 1 as seal_no, count(*)::int as rows, max(position) as to_position,
         (array_agg(audit_id order by position desc, audit_id desc))[1] as to_id,
         string_agg(uuid_send(audit_id) || hash, ''::bytea order by position, audit_id) as entries,
         decode($4, 'hex') as previous
       from taken having count(*) > 0)
     insert into audit_seals (seal_no, to_position, to_id, rows, entries, previous, hash)
     select seal_no, to_position, to_id, rows, entries, previous,
       audit_seal_hash(seal_no, to_position, to_id, rows, entries, previous)
     from summed
     on conflict (seal_no) do nothing
     returning rows, seal_no::text as seal_no, encode(hash, 'hex') as hash`,
    [after.toPosition, after.toId, after.sealNo, after.hash, most],
  );
  const [sealed] = rows;
  if (sealed === undefined) return { rows: 0, head: `${after.sealNo}:${after.hash}` };
  return { rows: sealed.rows, head: `${sealed.seal_no}:${sealed.hash}` };
}

/**
 * Lets positions go on rising where transactions are counted from a lower number than before: in a
 * database that was restored into another server. To be done before anything is written.
 */
export async function raiseAuditBase(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [SEALERS_LOCK]);
    const { rows } = await client.query<{ base: string | null }>(
      `select (most - now + 1 + base)::text as base from (
         select audit_base() as base,
           audit_base() + (pg_current_xact_id()::text)::bigint as now,
           greatest((select max(position) from audit),
             (select to_position from audit_seals order by seal_no desc limit 1)) as most) counted
       where most >= now`,
    );
    const base = rows[0]?.base;
    if (base !== undefined && base !== null && /^\d+$/.test(base)) {
      await client.query(
        `create or replace function audit_base() returns bigint language sql stable parallel safe
         as 'select ${base}::bigint'`,
      );
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
