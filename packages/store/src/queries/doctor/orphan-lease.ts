import type pg from 'pg';
import { keepStarts } from '../takeover.ts';
import type { Check } from './check.ts';
import { inOneTransaction, repairRows } from './repair.ts';

/** The engines that own runs, found step by step in the index of owned runs. */
const OWNERS = `recursive owners as (
  (select engine from run_live where engine is not null order by engine limit 1)
  union all
  select (select r.engine from run_live r where r.engine > o.engine order by r.engine limit 1)
  from owners o where o.engine is not null)`;
const DOWN = `not exists (select from engine_fences f where f.engine = o.engine and f.alive)`;

const RELEASE = `
  update run_live r set engine = null, claim_key = 0, wake_at = clock_timestamp()
  where r.run_id in (
    with ${OWNERS}
    select r.run_id from owners o join run_live r on r.engine = o.engine where ${DOWN} limit 5000)
  returning r.run_id::text as subject`;

export const orphanLease: Check = {
  name: 'orphan_lease',
  invariant: 7,
  meaning: 'The engine that owns a live run is there, and its fences stand.',
  severity: 'error',
  find: () => `
    with ${OWNERS}
    select r.run_id::text as subject, 'is owned by engine ' || r.engine || case
        when exists (select from engine_fences f where f.engine = r.engine)
        then ', whose fences are down' else ', which is not there' end as detail
    from owners o join run_live r on r.engine = o.engine where ${DOWN}`,
  repair: {
    does: 'Releases the run to the queue as a takeover does, and keeps what its engine had started.',
    run: (pool, task) =>
      inOneTransaction(pool, async (client) => {
        const { rows } = await client.query<{ engine: string }>(
          `with ${OWNERS} select o.engine from owners o where o.engine is not null and ${DOWN}`,
        );
        for (const { engine } of rows) await keepAllStarts(client, engine);
        return repairRows(client, task, RELEASE);
      }),
  },
};

/** The lock first: an engine that comes back under its name waits until its runs are released. */
async function keepAllStarts(client: pg.PoolClient, engine: string): Promise<void> {
  await client.query('select 1 from engine_fences where engine = $1 for update', [engine]);
  const { rows: lanes } = await client.query<{ lane: number; epoch: number }>(
    'select distinct lane, epoch from batches where engine = $1',
    [engine],
  );
  for (const lane of lanes) await keepStarts(client, engine, lane);
}
