import type { Access, CancelRequest, CancelResult } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { reachable } from './run-row.ts';

/** Puts a cancel into the run's inbox, or makes a failed or timed-out run `aborted`. */
export async function requestCancel(
  db: Database,
  access: Access,
  request: CancelRequest,
): Promise<CancelResult> {
  if (await askOwner(db, access, request)) return 'asked';
  return endForGood(db, access, request);
}

/**
 * One statement: the run's counter, its wake-up, the inbox row and the audit row. A run's end is
 * conditional on the counter, so of an end and a cancel at the same time exactly one wins.
 */
async function askOwner(
  db: Database,
  access: Access,
  { runId, mode, version, audit }: CancelRequest,
): Promise<boolean> {
  const given = parameters();
  const rows = await ask(
    db,
    `with asked as (
       update run_live r set inbox_seq = r.inbox_seq + 1,
         wake_at = least(r.wake_at, clock_timestamp()),
         claim_key = case when r.engine is null then 0 else r.claim_key end
       where r.run_id = ${given.add(runId)} and ${reachable(access, given)}
         and r.status <> 'cancelled'
         ${version === undefined ? '' : `and r.version = ${given.add(version)}`}
       returning r.run_id, r.inbox_seq),
     told as (
       insert into run_inbox (run_id, seq, type, body)
       select run_id, inbox_seq, 'cancel', ${given.add(JSON.stringify({ mode, actor: audit.actor }))}
       from asked),
     audited as (${auditPart(audit, 'asked', given)})
     select 1 from asked`,
    given.values,
  );
  return rows.length > 0;
}

async function endForGood(
  db: Database,
  access: Access,
  { runId, version, audit }: CancelRequest,
): Promise<CancelResult> {
  const given = parameters();
  const id = given.add(runId);
  const may = reachable(access, given);
  const fresh = version === undefined ? 'true' : `p.version = ${given.add(version)}`;
  const [row] = await ask<{ aborted: boolean; fresh: boolean }>(
    db,
    `with present as (
       select r.status, r.version from runs r where r.run_id = ${id} and ${may} for update),
     aborted as (
       update runs r set status = 'aborted', version = r.version + 1
       from present p
       where r.run_id = ${id} and p.status in ('failed', 'timeout') and ${fresh}
       returning r.run_id, p.status as before),
     told as (
       insert into run_events (run_id, seq, at, type, body)
       select run_id, 1 + greatest(
           (select coalesce(max(e.seq), 0) from run_events e where e.run_id = ${id}),
           (select coalesce(max(a.seq), 0) from attempts a where a.run_id = ${id})),
         clock_timestamp(), 'transition',
         json_build_object('from', before, 'to', 'aborted', 'actor', ${given.add(audit.actor)}::text)::text
       from aborted),
     audited as (${auditPart(audit, 'aborted', given)})
     select exists (select from aborted) as aborted, ${fresh} as fresh
     from (select version from present union all
           select r.version from run_live r where r.run_id = ${id} and ${may}) p`,
    given.values,
  );
  if (row === undefined) return 'missing';
  if (row.aborted) return 'aborted';
  return row.fresh ? 'final' : 'stale';
}
