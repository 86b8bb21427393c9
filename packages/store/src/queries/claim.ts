import type pg from 'pg';
import { PRIORITY_MOST_MS } from './priority.ts';

/**
 * Takes up to `limit` waiting runs, oldest claim key first and in turn between owners, so that one
 * owner's thousands do not stand before another's one. The fence comes along in the statement.
 *
 * What is due has a claim key of at most now and the most that priority adds: the index need not
 * be walked through the million that sleep.
 */
export async function claim(
  db: Pick<pg.Pool, 'query'>,
  by: { readonly engineId: string; readonly epoch: number; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ run_id: string }>({
    name: 'claim',
    text: `with recursive fence as materialized (
       select 1 from engine_fences where engine = $1 and epoch = $2 and alive
       order by lane limit 1 for share),
     owners as (
       (select owner from run_live where engine is null order by owner limit 1)
       union all
       select (select r.owner from run_live r
               where r.engine is null and r.owner > o.owner order by r.owner limit 1)
       from owners o where o.owner is not null),
     candidates as materialized (
       select c.run_id, c.claim_key,
         row_number() over (partition by o.owner order by c.claim_key) as turn
       from owners o, lateral (
         select r.run_id, r.claim_key from run_live r
         where r.engine is null and r.owner = o.owner and r.wake_at <= clock_timestamp()
           and r.claim_key <= (
             select (extract(epoch from clock_timestamp()) * 1000)::bigint + ${PRIORITY_MOST_MS})
         order by r.claim_key limit $3 for update skip locked) c),
     chosen as (
       select run_id from candidates order by (claim_key = 0) desc, turn, claim_key limit $3)
     update run_live r set engine = $1, status = case
         when r.status in ('pending', 'queued', 'scheduled') then 'running' else r.status end,
       started_at = coalesce(r.started_at, clock_timestamp()), version = r.version + 1
     from chosen, fence where r.run_id = chosen.run_id
     returning r.run_id`,
    values: [by.engineId, by.epoch, by.limit],
  });
  return rows.map((row) => row.run_id);
}
