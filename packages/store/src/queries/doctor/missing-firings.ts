import { makePartitionsIn, WEEKS_BEHIND_MOST } from '../partitions.ts';
import type { Check } from './check.ts';
import { inOneTransaction, noteRepair } from './repair.ts';

const THIS_WEEK = 'floor(extract(epoch from now()) / 604800)::bigint';
const NAME = `'task_firings_' || to_char(to_timestamp(w.week * 604800) at time zone 'UTC', 'YYYYMMDD')`;

export const missingFirings: Check = {
  name: 'missing_firings',
  invariant: 16,
  meaning: 'The ledger of firings has partitions for last week to next week, and for what is due.',
  severity: 'error',
  find: ({ rows }) => `
    with weeks as (
      select ${THIS_WEEK} + step as week, null::uuid as task_id from generate_series(-1, 1) step
      union
      select distinct on (1) d.tick_at / 604800000, d.task_id
      from (select t.task_id, t.tick_at from tasks t
            where t.due_at <= extract(epoch from now()) * 1000 order by t.due_at limit ${rows()}) d
      where d.tick_at / 604800000 >= ${THIS_WEEK} - ${WEEKS_BEHIND_MOST})
    select coalesce(w.task_id::text, 'task_firings') as subject,
      'partition ' || ${NAME} || ' is missing' as detail
    from weeks w where not exists (
      select from pg_inherits i where i.inhrelid = to_regclass(${NAME}))`,
  repair: {
    does: 'Makes the partitions from the task that is most behind to eight weeks ahead.',
    run: (pool, task) =>
      inOneTransaction(pool, async (client) => {
        const made = await makePartitionsIn(client);
        if (made > 0) await noteRepair(client, task, { subject: 'partitions', made });
        return made;
      }),
  },
};
