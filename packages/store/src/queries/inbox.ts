import type { Access, AuditEntry, InboxType, RunMessage, TellResult } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { findRun } from './jobs.ts';
import { owned, reachable } from './run-row.ts';

/** A run can be reopened and end again while it is being told; so often it is looked for. */
const LOOKS = 3;

/** Puts a message into the inbox of a run that is not over. */
export async function tellRun(
  db: Database,
  access: Access,
  message: RunMessage,
): Promise<TellResult> {
  const { runId, type, version, audit } = message;
  const body = JSON.stringify(message.body);
  for (let look = 0; look < LOOKS; look += 1) {
    if (await askOwner(db, access, { runId, type, body, version, audit })) return 'told';
    const run = await findRun(db, access, runId);
    if (run === undefined) return 'missing';
    if (version !== undefined && run.version !== version) return 'stale';
    if (run.over || run.status === 'cancelled') return 'over';
  }
  return 'over';
}

/** What a run that was cancelled may still be told: its cleanup may wait for it. */
const MAY_BE_CLEANING_UP: ReadonlySet<InboxType> = new Set(['signal']);

interface Question {
  readonly runId: string;
  readonly type: InboxType;
  /** JSON text. */
  readonly body: string;
  readonly version: number | undefined;
  readonly audit: AuditEntry;
}

/**
 * One statement: the run's counter, its wake-up, the inbox row and the audit row. A run's end is
 * conditional on the counter, so of an end and a message at the same time exactly one wins.
 * @returns whether there was a run to ask
 */
export async function askOwner(
  db: Database,
  access: Access,
  { runId, type, body, version, audit }: Question,
): Promise<boolean> {
  const given = parameters();
  const rows = await ask(
    db,
    `with asked as (
       update run_live r set ${wakeUp(type)}
       where r.run_id = ${given.add(runId)} and ${reachable(access, given)}
         ${MAY_BE_CLEANING_UP.has(type) ? '' : `and r.status <> 'cancelled'`}
         ${version === undefined ? '' : `and r.version = ${given.add(version)}`}
       returning r.run_id, r.inbox_seq),
     told as (${inboxPart('asked', { type, body }, given)}),
     audited as (${auditPart(audit, 'asked', given)})
     select 1 from asked`,
    given.values,
  );
  return rows.length > 0;
}

/**
 * What a message changes in the row `r` of its run: the count, and when the run is looked at. One
 * that has not started finds it when its time has come; only a cancel does not wait for that.
 */
export function wakeUp(type: InboxType): string {
  const wakes = type === 'cancel' ? 'true' : 'r.started_at is not null';
  return `inbox_seq = r.inbox_seq + 1,
    wake_at = case when ${wakes} then least(r.wake_at, clock_timestamp()) else r.wake_at end,
    claim_key = case when r.engine is null and ${wakes} then 0 else r.claim_key end`;
}

/** The part that puts a message into the inbox of the run in `asked`, under its new count. */
export function inboxPart(
  asked: string,
  { type, body }: Pick<Question, 'type' | 'body'>,
  given: Parameters,
): string {
  return `insert into run_inbox (run_id, seq, type, body)
    select run_id, inbox_seq, ${given.add(type)}, ${given.add(body)} from ${asked}`;
}

/** Whether nothing is left in the run's inbox. */
export async function isHeard(db: Database, access: Access, runId: string): Promise<boolean> {
  const given = parameters();
  const rows = await ask(
    db,
    `select 1 from run_inbox i where i.run_id = ${given.add(runId)} and ${owned(access, given, 'i')}
     limit 1`,
    given.values,
  );
  return rows.length === 0;
}
