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
    `select a.audit_id, a.at, a.actor, a.action, a.subject, a.details, a.request_id,
       encode(audit_row_hash(a), 'hex') as row_hash, s.seal_no::float8 as seal_no,
       encode(s.hash, 'hex') as seal_hash
     from audit a left join lateral (
       select s.seal_no, s.hash from audit_seals s
       where (s.to_position, s.to_id) >= (a.position, a.audit_id)
       order by s.to_position, s.to_id limit 1) s on true
     where a.subject = ${given.add(subject)} and ${mine}
     order by a.audit_id limit ${given.add(limit)}`,
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
