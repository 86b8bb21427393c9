import type { Check } from './check.ts';

export const epochBehind: Check = {
  name: 'epoch_behind',
  invariant: 6,
  meaning: 'No batch is of a later epoch than the fence of its lane.',
  severity: 'error',
  find: () => `
    with recursive writers as (
      (select engine from batches order by engine limit 1)
      union all
      select (select b.engine from batches b where b.engine > w.engine order by b.engine limit 1)
      from writers w where w.engine is not null)
    select f.engine::text as subject, 'lane ' || f.lane || ' has a batch of epoch ' || b.epoch
      || ', and its fence is of epoch ' || f.epoch as detail
    from engine_fences f cross join lateral (
      select b.epoch from batches b
      where b.engine = f.engine and b.epoch > f.epoch and b.lane = f.lane
      order by b.epoch desc limit 1) b
    union all
    select w.engine::text, 'has batches and no fence' from writers w
    where w.engine is not null
      and not exists (select from engine_fences f where f.engine = w.engine)`,
};
