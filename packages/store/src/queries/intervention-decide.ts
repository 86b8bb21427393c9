/**
 * Decisions of people and of deadlines. Each locks the run's row before the intervention's, as the
 * owner does when it ends the run: so nobody waits for somebody who waits for them.
 */
import type { Access, Decision, InterventionResult } from '@tenuto/engine';
import type pg from 'pg';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { inboxPart, wakeUp } from './inbox.ts';
import { lockPart, OPEN, resultOf, type Verdict, verdictOf } from './interventions.ts';
import { noticePart } from './notices.ts';
import { reachable } from './run-row.ts';

/** Deadlines that one statement lets pass: the rows of their runs are locked meanwhile. */
const AT_ONCE = 500;
/** What a message says of the intervention `c`. */
export const INTERVENTION_FACTS = `jsonb_strip_nulls(jsonb_build_object(
  'intervention_id', c.intervention_id, 'node_id', c.node_id, 'message', c.message,
  'assignee', c.assignee, 'deadline_at', c.deadline_at,
  'default_resolution', c.default_resolution, 'resolution', c.resolution))`;
/** Who decides when nobody has. */
const DEADLINE = 'deadline';

/** Decides and tells the run, in one statement. Of a run that is over nothing is to be decided. */
export async function decideIntervention(
  db: Database,
  access: Access,
  { interventionId, resolution, result, reason, version, audit }: Decision,
): Promise<InterventionResult> {
  const given = parameters();
  const id = given.add(interventionId);
  const { actor } = audit;
  const body = { actor, intervention: interventionId, resolution, result, reason };
  const fresh = version === undefined ? 'true' : `p.version = ${given.add(version)}`;
  const [row] = await ask<Verdict>(
    db,
    `with run as (
       select r.run_id from run_live r where r.run_id = (
         select i.run_id from interventions i
         where i.intervention_id = ${id} and ${reachable(access, given, 'i')}) for update),
     present as (${lockPart(id, access, given, 'run')}),
     changed as (
       update interventions i set state = 'resolved', resolution = ${given.add(resolution)},
         result = ${given.add(result === undefined ? null : JSON.stringify(result))}::jsonb,
         resolved_by = ${given.add(actor)}, resolved_at = clock_timestamp(), version = i.version + 1
       from present p, run
       where i.intervention_id = ${id} and ${OPEN('p')} and ${fresh}
       returning i.run_id),
     asked as (
       update run_live r set ${wakeUp('resolve')} from changed
       where r.run_id = changed.run_id returning r.run_id, r.inbox_seq),
     told as (${inboxPart('asked', { type: 'resolve', body: JSON.stringify(body) }, given)}),
     audited as (${auditPart(audit, 'changed', given)})
     ${verdictOf(fresh)}`,
    given.values,
  );
  return resultOf(row);
}

/**
 * Lets the default be what was decided wherever a deadline has passed. Runs that somebody writes at
 * this moment are left for the next time.
 * @returns how many were decided so
 */
export async function expireInterventions(db: Pick<pg.Pool, 'query'>): Promise<number> {
  for (let expired = 0; ; ) {
    const count = await expireSome(db);
    expired += count;
    if (count < AT_ONCE) return expired;
  }
}

async function expireSome(db: Pick<pg.Pool, 'query'>): Promise<number> {
  const { rowCount } = await db.query(
    `with due as materialized (
       select i.intervention_id, i.run_id from interventions i
       join run_live r on r.run_id = i.run_id
       where ${OPEN('i')} and i.deadline_at <= clock_timestamp()
       order by i.deadline_at limit ${AT_ONCE} for update of r skip locked),
     expired as (
       update interventions i set state = 'expired', resolution = i.default_resolution,
         resolved_by = '${DEADLINE}', resolved_at = clock_timestamp(), version = i.version + 1
       from due where i.intervention_id = due.intervention_id and ${OPEN('i')}
       returning i.*),
     noticed as (${noticePart({
       changed: 'expired c',
       event: "'intervention.expired'",
       owner: 'c.owner',
       runId: 'c.run_id',
       payload: INTERVENTION_FACTS,
     })}),
     numbered as (
       select *, row_number() over (partition by run_id order by intervention_id) as place
       from expired),
     asked as (
       update run_live r set inbox_seq = r.inbox_seq + n.count,
         wake_at = least(r.wake_at, clock_timestamp()),
         claim_key = case when r.engine is null then 0 else r.claim_key end
       from (select run_id, count(*)::int as count from numbered group by run_id) n
       where r.run_id = n.run_id returning r.run_id, r.inbox_seq - n.count as before),
     told as (
       insert into run_inbox (run_id, seq, type, body)
       select n.run_id, a.before + n.place, 'resolve', json_build_object('actor', '${DEADLINE}',
         'reason', 'nobody decided in time', 'intervention', n.intervention_id,
         'resolution', n.resolution)::text
       from numbered n join asked a on a.run_id = n.run_id)
     insert into audit (audit_id, at, actor, action, subject, details)
     select uuid_v7(), clock_timestamp(), '${DEADLINE}', 'intervention.expired', intervention_id::text,
       json_build_object('run_id', run_id, 'resolution', resolution)::text
     from numbered`,
  );
  return rowCount ?? 0;
}
