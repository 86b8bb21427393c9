import type { Check } from './check.ts';
import { repairStatement } from './repair.ts';

/** A reservation `r` of a call that does not go on. */
const LEAKED = `not exists (select from calls c
  where c.run_id = r.run_id and c.call_id = r.call_id and c.state = 'open' offset 0)`;
/** A budget `k.key` that an open call `c` has reserved nothing in. */
const LACKING = `not exists (select from reservations r
  where r.budget_key = k.key and r.call_id = c.call_id)`;

const freeLeaked = repairStatement(`
  delete from reservations d where (d.budget_key, d.call_id) in (
    select r.budget_key, r.call_id from reservations r where ${LEAKED} limit 5000)
  returning d.run_id::text as subject`);

/** Whoever settles the call meanwhile waits for its row, and frees what is reserved here. */
const reserveLacking = repairStatement(`
  insert into reservations (budget_key, call_id, run_id, expected_nano, upper_nano)
  select k.key, c.call_id, c.run_id, c.expected_nano, c.upper_nano
  from (select c.* from calls c where c.state = 'open' and exists (
      select from unnest(c.budgets) as k (key) where ${LACKING})
    limit 5000 for update of c skip locked) c
  cross join unnest(c.budgets) as k (key) where ${LACKING}
  on conflict do nothing returning run_id::text as subject`);

export const budgetReserved: Check = {
  name: 'budget_reserved',
  invariant: 36,
  meaning: 'What is reserved in budgets is what calls that go on may cost.',
  severity: 'error',
  find: ({ rows, sample }) => `
    select r.run_id::text as subject, 'call ' || r.call_id || ' does not go on, and holds '
      || r.expected_nano || ' nano-USD of ' || r.budget_key as detail
    from (select * from reservations order by call_id desc limit ${rows()}) r where ${LEAKED}
    union all
    select c.run_id::text, 'call ' || c.call_id || ' goes on, and holds nothing of ' || k.key
    from ${sample()} cross join lateral (
      select c.run_id, c.call_id, c.budgets from calls c
      where c.run_id = t.run_id and c.state = 'open' offset 0) c
    cross join unnest(c.budgets) as k (key) where ${LACKING}`,
  repair: {
    does: 'Frees what no call needs, and reserves what one does.',
    async run(pool, task) {
      return (await freeLeaked(pool, task)) + (await reserveLacking(pool, task));
    },
  },
};
