import type { Check } from './check.ts';

/** A carrier that is away catches up once it is back. */
const LATE = `interval '5 minutes'`;

export const eventBehind: Check = {
  name: 'event_behind',
  invariant: 21,
  meaning: 'Events are carried on, runs are told of theirs, and windows close when they are due.',
  severity: 'warning',
  find: ({ rows }) => `
    select c.name as subject, 'has carried nothing behind ' || c.carried_to as detail
    from event_carriers c
    where exists (select from events e
      where e.event_id > greatest(c.carried_to, uuid_v7_floor(now() - interval '24 hours'))
        and e.event_id < uuid_v7_floor(now() - ${LATE}))
    union all
    select w.run_id::text, 'was not told of event ' || w.answered_by
    from (select * from event_waiters where answered_by is not null and not told
          order by run_id limit ${rows()}) w
    where w.answered_by < uuid_v7_floor(now() - ${LATE})
      and exists (select from run_live r where r.run_id = w.run_id)
    union all
    select o.subscription_id::text, 'has a window that is due since ' || o.due_at
    from (select * from event_windows order by due_at limit ${rows()}) o
    where o.due_at < now() - ${LATE}`,
};
