import type { EngineIdentity, EngineLoad, Peer } from '@tenuto/engine';
import type pg from 'pg';
import { takeStanding } from './takeover.ts';

type Queryable = Pick<pg.Pool, 'query'>;

interface EngineKey {
  readonly engineId: string;
  readonly epoch: number;
}

/**
 * Makes or renews an engine's fences under a higher epoch. The engine's row is locked first, in a
 * statement of its own: of two processes under one identity each then gets an epoch of its own.
 * What the fences that still stand have kept is taken over, with the starts of their batches, which
 * nobody looks for under the new epoch.
 */
export async function registerEngine(
  pool: Pick<pg.Pool, 'connect'>,
  identity: EngineIdentity,
): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `insert into engines (engine_id, name, lease_ms, host, pid, version, capacity, slots)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (engine_id) do update set started_at = clock_timestamp(), stopped_at = null,
         lease_ms = excluded.lease_ms, host = excluded.host, pid = excluded.pid,
         version = excluded.version, capacity = excluded.capacity, slots = excluded.slots`,
      [identity.engineId, identity.name, identity.leaseMs, ...toldOf(identity)],
    );
    await takeStanding(client, identity.engineId);
    const epoch = await raiseFences(client, identity);
    await client.query('commit');
    return epoch;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

function toldOf({ about }: EngineIdentity): readonly unknown[] {
  return [about?.host, about?.pid, about?.version, about?.capacity, about?.slots].map(
    (value) => value ?? null,
  );
}

/** Lanes that the engine has no more fall with the rest: an old process may still write there. */
async function raiseFences(
  client: pg.PoolClient,
  { engineId, lanes }: EngineIdentity,
): Promise<number> {
  const { rows } = await client.query<{ epoch: number }>(
    `with next as (
       select coalesce(max(epoch), 0) + 1 as epoch from engine_fences where engine = $1),
     beating as (
       insert into engine_heartbeats (engine, beat) values ($1, 1)
       on conflict (engine) do update set beat = engine_heartbeats.beat + 1,
           at = clock_timestamp(), running_nodes = 0, lost_at = null, released_runs = null),
     fallen as (
       update engine_fences f set epoch = next.epoch, alive = false
       from next where f.engine = $1 and f.lane >= $2)
     insert into engine_fences (engine, lane, epoch, alive)
     select $1, lane, next.epoch, true from next, generate_series(0, $2::int - 1) lane
     on conflict (engine, lane) do update set epoch = excluded.epoch, alive = true
     returning epoch`,
    [engineId, lanes],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an engine needs at least one lane');
  return row.epoch;
}

/** Counts the heartbeat up while the engine's fences stand under that epoch. */
export async function beat(
  db: Queryable,
  { engineId, epoch, load }: EngineKey & { readonly load?: EngineLoad | undefined },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with fence as materialized (
       select 1 from engine_fences where engine = $1 and epoch = $2 and alive
       order by lane limit 1 for share)
     update engine_heartbeats set beat = beat + 1, at = clock_timestamp(),
       running_nodes = coalesce($3, running_nodes)
     from fence where engine = $1`,
    [engineId, epoch, load?.runningNodes ?? null],
  );
  return rowCount === 1;
}

/** Other engines whose fences stand, with their heartbeats. */
export async function peers(db: Queryable, engineId: string): Promise<Peer[]> {
  const { rows } = await db.query<{ engine: string; beat: string; lease_ms: number }>(
    `select h.engine, h.beat, e.lease_ms from engine_heartbeats h
     join engines e on e.engine_id = h.engine
     where h.engine <> $1 and exists (
       select 1 from engine_fences f where f.engine = h.engine and f.alive)`,
    [engineId],
  );
  return rows.map(({ engine, beat: count, lease_ms: leaseMs }) => {
    return { engineId: engine, beat: Number(count), leaseMs };
  });
}

/**
 * Takes down the fences of an engine that has nothing left. One that owns runs after all, because
 * the reply to a claim was lost, stays up: it is taken over like any that died.
 */
export async function retire(
  pool: Pick<pg.Pool, 'connect'>,
  engineId: string,
  epoch: number,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    // In a statement of its own: the next one sees what this one has waited for.
    await client.query('select 1 from engine_fences where engine = $1 for update', [engineId]);
    await client.query(
      `with down as (
         update engine_fences set alive = false where engine = $1 and epoch = $2
           and not exists (select 1 from run_live where engine = $1)
         returning 1)
       update engines set stopped_at = clock_timestamp()
       where engine_id = $1 and exists (select 1 from down)`,
      [engineId, epoch],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
