import { makePartitionsIn, PARTITIONED } from '../partitions.ts';
import { type Check, LIVE } from './check.ts';
import { inOneTransaction, noteRepair } from './repair.ts';

const DAY = (week: string) =>
  `to_char(to_timestamp(${week} * 604800) at time zone 'UTC', 'YYYYMMDD')`;
const WEEK_OF_ID = `(('x' || substr(replace(t.run_id::text, '-', ''), 1, 12))::bit(48)::bigint
  / 604800000)`;
const PARENTS = PARTITIONED.map((table) => `('${table}')`).join(', ');
const ATTACHED = (name: string) => `exists (
  select from pg_inherits i where i.inhrelid = to_regclass(${name}))`;

export const missingPartition: Check = {
  name: 'missing_partition',
  invariant: 1,
  meaning: 'The history has partitions for last week to next week, and for every live run.',
  severity: 'error',
  find: ({ sample }) => `
    with weeks as (
      select floor(extract(epoch from now()) / 604800)::bigint + step as week,
        null::uuid as run_id from generate_series(-1, 1) step
      union
      (select distinct on (1) ${WEEK_OF_ID}, t.run_id
       from ${sample()} ${LIVE} order by 1, 2))
    select coalesce(w.run_id::text, p.parent) as subject,
      'partition ' || p.parent || '_' || ${DAY('w.week')} || ' is missing' as detail
    from weeks w cross join (values ${PARENTS}) p (parent)
    where not ${ATTACHED(`p.parent || '_' || ${DAY('w.week')}`)}`,
  repair: {
    does: 'Makes the partitions from last week to eight weeks ahead.',
    run: (pool, task) =>
      inOneTransaction(pool, async (client) => {
        const made = await makePartitionsIn(client);
        if (made > 0) await noteRepair(client, task, { subject: 'partitions', made });
        return made;
      }),
  },
};
