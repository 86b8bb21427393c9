import { PRIORITY_MOST_MS } from '../priority.ts';
import type { Check } from './check.ts';

/** Longer than any lease, and than it takes to look through the queue. */
const PATIENCE_MS = 60_000;
/** Of each owner so many of those that come first in its queue are looked at. */
const FIRST_IN_QUEUE = 100;

const NOW_MS = '(extract(epoch from now()) * 1000)::bigint';
const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`;

/**
 * A long queue is no fault: engines have only so much room. But a run that others of the same owner
 * overtake, or that waits while no engine does anything, has been forgotten.
 */
const FIND = `
  with recursive owners as (
    (select owner from run_live where engine is null order by owner limit 1)
    union all
    select (select r.owner from run_live r where r.engine is null and r.owner > o.owner
            order by r.owner limit 1)
    from owners o where o.owner is not null),
  held as materialized (
    select owner, max(least(claim_key, ${ms('created_at')})) as latest
    from run_live where engine is not null group by owner),
  due as (
    select o.owner, d.* from owners o cross join lateral (
      select r.run_id, r.claim_key, r.wake_at from run_live r
      where r.engine is null and r.owner = o.owner
        and r.wake_at <= now() - interval '${PATIENCE_MS} ms'
        and r.claim_key <= ${NOW_MS} + ${PRIORITY_MOST_MS - PATIENCE_MS}
      order by r.claim_key limit ${FIRST_IN_QUEUE}) d)
  select d.run_id::text as subject,
    'is due since ' || to_char(d.wake_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      || case when h.latest is null then ', and no engine runs anything'
         else ', and runs that came later were started' end as detail
  from due d left join held h on h.owner = d.owner
  where h.latest > greatest(d.claim_key, ${ms('d.wake_at')}) + ${PATIENCE_MS}
    or (not exists (select from held) and exists (select from engine_fences where alive))`;

export const stuckRun: Check = {
  name: 'stuck_run',
  invariant: 33,
  meaning: 'A run that is due is claimed: none is overtaken, and none waits for idle engines.',
  severity: 'error',
  find: () => FIND,
};
