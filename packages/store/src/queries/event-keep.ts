import type { AuditEntry } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';

const SWEPT_AT_ONCE = 5_000;

/**
 * Gives up all events that are older than an age. Nobody reads them from the commit on; they are
 * deleted by and by.
 */
export async function cleanUpEvents(
  db: Database,
  maxAgeMs: number,
  audit?: AuditEntry,
): Promise<{ readonly removed: number; readonly floorId: string }> {
  const given = parameters();
  const age = given.add(maxAgeMs);
  const audited = audit && `, audited as (${auditPart(audit, 'raised', given)})`;
  const [row] = await ask<{ removed: number; floor_id: string }>(
    db,
    `with old as materialized (select floor_id from event_head for update),
     counted as (
       select count(*)::int as removed from events e, old
       where e.event_id >= old.floor_id
         and e.event_id < uuid_v7_floor(clock_timestamp() - ${age} * interval '1 millisecond')),
     raised as (
       update event_head set floor_id = greatest(event_head.floor_id,
         uuid_v7_floor(clock_timestamp() - ${age} * interval '1 millisecond'))
       returning floor_id)
     ${audited ?? ''}
     select counted.removed, raised.floor_id from counted, raised`,
    given.values,
  );
  if (row === undefined) throw new Error('there is no head of the events');
  return { removed: row.removed, floorId: row.floor_id };
}

/** What is swept below the floor: the rows, and what is known by their ids. */
const SWEEPS = [
  `delete from event_matches where ctid in (select ctid from event_matches
     where event_id < (select floor_id from event_head) limit ${SWEPT_AT_ONCE})
   and event_id < (select floor_id from event_head)`,
  `delete from event_keys where hash in (select hash from event_keys
     where event_id < (select floor_id from event_head) limit ${SWEPT_AT_ONCE})`,
  `delete from event_topics where (owner, topic) in (select owner, topic from event_topics
     where last_id < (select floor_id from event_head) limit ${SWEPT_AT_ONCE})`,
  `delete from event_answers where answer_id in (select answer_id from event_answers
     where answer_id < uuid_v7_floor(clock_timestamp() - interval '25 hours') limit ${SWEPT_AT_ONCE})`,
  `delete from event_waiters w where (w.run_id, w.wait_key) in (select o.run_id, o.wait_key
     from event_waiters o where not exists (select from run_live r where r.run_id = o.run_id)
     limit ${SWEPT_AT_ONCE})`,
];

/** Events that a window holds are kept until it closes. */
const SWEEP_EVENTS = `delete from events e using (
    select o.event_id from events o where o.event_id < (select floor_id from event_head)
      and not exists (select from event_window_items i where i.event_id = o.event_id)
    order by o.event_id limit ${SWEPT_AT_ONCE}) old
  where e.event_id = old.event_id`;

/** Deletes some of what was given up. @returns how many rows; 0 once nothing is left */
export async function sweepEvents(db: Database): Promise<number> {
  let swept = 0;
  for (const statement of [SWEEP_EVENTS, ...SWEEPS]) {
    const { rowCount } = await db.query(statement);
    swept += rowCount ?? 0;
  }
  return swept;
}
