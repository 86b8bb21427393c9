import {
  type AuditFinding,
  type AuditFormat,
  type AuditRow,
  type AuditVerdict,
  formatTime,
  type List,
  OrchestrationError,
  parseTime,
} from '@tenuto/contract';
import {
  type AuditAccess,
  type AuditFilter,
  type AuditRecord,
  type AuditStore,
  GENESIS,
} from '@tenuto/engine';
import { authorize, type Caller, isAdmin } from '../auth/principal.ts';
import { csvLine } from './csv.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

export interface AuditParts {
  readonly audit: AuditStore;
}

/** Rows that an export holds at once. */
const ROWS_AT_ONCE = 500;
/** Findings that are told; the others are counted. */
const TOLD = 100;
/** Who may read the audit sees all of it; everybody else what they did themselves. */
export function auditAccessOf({ principal }: Caller): AuditAccess {
  const all = isAdmin(principal) || principal.scopes.has('audit:read');
  return { actor: principal.actor, all };
}

export interface AuditQuery {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Newest first. */
export async function listAudit(
  { audit }: AuditParts,
  caller: Caller,
  { limit, offset, cursor, ...query }: AuditQuery & Paging,
): Promise<List<AuditRow>> {
  const paging = {
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
    ...(cursor !== undefined && { cursor }),
  };
  const request = pageRequest(paging, runKey);
  const page = await audit.list(auditAccessOf(caller), filterOf(query), request);
  return listOf(page, request, { codec: runKey, key: (row) => row.auditId, item: rowView });
}

/**
 * The rows that a list would show, oldest first, as text in pieces: however many they are, few are in
 * memory.
 */
export async function* exportAudit(
  { audit }: AuditParts,
  caller: Caller,
  { format, ...query }: AuditQuery & { readonly format: AuditFormat },
): AsyncGenerator<string> {
  const access = auditAccessOf(caller);
  const filter = filterOf(query);
  if (format === 'csv') yield csvLine(COLUMNS);
  let after: string | undefined;
  for (;;) {
    const place = { limit: ROWS_AT_ONCE, ...(after !== undefined && { after }) };
    const rows = await audit.rows(access, filter, place);
    after = rows.at(-1)?.auditId;
    if (after === undefined) return;
    yield rows.map((row) => (format === 'csv' ? csvRow(row) : jsonLine(row))).join('');
  }
}

const COLUMNS = ['audit_id', 'at', 'actor', 'action', 'subject', 'request_id', 'details'] as const;

function csvRow(record: AuditRecord): string {
  const row = rowView(record);
  const text = { ...row, request_id: row.request_id ?? '', details: JSON.stringify(row.details) };
  return csvLine(COLUMNS.map((name) => text[name]));
}

function jsonLine(record: AuditRecord): string {
  return `${JSON.stringify(rowView(record))}\n`;
}

/**
 * Looks at the whole chain, a stretch at a time.
 * @param known a head that was kept elsewhere: the chain must still hold it
 * @throws OrchestrationError 400 for a head that is none, 403
 */
export async function verifyAudit(
  { audit }: AuditParts,
  caller: Caller,
  known: string | undefined,
): Promise<AuditVerdict> {
  authorize(caller.principal, 'audit:read', 'the audit');
  const kept = known === undefined ? undefined : readHead(known);
  const findings: AuditFinding[] = [];
  let [seals, rows, total] = [0, 0, 0];
  let place = GENESIS;
  for (;;) {
    const stretch = await audit.verify(place);
    if (stretch.seals === 0) break;
    seals += stretch.seals;
    rows += stretch.rows;
    total += stretch.findingsTotal;
    findings.push(...stretch.findings.slice(0, TOLD - findings.length));
    place = stretch.last;
  }
  const lost = kept === undefined ? undefined : await lostHead(audit, kept);
  if (lost !== undefined) findings.unshift(lost);
  total += lost === undefined ? 0 : 1;
  return {
    ...{ valid: total === 0, seals, rows, unsealed: await audit.unsealed(place) },
    head: seals === 0 ? null : `${place.sealNo}:${place.hash}`,
    ...{ findings, findings_total: total },
  };
}

interface Head {
  readonly sealNo: number;
  readonly hash: string;
}

function readHead(text: string): Head {
  const [, number = '', hash = ''] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (hash === '') throw wrong('/known', 'must be the `head` that an earlier answer has told');
  return { sealNo: Number(number), hash: hash.toLowerCase() };
}

/** A chain that was made anew as a whole holds together; only what was kept elsewhere tells. */
async function lostHead(
  audit: AuditStore,
  { sealNo, hash }: Head,
): Promise<AuditFinding | undefined> {
  if ((await audit.sealHash(sealNo)) === hash) return undefined;
  const detail = 'The head that was kept is not in the chain any more.';
  return { fault: 'seal', seal: sealNo, audit_id: null, detail };
}

function filterOf({ actor, action, subject, from, to }: AuditQuery): AuditFilter {
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
    ...(from !== undefined && { from: timeOf('/from', from) }),
    ...(to !== undefined && { before: timeOf('/to', to) }),
  };
}

function timeOf(path: string, text: string): number {
  const ms = parseTime(text);
  if (ms === undefined || ms < 0) throw wrong(path, 'must be a time of RFC 3339');
  return ms;
}

function wrong(path: string, message: string): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}

export function rowView(record: AuditRecord): AuditRow {
  return {
    audit_id: record.auditId,
    at: formatTime(record.at),
    actor: record.actor,
    action: record.action,
    subject: record.subject,
    details: record.details,
    request_id: record.requestId,
  };
}
