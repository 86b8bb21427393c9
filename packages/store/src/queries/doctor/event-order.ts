import type { Check } from './check.ts';

export const eventOrder: Check = {
  name: 'event_order',
  invariant: 20,
  meaning: 'No event stands behind the head: ids rise in the order of commits.',
  severity: 'error',
  find: () => `
    select e.event_id::text as subject, 'stands behind the head ' || h.last_id as detail
    from event_head h cross join lateral (
      select event_id from events where event_id > h.last_id order by event_id limit 100) e`,
};
