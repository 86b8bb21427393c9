import type { Check } from './check.ts';

export const completedTwice: Check = {
  name: 'completed_twice',
  invariant: 4,
  meaning: 'A node has at most one completed attempt in each generation.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'node ' || c.node || ' has completed ' || c.times || ' times'
      as detail
    from ${sample()} cross join lateral (
      select a.node, count(*) as times from attempts a
      where a.run_id = t.run_id and a.status = 'completed'
      group by a.node, a.generation having count(*) > 1) c`,
};
