/** What reaches runs from outside their owners. */
import type { Resolution } from '@tenuto/contract';
import type { CancelResult, InboxBody, InboxItem, InboxType, TellResult } from '@tenuto/engine';
import { audit } from './audit.ts';
import { type LiveRow, rowsOf, type Tables } from './tables.ts';
import { noteTransition } from './transition.ts';

export interface Message<Type extends InboxType = InboxType> {
  readonly runId: string;
  readonly type: Type;
  readonly body: InboxBody[Type];
}

/** The actor of all that clients do. */
export const ACTOR = 'sim';

/** Puts a message into the inbox of a run that is not over, with its audit row. */
export function tell(tables: Tables, message: Message, now: number): TellResult {
  if (askOwner(tables, message, now)) return 'told';
  return tables.live.has(message.runId) || tables.done.has(message.runId) ? 'over' : 'missing';
}

function askOwner(tables: Tables, message: Message, now: number): boolean {
  const row = tables.live.get(message.runId);
  if (row === undefined) return false;
  // The cleanup of a run that was cancelled may wait for a signal.
  if (row.status === 'cancelled' && message.type !== 'signal') return false;
  hear(tables, row, message, now);
  audit(tables, { actor: ACTOR, action: `job.${message.type}`, subject: row.runId, at: now });
  return true;
}

/** Cancels a run, or makes one that failed or timed out `aborted`. */
export function cancel(tables: Tables, message: Message<'cancel'>, now: number): CancelResult {
  const { runId } = message;
  if (askOwner(tables, message, now)) return 'asked';
  const done = tables.done.get(runId);
  if (done === undefined) return tables.live.has(runId) ? 'final' : 'missing';
  if (done.status !== 'failed' && done.status !== 'timeout') return 'final';
  noteTransition(tables, runId, { from: done.status, to: 'aborted', at: now });
  tables.done.set(runId, { ...done, status: 'aborted', version: done.version + 1 });
  audit(tables, { actor: ACTOR, action: 'job.cancel', subject: runId, at: now });
  return 'aborted';
}

/** The cancels that engines ask for, of runs that nobody waits for any more. */
export function requestCancels(
  tables: Tables,
  runIds: readonly string[],
  { body, now }: { readonly body: InboxBody['cancel']; readonly now: number },
): void {
  for (const runId of new Set(runIds)) {
    const row = tables.live.get(runId);
    if (row === undefined || row.status === 'cancelled') continue;
    hear(tables, row, { runId, type: 'cancel', body }, now);
  }
}

/** Adds to an inbox and wakes the run; one that has not started finds it when its time has come. */
export function hear(tables: Tables, row: LiveRow, { type, body }: Message, now: number): void {
  const wakes = type === 'cancel' || row.startedAt !== undefined;
  row.inboxSeq += 1;
  if (wakes) {
    row.wakeAt = Math.min(row.wakeAt, now);
    if (row.engine === undefined) row.claimKey = 0;
  }
  // As from the database: text that was written, parsed again.
  const item = {
    runId: row.runId,
    seq: row.inboxSeq,
    type,
    body: JSON.parse(JSON.stringify(body)),
  };
  rowsOf(tables, row.runId).inbox.set(row.inboxSeq, item as InboxItem);
}

export interface Decided {
  readonly id: string;
  readonly resolution: Resolution;
}

/** Decides what a run waits for, once. */
export function decide(
  tables: Tables,
  { id, resolution }: Decided,
  now: number,
): 'changed' | 'closed' | 'missing' {
  const asked = tables.interventions.get(id);
  if (asked === undefined) return 'missing';
  const row = tables.live.get(asked.runId);
  if ((asked.state !== 'open' && asked.state !== 'assigned') || row === undefined) return 'closed';
  Object.assign(asked, { state: 'resolved', resolution, resolvedBy: ACTOR });
  asked.version += 1;
  const body = { actor: ACTOR, intervention: id, resolution };
  hear(tables, row, { runId: row.runId, type: 'resolve', body }, now);
  audit(tables, { actor: ACTOR, action: 'intervention.resolved', subject: id, at: now });
  return 'changed';
}

/** Lets the default be what was decided where a deadline has passed. */
export function expireInterventions(tables: Tables, now: number): number {
  const due = [...tables.interventions.values()]
    .filter(({ state }) => state === 'open' || state === 'assigned')
    .filter(
      ({ deadlineAt, runId }) =>
        (deadlineAt ?? Number.POSITIVE_INFINITY) <= now && tables.live.has(runId),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const asked of due) {
    const row = tables.live.get(asked.runId);
    if (row === undefined) continue;
    const resolution = asked.defaultResolution;
    Object.assign(asked, { state: 'expired', resolution, resolvedBy: 'deadline' });
    asked.version += 1;
    const reason = 'nobody decided in time';
    const body = { actor: 'deadline', reason, intervention: asked.id, resolution };
    row.wakeAt = Math.min(row.wakeAt, now);
    if (row.engine === undefined) row.claimKey = 0;
    hear(tables, row, { runId: row.runId, type: 'resolve', body }, now);
    audit(tables, {
      actor: 'deadline',
      action: 'intervention.expired',
      subject: asked.id,
      at: now,
    });
  }
  return due.length;
}
