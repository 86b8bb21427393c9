/** Runs that are held back before they start, and runs that are taken up again after their end. */
import type { HoldResult, ReopenResult } from '@tenuto/engine';
import { audit } from './audit.ts';
import { PRIORITY_STEP_MS } from './claim-key.ts';
import { ACTOR, hear, type Message } from './inbox.ts';
import { type LiveRow, rowsOf, type Tables } from './tables.ts';
import { noteTransition } from './transition.ts';

/** The claim key of a run that is held back. */
const HELD_BACK = Number.MAX_SAFE_INTEGER;

export interface Hold {
  readonly runId: string;
  readonly held: boolean;
}

/** Keeps a run that has not started from being claimed, or lets it go again. */
export function hold(tables: Tables, { runId, held }: Hold, now: number): HoldResult {
  const row = tables.live.get(runId);
  if (row === undefined) return tables.done.has(runId) ? 'started' : 'missing';
  if (row.startedAt !== undefined) return 'started';
  const { status } = row;
  const possible = held ? status === 'queued' || status === 'scheduled' : status === 'paused';
  if (row.engine !== undefined || !possible) return 'unchanged';
  if (held) holdBack(tables, row, now);
  else letGo(tables, row, now);
  row.version += 1;
  audit(tables, {
    actor: ACTOR,
    action: held ? 'job.paused' : 'job.resumed',
    subject: runId,
    at: now,
  });
  return 'changed';
}

function holdBack(tables: Tables, row: LiveRow, at: number): void {
  noteTransition(tables, row.runId, { from: row.status, to: 'paused', at });
  row.status = 'paused';
  row.wakeAt = Number.POSITIVE_INFINITY;
  row.claimKey = HELD_BACK;
}

function letGo(tables: Tables, row: LiveRow, at: number): void {
  const { runId, scheduledAt, createdAt, submission } = row;
  noteTransition(tables, runId, { from: 'paused', to: 'queued', at });
  row.status = 'queued';
  if (scheduledAt !== undefined && scheduledAt > at) {
    noteTransition(tables, runId, { from: 'queued', to: 'scheduled', at });
    row.status = 'scheduled';
  }
  row.wakeAt = scheduledAt ?? createdAt;
  const due = Math.max(createdAt, scheduledAt ?? 0);
  row.claimKey = Math.round(due) + (submission.priority - 1) * PRIORITY_STEP_MS;
}

export interface Reopening extends Message<'retry' | 'recover'> {
  readonly status: 'retrying' | 'recovering';
}

/** Takes a failed or timed-out run out of the history, for any engine to claim before all others. */
export function reopen(
  tables: Tables,
  { status, ...message }: Reopening,
  now: number,
): ReopenResult {
  const { runId } = message;
  const done = tables.done.get(runId);
  if (done === undefined) return tables.live.has(runId) ? 'live' : 'missing';
  if (done.status !== 'failed' && done.status !== 'timeout') return 'final';
  const { completedAt: _, status: before, ...run } = done;
  const rows = rowsOf(tables, runId);
  tables.done.delete(runId);
  const row: LiveRow = {
    ...run,
    ...{ status, progress: withoutError(done.progress), engine: undefined },
    ...{ claimKey: 0, wakeAt: now, inboxSeq: Math.max(0, ...rows.inbox.keys()) },
    version: done.version + 1,
  };
  tables.live.set(runId, row);
  hear(tables, row, message, now);
  rows.started.clear();
  noteTransition(tables, runId, { from: before, to: status, at: now });
  audit(tables, { actor: ACTOR, action: `job.${message.type}`, subject: runId, at: now });
  return 'reopened';
}

function withoutError(progress: string | undefined): string | undefined {
  if (progress === undefined) return undefined;
  const { error: _, ...rest } = JSON.parse(progress) as Record<string, unknown>;
  return JSON.stringify(rest);
}
