import type { Check } from './check.ts';

export const journalOrder: Check = {
  name: 'journal_order',
  invariant: 4,
  meaning: 'The lines of a journal are numbered 1, 2, 3, ... without a gap and without a double.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'has ' || j.lines || ' lines, ' || j.numbers
      || ' of them with numbers of their own, from ' || j.first || ' to ' || j.last as detail
    from ${sample()} cross join lateral (
      select count(*) as lines, count(distinct seq) as numbers, min(seq) as first, max(seq) as last
      from (select a.seq from attempts a where a.run_id = t.run_id
            union all select e.seq from run_events e where e.run_id = t.run_id) l) j
    where j.lines > 0 and (j.first <> 1 or j.last <> j.lines or j.numbers <> j.lines)`,
};
