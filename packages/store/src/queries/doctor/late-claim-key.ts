import { PRIORITY_STEP_MS } from '../priority.ts';
import { type Check, LIVE } from './check.ts';
import { repairStatement } from './repair.ts';

/** Times are rounded on their way into the key. */
const ROUNDING_MS = 1_000;

/** A run that is held back has no place; it is given one when it is let go. */
const LATE = `r.engine is null and case when isfinite(r.wake_at) then r.claim_key >
  (extract(epoch from greatest(r.wake_at, r.created_at)) * 1000)::bigint
    + (r.priority - 1) * ${PRIORITY_STEP_MS} + ${ROUNDING_MS} else false end`;

export const lateClaimKey: Check = {
  name: 'late_claim_key',
  invariant: 33,
  meaning: 'A run that waits has a place in the queue for the moment at which it is due.',
  severity: 'error',
  find: ({ sample }) => `
    select r.run_id::text as subject,
      'is due ' || to_char(r.wake_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        || ', and its place in the queue is for '
        || to_char(to_timestamp(r.claim_key / 1000.0) at time zone 'UTC',
             'YYYY-MM-DD"T"HH24:MI:SS"Z"') as detail
    from ${sample()} ${LIVE} where ${LATE}`,
  repair: {
    does: 'Gives the run the first place in the queue for when it is due.',
    run: repairStatement(`
      update run_live r set claim_key = 0 where r.run_id in (
        select r.run_id from run_live r where ${LATE} limit 5000)
      returning r.run_id::text as subject`),
  },
};
