import type { Access, EditResult, RunEdit } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { findRun } from './jobs.ts';
import { claimKeyAt } from './priority.ts';
import { reachable } from './run-row.ts';
import { transitionPart } from './transition.ts';

/** Changes a run that has not started; the audit row is part of the same statement. */
export async function editRun(db: Database, access: Access, edit: RunEdit): Promise<EditResult> {
  const given = parameters();
  const id = given.add(edit.runId);
  const may = reachable(access, given);
  const conditions = [`r.run_id = ${id}`, may, 'r.engine is null', 'r.started_at is null'];
  if (edit.version !== undefined) conditions.push(`r.version = ${given.add(edit.version)}`);
  const rows = await ask(
    db,
    `with present as (
       select r.status from run_live r where r.run_id = ${id} and ${may} for update),
     edited as (
       update run_live r set version = r.version + 1, ${assignments(edit, given).join(', ')}
       from present p where ${conditions.join(' and ')}
       returning r.run_id, p.status as before, r.status as after),
     noted as (${transitionPart(given, {
       ...{ changed: 'edited', id, from: 'before', to: 'after' },
       ...{ actor: edit.audit.actor, when: 'before <> after' },
     })}),
     audited as (${auditPart(edit.audit, 'edited', given)})
     select 1 from edited`,
    given.values,
  );
  if (rows.length > 0) return 'edited';
  const present = await findRun(db, access, edit.runId);
  if (present === undefined) return 'missing';
  if (edit.version !== undefined && edit.version !== present.version) return 'stale';
  return 'started';
}

function assignments(edit: RunEdit, given: ReturnType<typeof parameters>): string[] {
  const set: string[] = [];
  if (edit.tags !== undefined) set.push(`tags = ${given.add(edit.tags)}`);
  if (edit.metadata !== undefined) {
    set.push(`metadata = ${given.add(JSON.stringify(edit.metadata))}::jsonb`);
  }
  const timed = edit.scheduledAt !== undefined;
  const at = timed
    ? `${given.add(edit.scheduledAt === null ? null : new Date(edit.scheduledAt))}::timestamptz`
    : 'r.scheduled_at';
  const priority = edit.priority === undefined ? 'r.priority' : `${given.add(edit.priority)}::int`;
  if (edit.priority !== undefined) set.push(`priority = ${priority}`);
  if (timed) {
    // One that is held back stays so; its time counts once it is let go.
    set.push(
      `scheduled_at = ${at}`,
      `wake_at = case when r.status = 'paused' then r.wake_at else coalesce(${at}, r.created_at) end`,
      `status = (case when r.status = 'paused' then 'paused'
        when ${at} is null then 'queued' else 'scheduled' end)::run_status`,
    );
  }
  if (timed || edit.priority !== undefined) {
    // The order of claiming, as a submit gives it; 0 stays before all others.
    set.push(`claim_key = case when r.claim_key = 0 or r.status = 'paused' then r.claim_key else
      ${claimKeyAt(`greatest(r.created_at, ${at})`, priority)} end`);
  }
  return set;
}
