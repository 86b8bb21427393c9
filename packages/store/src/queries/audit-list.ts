import type { JsonObject } from '@tenuto/contract';
import type {
  AuditAccess,
  AuditFilter,
  AuditRecord,
  AuditStore,
  Page,
  PageRequest,
} from '@tenuto/engine';
import { countUnsealed, hashOfSeal, verifyStretch } from './audit-verify.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { objectOf } from './run-row.ts';

interface AuditRow {
  readonly audit_id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: string;
  readonly request_id: string | null;
}

const COLUMNS = 'a.audit_id, a.at, a.actor, a.action, a.subject, a.details, a.request_id';
/** An id is made a little before or after the time that its row tells. */
const LEEWAY_MS = 3_600_000;

export function createAuditStore(db: Database): AuditStore {
  return {
    list: (access, filter, page) => listRows(db, access, filter, page),
    rows: (access, filter, place) => someRows(db, access, filter, place),
    verify: (after) => verifyStretch(db, after),
    sealHash: (sealNo) => hashOfSeal(db, sealNo),
    unsealed: (after) => countUnsealed(db, after),
  };
}

function listRows(
  db: Database,
  access: AuditAccess,
  filter: AuditFilter,
  page: PageRequest<string>,
): Promise<Page<AuditRecord>> {
  const given = parameters();
  return pageOf<AuditRow, AuditRecord>(db, {
    ...{ columns: COLUMNS, from: 'audit a', key: ['a.audit_id'], newestFirst: true },
    where: conditions(access, filter, given),
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: recordOf },
  });
}

async function someRows(
  db: Database,
  access: AuditAccess,
  filter: AuditFilter,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly AuditRecord[]> {
  const given = parameters();
  const where = conditions(access, filter, given);
  if (after !== undefined) where.push(`a.audit_id > ${given.add(after)}`);
  const rows = await ask<AuditRow>(
    db,
    `select ${COLUMNS} from audit a where ${where.join(' and ')}
     order by a.audit_id limit ${given.add(limit)}`,
    given.values,
  );
  return rows.map(recordOf);
}

function conditions(access: AuditAccess, filter: AuditFilter, given: Parameters): string[] {
  const all = [access.all ? 'true' : `a.actor = ${given.add(access.actor)}`];
  if (filter.actor !== undefined) all.push(`a.actor = ${given.add(filter.actor)}`);
  if (filter.subject !== undefined) all.push(`a.subject = ${given.add(filter.subject)}`);
  if (filter.action !== undefined) {
    all.push(`a.action = ${given.add(filter.action)}`);
    // Says what the partial index needs to hear.
    if (filter.action !== 'job.created') all.push(`a.action <> 'job.created'`);
  }
  const id = (ms: number) => `uuid_v7_floor(${given.add(new Date(ms))}::timestamptz)`;
  if (filter.from !== undefined) {
    all.push(`a.at >= ${given.add(new Date(filter.from))}`);
    if (filter.from > LEEWAY_MS) all.push(`a.audit_id >= ${id(filter.from - LEEWAY_MS)}`);
  }
  if (filter.before !== undefined) {
    all.push(`a.at < ${given.add(new Date(filter.before))}`);
    all.push(`a.audit_id < ${id(Math.max(0, filter.before + LEEWAY_MS))}`);
  }
  return all;
}

function recordOf(row: AuditRow): AuditRecord {
  return {
    auditId: row.audit_id,
    at: row.at.getTime(),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    details: detailsOf(row.details),
    requestId: row.request_id,
  };
}

/** What was tampered with may be no JSON any more, and has to be shown all the same. */
function detailsOf(text: string): JsonObject {
  try {
    return objectOf(text) ?? { text };
  } catch {
    return { text };
  }
}
