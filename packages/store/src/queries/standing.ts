import type { Access, InboxType, RunStanding } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { reachable } from './run-row.ts';

/** Runs that stand before another are counted up to here. */
const COUNTED = 1_000;
/** The most attempts of a run that are told to be going on. */
const STARTED = 10_000;

interface Row {
  readonly engine: string | null;
  readonly name: string | null;
  readonly alive: boolean;
  readonly engines: number;
  readonly ahead: number;
  readonly told: InboxType[];
  readonly wake_at: number | null;
}

/** Where a run that is not over stands; undefined when there is none for this access. */
export async function findStanding(
  db: Database,
  access: Access,
  runId: string,
): Promise<RunStanding | undefined> {
  const given = parameters();
  const [row] = await ask<Row>(
    db,
    `select r.engine, e.name,
       exists (select from engine_fences f where f.engine = r.engine and f.alive) as alive,
       (select count(distinct f.engine)::int from engine_fences f where f.alive) as engines,
       case when r.engine is null then (select count(*)::int from (
         select from run_live q where q.engine is null and q.owner = r.owner
           and q.claim_key < r.claim_key and q.wake_at <= clock_timestamp()
         limit ${COUNTED}) before_it) else 0 end as ahead,
       array(select i.type from run_inbox i where i.run_id = r.run_id order by i.seq limit 100) as told,
       case when isfinite(r.wake_at) then (extract(epoch from r.wake_at) * 1000)::float8 end as wake_at
     from run_live r left join engines e on e.engine_id = r.engine
     where r.run_id = ${given.add(runId)} and ${reachable(access, given)}`,
    given.values,
  );
  if (row === undefined) return undefined;
  const { engine, name, alive, engines, ahead, told } = row;
  return {
    engine: engine === null ? null : { engineId: engine, name: name ?? '', alive },
    ...{ engines, ahead, told, wakeAt: row.wake_at },
    started: await ask(
      db,
      `select s.node, s.attempt, (extract(epoch from s.started_at) * 1000)::float8 as "startedAt"
       from started s where s.run_id = $1 limit ${STARTED}`,
      [runId],
    ),
  };
}
