import type { Check } from './check.ts';

const FINAL = `('completed', 'cancelled', 'aborted')`;
const word = (name: string) => `substring(e.body from '"${name}"\\s*:\\s*"([a-z]+)"')`;

export const changedAfterEnd: Check = {
  name: 'changed_after_end',
  invariant: 4,
  meaning: 'A final status never changes: nothing leads out of it, and the row says the same.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject,
      'went from ' || e.before || ' to ' || e.after || ' at ' || e.seq as detail
    from ${sample()} cross join lateral (
      select e.seq, ${word('from')} as before, ${word('to')} as after from run_events e
      where e.run_id = t.run_id and e.type = 'transition' offset 0) e
    where e.before in ${FINAL}
    union all
    select t.run_id::text, 'became ' || e.after || ' and says ' || h.status
    from ${sample()} cross join lateral (
      select h.status::text as status from runs h where h.run_id = t.run_id offset 0) h
    cross join lateral (
      select ${word('to')} as after from run_events e
      where e.run_id = t.run_id and e.type = 'transition' order by e.seq desc limit 1) e
    where e.after in ${FINAL} and e.after <> h.status`,
};
