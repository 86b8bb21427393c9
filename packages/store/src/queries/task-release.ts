/** Firings that wait for their turn: behind a run that goes on, or for room under a key. */
import type pg from 'pg';
import { parameters } from './database.ts';
import { claimKeyAt } from './priority.ts';
import { countedPart, type QuotaRoom, quotaRoom } from './task-quota.ts';
import { inputWith, kindOf, RUN_OF_TASK } from './task-turn.ts';

/** Tasks looked at by one round, those that have waited longest first. */
const TASKS_AT_ONCE = 200;

interface Waiting {
  readonly task_id: string;
  readonly owner: string;
  readonly concurrency_key: string | null;
  readonly concurrency_limit: number;
  /** Whether one run of the task at a time may go on. */
  readonly alone: boolean;
  readonly queued: number;
}

/**
 * Lets waiting firings become runs. Keys are locked in one order and counted in a later statement:
 * counted in the statement that locks, two rounds would both find room.
 * @returns how many became runs
 */
export async function releaseQueued(pool: Pick<pg.Pool, 'query' | 'connect'>): Promise<number> {
  const { rows } = await pool.query('select 1 from tasks where queued > 0 limit 1');
  if (rows.length === 0) return 0;
  const client = await pool.connect();
  try {
    await client.query('begin');
    const waiting = await lockWaiting(client);
    const counts = await countLive(client, waiting);
    const room = await quotaRoom(
      client,
      waiting.map((row) => row.task_id),
    );
    const released = await release(client, choose(waiting, counts, room), room);
    await client.query('commit');
    return released;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function lockWaiting(client: pg.PoolClient): Promise<Waiting[]> {
  const { rows } = await client.query<Waiting>(
    `select t.task_id, t.owner, t.concurrency_key, t.queued,
       coalesce((t.definition::json ->> 'concurrency_limit')::int, 1) as concurrency_limit,
       t.definition::json ->> 'overlap_policy' in ('queue', 'skip', 'cancel_previous') as alone
     from tasks t join lateral (select min(q.queued_at) as since from task_queue q
       where q.task_id = t.task_id) q on true
     where t.queued > 0 and t.status in ('active', 'completed') and t.deleted_at is null
     order by t.priority, q.since limit ${TASKS_AT_ONCE} for update of t skip locked`,
  );
  const keys = rows.filter((row) => row.concurrency_key !== null);
  if (keys.length > 0) {
    const values = [keys.map((row) => row.owner), keys.map((row) => row.concurrency_key)];
    await client.query(
      `insert into task_keys (owner, key)
       select distinct owner, key from unnest($1::text[], $2::text[]) k(owner, key)
       order by 1, 2 on conflict do nothing`,
      values,
    );
    await client.query(
      `select 1 from task_keys t join unnest($1::text[], $2::text[]) k(owner, key)
         on k.owner = t.owner and k.key = t.key order by t.owner, t.key for update of t`,
      values,
    );
  }
  return rows;
}

interface Counts {
  readonly ofTask: ReadonlyMap<string, number>;
  readonly ofKey: ReadonlyMap<string, number>;
}

async function countLive(client: pg.PoolClient, waiting: readonly Waiting[]): Promise<Counts> {
  const { rows: tasks } = await client.query<{ task_id: string; live: number }>(
    `select r.task_id, count(*)::int as live from run_live r
     where r.task_id = any($1::uuid[]) group by r.task_id`,
    [waiting.map((row) => row.task_id)],
  );
  const keyed = waiting.filter((row) => row.concurrency_key !== null);
  const { rows: keys } = await client.query<{ owner: string; key: string; live: number }>(
    `select k.owner, k.key, (select count(*)::int from tasks t
         join run_live r on r.task_id = t.task_id
         where t.owner = k.owner and t.concurrency_key = k.key) as live
     from (select distinct * from unnest($1::text[], $2::text[]) u(owner, key)) k`,
    [keyed.map((row) => row.owner), keyed.map((row) => row.concurrency_key)],
  );
  return {
    ofTask: new Map(tasks.map((row) => [row.task_id, row.live])),
    ofKey: new Map(keys.map((row) => [`${row.owner}\n${row.key}`, row.live])),
  };
}

/** How many firings of each task may begin. */
function choose(
  waiting: readonly Waiting[],
  { ofTask, ofKey }: Counts,
  { tasks, left }: QuotaRoom,
): Map<string, number> {
  const live = new Map(ofKey);
  const chosen = new Map<string, number>();
  for (const row of waiting) {
    const key = row.concurrency_key === null ? undefined : `${row.owner}\n${row.concurrency_key}`;
    const inUse = key === undefined ? 0 : (live.get(key) ?? 0);
    const room = key === undefined ? row.queued : row.concurrency_limit - inUse;
    const most = row.alone ? ((ofTask.get(row.task_id) ?? 0) > 0 ? 0 : 1) : row.queued;
    const limited = tasks.has(row.task_id);
    const quota = limited ? (left.get(row.owner) ?? 0) : row.queued;
    const count = Math.max(0, Math.min(room, most, quota, row.queued));
    if (count === 0) continue;
    if (limited) left.set(row.owner, quota - count);
    chosen.set(row.task_id, count);
    if (key !== undefined) live.set(key, inUse + count);
  }
  return chosen;
}

const RELEASED = 'select t.owner from numbered n join tasks t on t.task_id = n.task_id';

async function release(
  client: pg.PoolClient,
  chosen: Map<string, number>,
  room: QuotaRoom,
): Promise<number> {
  if (chosen.size === 0) return 0;
  const given = parameters();
  const ids = given.add([...chosen.keys()]);
  const counts = given.add([...chosen.values()]);
  const charge = room.counted.length === 0 ? '' : `, ${countedPart(RELEASED, room, given)}`;
  const { rowCount } = await client.query(
    `with chosen as (select * from unnest(${ids}::uuid[], ${counts}::int[]) c(task_id, most)),
     taken as (
       delete from task_queue q using (
         select o.task_id, o.at, o.key from chosen c cross join lateral (
           select w.task_id, w.at, w.key from task_queue w where w.task_id = c.task_id
           order by w.queued_at, w.at, w.key limit c.most) o) f
       where q.task_id = f.task_id and q.at = f.at and q.key = f.key returning q.*),
     numbered as materialized (select t.*, uuid_v7() as run_id from taken t),
     made as (
       ${RUN_OF_TASK}
       select n.run_id, t.plan_hash, t.owner, ${kindOf('t')}, t.priority,
         n.triggered_by, null, ${inputWith('t.input', 'n.extra')}, clock_timestamp(),
         to_timestamp(n.due_at / 1000.0), 'queued',
         ${claimKeyAt('clock_timestamp()', 't.priority')}, clock_timestamp(), t.task_id
       from numbered n join tasks t on t.task_id = n.task_id),
     told as (
       insert into task_firings (task_id, at, key, tick, due_at, origin, outcome, reason, run_id,
         event_id, recorded_at)
       select n.task_id, n.at, n.key, n.tick, n.due_at, n.origin, 'fired', n.reason, n.run_id,
         n.event_id, clock_timestamp() from numbered n),
     counted as (
       update tasks t set turn = t.turn + 1, queued = t.queued - n.count
       from (select task_id, count(*)::int as count from taken group by task_id) n
       where t.task_id = n.task_id)${charge}
     select 1 from taken`,
    given.values,
  );
  return rowCount ?? 0;
}
