/**
 * Takeover of an engine, in one transaction of several statements: READ COMMITTED gives each its
 * own snapshot, and it is the statement after the lock that sees what the lock waited for. Reading
 * the heartbeat in the locking statement took over an engine that had just renewed.
 */
import { failpoint } from '@tenuto/engine';
import type pg from 'pg';

const START_BYTES = 22;
/** Runs released in one statement: the locks of one chunk are held until the end, so few. */
const RELEASE_CHUNK = 5_000;

interface Fence {
  readonly lane: number;
  readonly epoch: number;
}

/**
 * @returns how many runs were released; undefined when the engine has renewed after all, or when
 *   none of its fences stands
 */
export async function takeOver(
  pool: Pick<pg.Pool, 'connect'>,
  engineId: string,
  seenBeat: number | undefined,
): Promise<number | undefined> {
  const client = await pool.connect();
  try {
    failpoint('before-takeover');
    await client.query('begin');
    await client.query("set local lock_timeout = '5s'");
    const fences = await lockStanding(client, engineId);
    if (fences.length === 0 || !(await stoodStill(client, engineId, seenBeat))) {
      await client.query('rollback');
      return undefined;
    }
    await client.query(
      'update engine_fences set epoch = epoch + 1, alive = false where engine = $1',
      [engineId],
    );
    failpoint('takeover-fenced');
    for (const fence of fences) await keepStarts(client, engineId, fence);
    const released = await releaseRuns(client, engineId);
    await client.query(
      `update engine_heartbeats set lost_at = clock_timestamp(), released_runs = $2,
         running_nodes = 0 where engine = $1`,
      [engineId, released],
    );
    failpoint('takeover-written');
    await client.query('commit');
    failpoint('takeover-committed');
    return released;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/**
 * Releases what an engine owns under fences that stand, in the transaction that is about to replace
 * them.
 */
export async function takeStanding(client: pg.PoolClient, engineId: string): Promise<void> {
  const fences = await lockStanding(client, engineId);
  for (const fence of fences) await keepStarts(client, engineId, fence);
  if (fences.length > 0) await releaseRuns(client, engineId);
}

async function lockStanding(client: pg.PoolClient, engineId: string): Promise<Fence[]> {
  const { rows } = await client.query<Fence>(
    'select lane, epoch from engine_fences where engine = $1 and alive order by lane for update',
    [engineId],
  );
  return rows;
}

async function stoodStill(
  client: pg.PoolClient,
  engineId: string,
  seenBeat: number | undefined,
): Promise<boolean> {
  if (seenBeat === undefined) return true;
  const { rows } = await client.query<{ beat: string }>(
    'select beat from engine_heartbeats where engine = $1',
    [engineId],
  );
  return rows[0] !== undefined && Number(rows[0].beat) === seenBeat;
}

/** Makes rows of the starts that only the batches know, so that whoever claims the run sees them. */
export async function keepStarts(
  client: pg.PoolClient,
  engineId: string,
  { lane, epoch }: Fence,
): Promise<void> {
  const { rows } = await client.query<{ starts: Buffer; at: Date }>(
    `select starts, at from batches
     where engine = $1 and epoch = $2 and lane = $3 and starts is not null and seq >= (
       select floor_seq from batches where engine = $1 and epoch = $2 and lane = $3
       order by seq desc limit 1)`,
    [engineId, epoch, lane],
  );
  for (const { starts, at } of rows) {
    const runs: string[] = [];
    const nodes: number[] = [];
    const attempts: number[] = [];
    for (let o = 0; o + START_BYTES <= starts.length; o += START_BYTES) {
      runs.push(starts.toString('hex', o, o + 16));
      nodes.push(starts.readUInt32BE(o + 16));
      attempts.push(starts.readUInt16BE(o + 20));
    }
    await client.query(
      `insert into started (run_id, node, attempt, started_at)
       select t.run_id, t.node, t.attempt, $4
       from unnest($1::uuid[], $2::int4[], $3::int4[]) t(run_id, node, attempt)
       where exists (select 1 from run_live r where r.run_id = t.run_id and r.engine = $5)
         and not exists (select 1 from attempts a where a.run_id = t.run_id
           and a.node = t.node and a.attempt = t.attempt)
       on conflict do nothing`,
      [runs, nodes, attempts, at, engineId],
    );
  }
}

async function releaseRuns(client: pg.PoolClient, engineId: string): Promise<number> {
  let released = 0;
  for (;;) {
    const { rowCount } = await client.query(
      `update run_live set engine = null, claim_key = 0, wake_at = clock_timestamp()
       where run_id in (select run_id from run_live where engine = $1 limit ${RELEASE_CHUNK})`,
      [engineId],
    );
    released += rowCount ?? 0;
    if ((rowCount ?? 0) < RELEASE_CHUNK) return released;
  }
}
