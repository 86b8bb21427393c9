import type { Check } from './check.ts';

const LANE = 'b.engine = f.engine and b.epoch = f.epoch and b.lane = f.lane';

export const batchGap: Check = {
  name: 'batch_gap',
  invariant: 9,
  meaning: 'The batches of a lane follow each other without a gap, from the floor to the last.',
  severity: 'error',
  find: ({ rows }) => `
    select f.engine::text as subject, 'lane ' || f.lane || ' has batch ' || g.seq
      || ', and the one before it is ' || coalesce(g.before::text, 'missing') as detail
    from engine_fences f cross join lateral (
      select b.floor_seq from batches b where ${LANE} order by b.seq desc limit 1) newest
    cross join lateral (
      select b.seq, lag(b.seq) over (order by b.seq) as before,
        row_number() over (order by b.seq desc) as nth
      from (select b.seq from batches b where ${LANE} and b.seq >= newest.floor_seq
            order by b.seq desc limit ${rows()}) b) g
    where g.before <> g.seq - 1
      or (g.before is null and g.nth < ${rows()} and g.seq <> newest.floor_seq)`,
};
