import type { Check } from './check.ts';

const RUNS = `cross join lateral (
  select r.task_id, r.input from run_live r where r.run_id = t.run_id and r.task_id is not null
  union all
  select h.task_id, h.input from runs h where h.run_id = t.run_id and h.task_id is not null
  offset 0) r`;
/** Of one task; the ledger is read by its key, from the newest line on. */
const LINES = 100;

/** Both sides of it: what the runs say that made them, and what the ledger says. */
export const firingTwice: Check = {
  name: 'firing_twice',
  invariant: 16,
  meaning: 'A tick of a schedule makes one run at most, and a run is that of one firing.',
  severity: 'error',
  find: ({ sample, rows }) => `
    with made as materialized (
      select t.run_id, r.task_id, r.input::json -> 'task' as task from ${sample()} ${RUNS}),
    lines as materialized (
      select f.* from (select task_id from tasks order by task_id desc limit ${rows()}) t
      cross join lateral (
        select f.task_id, f.tick, f.run_id from task_firings f
        where f.task_id = t.task_id and f.outcome = 'fired'
        order by f.at desc, f.key desc limit ${LINES}) f)
    select m.task_id::text as subject,
      'the tick ' || (m.task ->> 'tick') || ' has made ' || count(*) || ' runs: '
        || string_agg(m.run_id::text, ', ' order by m.run_id) as detail
    from made m where m.task ->> 'origin' = 'schedule'
    group by m.task_id, m.task ->> 'tick' having count(*) > 1
    union all
    select l.task_id::text, 'the run ' || l.run_id || ' is in the ledger ' || count(*) || ' times'
    from lines l where l.run_id is not null
    group by l.task_id, l.run_id having count(*) > 1`,
};
