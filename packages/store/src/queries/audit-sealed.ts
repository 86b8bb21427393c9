import type { JsonObject } from '@tenuto/contract';
import type { AuditAccess, SealedAuditRow } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';

interface Row {
  readonly audit_id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: string;
  readonly request_id: string | null;
  readonly row_hash: string;
  readonly seal_no: number | null;
  readonly seal_hash: string | null;
}

/** Rows about a subject, each with its hash and the seal that covers its place. */
export async function listSealedRows(
  db: Database,
  access: AuditAccess,
  { subject, limit }: { readonly subject: string; readonly limit: number },
): Promise<readonly SealedAuditRow[]> {
  const given = parameters();
  const mine = access.all ? 'true' : `a.actor = ${given.add(access.actor)}`;
  const rows = await ask<Row & Record<string, unknown>>(
    db,
    `with recursive wanted as materialized (
       select a.*, encode(audit_row_hash(a), 'hex') as row_hash from audit a
       where a.subject = ${given.add(subject)} and ${mine}
       order by a.audit_id limit ${given.add(limit)}),
     -- Seals are numbered in the order of what they cover: the number is found by halving.
     search as (
       select w.audit_id, w.position, 1::bigint as low,
         (select coalesce(max(seal_no), 0) + 1 from audit_seals) as high
       from wanted w
       union all
       select t.audit_id, t.position,
         case when t.covers then t.low else t.middle + 1 end,
         case when t.covers then t.middle else t.high end
       from (select s.*, (s.low + s.high) / 2 as middle, exists (
           select from audit_seals x where x.seal_no = (s.low + s.high) / 2
             and (x.to_position, x.to_id) >= (s.position, s.audit_id)) as covers
         from search s where s.low < s.high) t)
     select w.audit_id, w.at, w.actor, w.action, w.subject, w.details, w.request_id, w.row_hash,
       x.seal_no::float8 as seal_no, encode(x.hash, 'hex') as seal_hash
     from wanted w join search s on s.audit_id = w.audit_id and s.low = s.high
     left join audit_seals x on x.seal_no = s.low
     order by w.audit_id`,
    given.values,
  );
  return rows.map((row) => ({
    auditId: row.audit_id,
    at: row.at.getTime(),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    details: JSON.parse(row.details) as JsonObject,
    requestId: row.request_id,
    rowHash: row.row_hash,
    seal:
      row.seal_no === null || row.seal_hash === null
        ? null
        : { number: row.seal_no, hash: row.seal_hash },
  }));
}
