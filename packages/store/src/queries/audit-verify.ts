import type { AuditFinding } from '@tenuto/contract';
import type { SealedStretch, SealPlace } from '@tenuto/engine';
import { chainFaults } from './audit-chain.ts';
import { placeOf } from './audit-seal.ts';
import { ask, type Database } from './database.ts';

/** Seals looked at by one statement: some thousand rows. */
const SEALS_AT_ONCE = 10;
/** Findings of a stretch that are told; the others are counted. */
const TOLD = 100;
const COUNTED = 10_000;

interface StretchRow {
  readonly seals: number;
  readonly rows: number;
  readonly last: { seal_no: string; to_position: string; to_id: string; hash: string } | null;
  readonly total: number;
  readonly findings: AuditFinding[] | null;
}

/** Compares the rows of the next seals with what was sealed. */
export async function verifyStretch(db: Database, after: SealPlace): Promise<SealedStretch> {
  const chain = chainFaults(
    'select * from audit_seals where seal_no > $1 order by seal_no limit $5',
    `select $1::bigint as seal_no, $2::bigint as to_position, $3::uuid as to_id,
       decode($4, 'hex') as hash`,
  );
  const [row] = await ask<StretchRow>(
    db,
    `with ${chain}
     select (select count(*)::int from seals) as seals,
       (select coalesce(sum(rows), 0)::int from seals) as rows,
       (select json_build_object('seal_no', seal_no::text, 'to_position', to_position::text,
          'to_id', to_id, 'hash', encode(hash, 'hex'))
        from seals order by seal_no desc limit 1) as last,
       (select count(*)::int from faults) as total,
       (select json_agg(json_build_object('fault', fault, 'seal', seal_no, 'audit_id', id,
          'detail', detail))
        from (select * from faults order by seal_no, id limit ${TOLD}) told) as findings`,
    [after.sealNo, after.toPosition, after.toId, after.hash, SEALS_AT_ONCE],
  );
  return {
    seals: row?.seals ?? 0,
    rows: row?.rows ?? 0,
    last: row?.last ? placeOf(row.last) : after,
    findings: row?.findings ?? [],
    findingsTotal: row?.total ?? 0,
  };
}

export async function hashOfSeal(db: Database, sealNo: number): Promise<string | undefined> {
  const rows = await ask<{ hash: string }>(
    db,
    `select encode(hash, 'hex') as hash from audit_seals where seal_no = $1`,
    [sealNo],
  );
  return rows[0]?.hash;
}

/** Rows that no seal covers yet, counted up to a bound. */
export async function countUnsealed(db: Database, after: SealPlace): Promise<number> {
  const rows = await ask<{ count: number }>(
    db,
    `select count(*)::int as count from (
       select 1 from audit a where (a.position, a.audit_id) > ($1::bigint, $2::uuid)
       limit ${COUNTED}) behind`,
    [after.toPosition, after.toId],
  );
  return rows[0]?.count ?? 0;
}
