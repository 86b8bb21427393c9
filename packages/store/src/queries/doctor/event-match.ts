import type { Check } from './check.ts';

/** What is below the floor is being deleted, one table after the other. */
export const eventMatch: Check = {
  name: 'event_match',
  invariant: 20,
  meaning: 'An event has a match for each subscription that it triggered, each once.',
  severity: 'error',
  find: ({ rows }) => `
    select e.event_id::text as subject,
      'triggered ' || e.triggered || ' and has ' || m.matches || ' matches' as detail
    from (select event_id, triggered from events
          where event_id >= (select floor_id from event_head)
          order by event_id desc limit ${rows()}) e
    cross join lateral (
      select count(*) as matches from event_matches m where m.event_id = e.event_id) m
    where m.matches < e.triggered`,
};
