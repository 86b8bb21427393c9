import { ATTEMPT_KINDS } from '@tenuto/contract';
import type { Check } from './check.ts';

/** What was lost may be looked after more than once. */
const PROBE = ATTEMPT_KINDS.indexOf('probe');

export const completedTwice: Check = {
  name: 'completed_twice',
  invariant: 4,
  meaning:
    'A node completes once in each generation, and is undone and replaced at most once in it.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'node ' || c.node || ' has completed ' || c.times || ' times'
      as detail
    from ${sample()} cross join lateral (
      select a.node, count(*) as times from attempts a
      where a.run_id = t.run_id and a.status = 'completed' and a.kind <> ${PROBE}
      group by a.node, a.generation, a.kind having count(*) > 1) c`,
};
