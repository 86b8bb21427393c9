/** What follows from a commit: answers, starts, ends. */
import type { RunStatus } from '@tenuto/contract';
import { adopt } from './adoption.ts';
import { execute } from './executor.ts';
import { failpoint } from './failpoint.ts';
import { finishRun } from './leaving.ts';
import type { Call, Owned } from './owned.ts';
import type { FlushResult, StoreFault } from './ports/store.ts';
import type { Journaled, JournalRecord } from './record.ts';
import { attemptsOf, drop, dropForReload, serveWaiting, type Table } from './table.ts';

/** The records are durable: does what had to wait for that, in their order. */
export function committed(
  table: Table,
  records: readonly JournalRecord[],
  result: FlushResult,
): void {
  for (const record of records) {
    if (record.kind === 'submit') {
      const duplicate = result.duplicates.includes(record.run.id.text);
      table.submissions.committed(record.run, duplicate);
    } else if (record.kind === 'start' || record.kind === 'update') {
      const owned = table.runs.get(record.run.id.text);
      if (owned === record.run) followUp(table, owned, record, result);
    }
  }
  serveWaiting(table);
}

function followUp(
  table: Table,
  owned: Owned,
  record: Extract<JournalRecord, { kind: 'start' | 'update' }>,
  result: FlushResult,
): void {
  if (record.kind === 'start') startCommitted(table, owned, record.call);
  else if (record.row.kind === 'progress') progressCommitted(owned, record.row.status);
  else left(table, owned, result);
}

function progressCommitted(owned: Owned, status: RunStatus): void {
  owned.status = status;
  if (owned.run.phase === 'over') finishRun(owned);
}

function startCommitted(
  table: Table,
  owned: Owned,
  { node, attempt }: Extract<JournalRecord, { kind: 'start' }>['call'],
): void {
  const call = owned.calls.get(node);
  if (call === undefined || call.attempt !== attempt) return;
  beginAttempt(table, call);
}

/** Begins an attempt whose start is durable, unless the run may be somebody else's by now. */
export function beginAttempt(table: Table, call: Call): void {
  if (call.state !== 'intent' || call.owned.leaving) return;
  failpoint('before-attempt');
  if (table.lease.valid) execute(table.executor, call);
  else table.doubtful.push(call);
}

/** A finish or release is committed: the run is gone, unless it had news or is not ours. */
function left(table: Table, owned: Owned, result: FlushResult): void {
  const runId = owned.id.text;
  drop(table, owned);
  table.left();
  const refused = result.refused.includes(runId);
  if (!refused && owned.run.phase === 'over') {
    table.waiters.ended(runId);
    table.watches.ended(runId, owned.run.status);
  } else if (refused || owned.claimedAgain) {
    adopt(table, [runId]).catch((error) => {
      table.log.warn({ run_id: runId, error: String(error) }, 'loaded again later');
    });
  }
}

/** The database refuses what a run writes: its submitter is told, or it is loaded again later. */
export function poisoned(
  table: Table,
  run: Journaled,
  refusal: { readonly records: readonly JournalRecord[]; readonly fault: StoreFault },
): void {
  if (table.submissions.poisoned(run, refusal.fault)) return;
  table.log.error(
    { run_id: run.id.text, records: refusal.records.length, error: refusal.fault.message },
    'the database refuses what this run writes; it is loaded again',
  );
  const owned = table.runs.get(run.id.text);
  if (owned !== undefined) dropForReload(table, owned, attemptsOf(refusal.records));
}
