import { type Json, LIMITS } from '@tenuto/contract';
import type {
  Aside,
  AttemptRow,
  AuditRow,
  Batch,
  EventRow,
  InboxRow,
  RunUpdate,
  StartedRow,
  SubmitRow,
} from './ports/store.ts';
import { bytesOf, type Journaled, type JournalRecord, promote } from './record.ts';

const START_BYTES = 22;
/** What one run may put into a flush before the next run has its turn. */
const TURN_BYTES = 64 * 1024;
const TURN_ROWS = 256;

/**
 * Takes records for one flush from the runs that have some, in turn between them: beside a
 * fan-out of 300,000 nodes, first come first served makes small runs wait for seconds.
 */
export function takeTurns(ring: Journaled[]): JournalRecord[] {
  const records: JournalRecord[] = [];
  let rows = 0;
  let bytes = 0;
  while (ring.length > 0 && rows < LIMITS.flushRows && bytes < LIMITS.flushBytes) {
    const run = ring.shift();
    if (run === undefined) break;
    const turn = takeTurn(run, Math.min(TURN_ROWS, LIMITS.flushRows - rows), records);
    rows += turn.rows;
    bytes += turn.bytes;
    if (run.queue.length > 0) ring.push(run);
  }
  return records;
}

/** One run's turn. Starts are bytes in the batch's row, so only bytes count for them. */
function takeTurn(
  { queue }: Journaled,
  mostRows: number,
  records: JournalRecord[],
): { readonly rows: number; readonly bytes: number } {
  let taken = 0;
  let rows = 0;
  let bytes = 0;
  /** How many records belong to what was taken. */
  let bound = 0;
  for (const record of queue) {
    const full = rows >= mostRows || bytes >= TURN_BYTES;
    // What goes together is committed together, however full the flush is: an audit row with what
    // it tells of, a message with what came of it, or a crash in between would lose that.
    if (full && bound === 0 && record.kind !== 'audit') break;
    bound = Math.max(bound - 1, record.kind === 'consumed' ? record.consequences : 0);
    taken += 1;
    if (record.kind !== 'start') rows += 1;
    bytes += bytesOf(record);
    records.push(record);
  }
  if (taken === queue.length) queue.length = 0;
  else queue.splice(0, taken);
  return { rows, bytes };
}

/** Sorts records into the rows of a batch. */
export function batchOf(
  records: readonly JournalRecord[],
  place: { readonly seq: number; readonly floorSeq: number },
): Batch {
  const submits: SubmitRow[] = [];
  const attempts: AttemptRow[] = [];
  const events: EventRow[] = [];
  const started: StartedRow[] = [];
  const updates: RunUpdate[] = [];
  const consumed: InboxRow[] = [];
  const audits: AuditRow[] = [];
  const asides: Aside[] = [];
  let starts = 0;
  for (const record of records) {
    switch (record.kind) {
      case 'submit':
        submits.push(record.row);
        break;
      case 'start':
        starts += 1;
        if (record.asides !== undefined) asides.push(...record.asides);
        break;
      case 'attempt':
        record.row.promoted = record.call?.promoted ?? false;
        attempts.push(record.row);
        if (record.asides !== undefined) asides.push(...record.asides);
        break;
      case 'event':
        events.push(record.row);
        if (record.asides !== undefined) asides.push(...record.asides);
        break;
      case 'update':
        updates.push(record.row);
        break;
      case 'consumed':
        consumed.push(record.row);
        break;
      case 'audit':
        audits.push(record.row);
        break;
      case 'promote':
        promote(record.calls, started);
        break;
    }
  }
  return {
    ...place,
    starts: packStarts(records, starts),
    submits,
    attempts,
    events,
    started,
    updates: lastWords(updates),
    consumed,
    audits,
    asides: asides.length < 2 ? asides : foldClosed(asides),
  };
}

/** One statement cannot change a row that it makes: what opens and closes in one flush is closed. */
function foldClosed(asides: readonly Aside[]): readonly Aside[] {
  const closed = new Map<Json | undefined, Aside>();
  for (const aside of asides) {
    if (aside.kind === 'intervention_closed') closed.set(aside.row.intervention_id, aside);
  }
  if (closed.size === 0) return asides;
  const folded = asides.map((aside): Aside => {
    const id = aside.row.intervention_id;
    if (aside.kind !== 'intervention' || !closed.delete(id)) return aside;
    return { ...aside, row: { ...aside.row, state: 'cancelled' } };
  });
  return folded.filter(
    ({ kind, row }) => kind !== 'intervention_closed' || closed.has(row.intervention_id),
  );
}

/** One statement changes a row once: what ends a run or gives it up outdates its progress. */
function lastWords(updates: readonly RunUpdate[]): readonly RunUpdate[] {
  if (updates.length < 2) return updates;
  const last = new Map<string, RunUpdate>();
  for (const update of updates) {
    const known = last.get(update.runId.text);
    if (known === undefined || known.kind === 'progress') last.set(update.runId.text, update);
  }
  return [...last.values()];
}

function packStarts(records: readonly JournalRecord[], count: number): Uint8Array {
  const packed = Buffer.allocUnsafe(count * START_BYTES);
  let at = 0;
  for (const record of records) {
    if (record.kind !== 'start') continue;
    packed.set(record.run.id.bytes, at);
    packed.writeUInt32BE(record.call.node, at + 16);
    packed.writeUInt16BE(record.call.attempt, at + 20);
    at += START_BYTES;
  }
  return packed;
}
