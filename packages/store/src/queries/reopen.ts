import type { Access, Reopening, ReopenResult } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { inboxPart } from './inbox.ts';
import { findRun } from './jobs.ts';
import { LIVE_TO_HISTORY } from './run-columns.ts';
import { reachable } from './run-row.ts';
import { endTally } from './run-tallies.ts';
import { literal, transitionPart } from './transition.ts';

/** A run can end between two looks at it; so often it is looked for. */
const LOOKS = 3;

/** Takes a failed or timed-out run out of the history, for any engine to claim before all others. */
export async function reopenRun(
  db: Database,
  access: Access,
  reopening: Reopening,
): Promise<ReopenResult> {
  const { runId, version } = reopening;
  for (let look = 0; look < LOOKS; look += 1) {
    if (await moveBack(db, access, reopening)) return 'reopened';
    const run = await findRun(db, access, runId);
    if (run === undefined) return 'missing';
    if (version !== undefined && run.version !== version) return 'stale';
    if (!run.over) return 'live';
    if (run.status !== 'failed' && run.status !== 'timeout') return 'final';
  }
  return 'final';
}

/**
 * One statement: the row's move, the message, the transition and the audit row. What the run said
 * of its end goes with the transition; starts that are left of its former life are forgotten.
 */
async function moveBack(
  db: Database,
  access: Access,
  { runId, status, type, body, version, audit }: Reopening,
): Promise<boolean> {
  const given = parameters();
  const id = given.add(runId);
  const rows = await ask(
    db,
    `with present as (
       select r.status, r.version from runs r
       where r.run_id = ${id} and ${reachable(access, given)} for update),
     taken as (
       delete from runs r using present p
       where r.run_id = ${id} and p.status in ('failed', 'timeout')
         ${version === undefined ? '' : `and p.version = ${given.add(version)}`}
       returning r.*),
     back as (
       insert into run_live (${LIVE_TO_HISTORY}, status, progress, claim_key, wake_at, inbox_seq,
         version)
       select ${LIVE_TO_HISTORY}, '${status}', (progress::jsonb - 'error')::text, 0,
         clock_timestamp(),
         1 + coalesce((select max(i.seq) from run_inbox i where i.run_id = ${id}), 0), version + 1
       from taken returning run_id, inbox_seq),
     untallied as (
       insert into run_tallies (owner, kind, task_id, day, status, bucket, runs, duration_ms, last_at)
       ${endTally('(select t.*, t.completed_at as end_at, t.status as end_status from taken t)', -1)}),
     told as (${inboxPart('back', { type, body: JSON.stringify(body) }, given)}),
     forgotten as (delete from started s using taken t where s.run_id = t.run_id),
     noted as (${transitionPart(given, {
       changed: 'taken',
       ...{ id, from: 'status', to: literal(status), actor: audit.actor, reason: body.reason },
       more: `, 'ended_at', (extract(epoch from completed_at) * 1000)::bigint,
         'error', progress::json -> 'error'`,
     })}),
     audited as (${auditPart(audit, 'back', given)})
     select 1 from back`,
    given.values,
  );
  return rows.length > 0;
}
