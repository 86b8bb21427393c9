import type { Access, Hold, HoldResult } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { findRun } from './jobs.ts';
import { claimKeyAt, HELD_BACK } from './priority.ts';
import { reachable } from './run-row.ts';
import { literal, transitionPart } from './transition.ts';

/** Keeps a run that has not started from being claimed, or lets it go again. */
export async function holdRun(db: Database, access: Access, hold: Hold): Promise<HoldResult> {
  const given = parameters();
  const id = given.add(hold.runId);
  const rows = await ask(
    db,
    `with present as (
       select r.status, r.scheduled_at, r.created_at from run_live r
       where r.run_id = ${id} and ${reachable(access, given)}
         and r.engine is null and r.started_at is null for update),
     ${hold.held ? holdParts(hold, id, given) : releaseParts(hold, id, given)},
     audited as (${auditPart(hold.audit, 'changed', given)})
     select 1 from changed`,
    given.values,
  );
  if (rows.length > 0) return 'changed';
  const run = await findRun(db, access, hold.runId);
  if (run === undefined) return 'missing';
  if (hold.version !== undefined && run.version !== hold.version) return 'stale';
  return run.over || run.startedAt !== null ? 'started' : 'unchanged';
}

function unstarted({ version }: Hold, id: string, given: Parameters): string {
  const fresh = version === undefined ? '' : ` and r.version = ${given.add(version)}`;
  return `r.run_id = ${id} and r.engine is null and r.started_at is null${fresh}`;
}

function holdParts(hold: Hold, id: string, given: Parameters): string {
  return `changed as (
      update run_live r set status = 'paused', wake_at = 'infinity', claim_key = ${HELD_BACK},
        version = r.version + 1
      from present p
      where ${unstarted(hold, id, given)} and p.status in ('queued', 'scheduled')
      returning r.run_id, p.status as before),
    noted as (${transitionPart(given, {
      ...{ changed: 'changed', id, from: 'before', to: literal('paused') },
      ...{ actor: hold.audit.actor, reason: hold.reason },
    })})`;
}

/** One whose time is still to come is queued first, as the transitions ask, then scheduled. */
function releaseParts(hold: Hold, id: string, given: Parameters): string {
  const who = { actor: hold.audit.actor, reason: hold.reason };
  const changed = { changed: 'changed', id };
  const due = 'greatest(p.created_at, p.scheduled_at)';
  return `changed as (
      update run_live r set version = r.version + 1,
        status = case when p.scheduled_at > clock_timestamp() then 'scheduled'::run_status
          else 'queued' end,
        wake_at = coalesce(p.scheduled_at, p.created_at),
        claim_key = ${claimKeyAt(due, 'r.priority')}
      from present p
      where ${unstarted(hold, id, given)} and p.status = 'paused'
      returning r.run_id, r.status as after),
    noted as (${transitionPart(given, {
      ...{ ...changed, ...who, from: literal('paused'), to: literal('queued') },
    })}),
    scheduled as (${transitionPart(given, {
      ...{ ...changed, ...who, from: literal('queued'), to: literal('scheduled'), behind: 1 },
      when: `after = 'scheduled'`,
    })})`;
}
