/** Many events for many tasks of two servers, while one is killed and what carries events is away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createDoctor } from '@tenuto/engine';
import type { Client } from '@tenuto/sdk';
import { openApiStore } from '@tenuto/store';
import { createDatabase, startRedis, type TestDatabase, type TestRedis } from '@tenuto/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type ServerProcess, startServer } from './server-process.ts';
import { urlOf } from './stage.ts';

export interface TaskFloodResult {
  readonly events: number;
  /** Lines of the ledger that say `fired`, and all others. */
  readonly fired: number;
  readonly others: number;
  /** Pairs of an event and the task that it is for which the ledger tells of. */
  readonly right: number;
  readonly runs: number;
  /** Runs that the ledger names and that have completed, each once. */
  readonly completed: number;
  readonly live: number;
  /** Runs whose node has another number of completed attempts than one. */
  readonly uneven: number;
  /** What the tasks have counted. */
  readonly counted: number;
  /** What the doctor finds wrong. */
  readonly findings: readonly string[];
  /** From the first event to the last that was written down, and to the end of the last run. */
  readonly publishedMs: number;
  readonly ms: number;
}

const TASKS = 50;
const CHUNK = 500;
const PREFIX = 'flood';
/** Between two looks at how far it is. */
const LOOK_MS = 100;

/** @param carrier `redis`: written to a stream and carried by it; else published over HTTP */
export async function taskFlood(
  count: number,
  carrier: 'redis' | 'embedded',
): Promise<TaskFloodResult> {
  const stack = new AsyncDisposableStack();
  try {
    const redis = carrier === 'redis' ? stack.use(await startRedis()) : undefined;
    const database = await createDatabase();
    stack.defer(() => database.drop());
    const pool = new pg.Pool({ ...database.connection, max: 2 });
    pool.on('error', () => undefined);
    stack.defer(() => pool.end());
    return await floodTasks({ stack, count, redis, database, pool });
  } finally {
    await stack.disposeAsync();
  }
}

interface Flood {
  readonly stack: AsyncDisposableStack;
  readonly count: number;
  readonly redis: TestRedis | undefined;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
}

async function floodTasks(flood: Flood): Promise<TaskFloodResult> {
  const { count, pool, redis, database } = flood;
  const servers = [await serverOf(flood), await serverOf(flood)];
  const clients = await Promise.all(servers.map((server) => server.ready));
  await makeTasks(clients[0]);
  const from = performance.now();
  const counts = async (table: string) =>
    Number((await pool.query(`select count(*) as n from ${table}`)).rows[0]?.n);
  const reaches = async (table: string, wanted: number) => {
    while ((await counts(table)) < wanted) await setTimeout(LOOK_MS);
  };
  const writing = redis === undefined ? publish(clients, count) : write(flood, redis);
  await reaches('events', count / 4);
  await servers[0]?.kill();
  await reaches('events', count / 2);
  await interrupt(flood);
  await writing;
  await reaches('events', count);
  const publishedMs = performance.now() - from;
  await reaches('runs', count);
  const ms = performance.now() - from;
  const counted = await verdict(pool);
  // Within a minute the database would do it by itself.
  await pool.query('vacuum');
  return { ...counted, findings: await findings(database), publishedMs, ms };
}

async function serverOf({ stack, redis, database }: Flood): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-flood-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = startServer({
    ...{ dataDir, databaseUrl: urlOf(database.connection) },
    env: {
      ...(redis && { REDIS_URL: redis.url, TENUTO_REDIS_PREFIX: PREFIX }),
      ...{ TENUTO_LEASE_MS: '1000', LOG_LEVEL: 'warn' },
    },
  });
  stack.defer(async () => void (await server.kill()));
  return server;
}

async function makeTasks(client: Client | undefined): Promise<void> {
  const value = '${event.payload}';
  for (let i = 0; i < TASKS; i += 1) {
    await client?.tasks.create({
      ...{ title: `flood.${i}`, schedule_kind: 'event', schedule_expr: `flood.${i}` },
      payload: { pipeline: [{ id: 'only', uses: 'transform.cel', with: { value } }] },
    });
  }
}

const topicOf = (i: number) => `flood.${i % TASKS}`;

/** What carries events is away for a moment. */
async function interrupt({ redis, pool }: Flood): Promise<void> {
  if (redis !== undefined) {
    await redis.stop();
    await redis.start();
    return;
  }
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'tenuto-bus' and datname = current_database()`,
  );
}

/** Every event may be published again: who was not answered does not know whether it was. */
async function publish(clients: readonly Client[], count: number): Promise<void> {
  let next = 0;
  const one = async (first: number) => {
    for (let i = first; next < count; ) {
      const [from, to] = [next, Math.min(next + CHUNK, count)];
      next = to;
      const events = Array.from({ length: to - from }, (_, k) => {
        const [id, type] = [String(from + k), topicOf(from + k)];
        return { specversion: '1.0', source: 'flood', id, type, data: from + k };
      });
      const goes = () => clients[i % clients.length]?.events.publishCloudEvents(events);
      while ((await goes()?.catch(() => undefined)) === undefined) {
        i += 1;
        await setTimeout(LOOK_MS);
      }
    }
  };
  await Promise.all(clients.map((_, i) => one(i)));
}

async function write({ stack, count }: Flood, redis: TestRedis): Promise<void> {
  const client = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  stack.defer(async () => client.disconnect());
  for (let first = 0; first < count; first += CHUNK) {
    for (;;) {
      const pipeline = client.pipeline();
      for (let i = first; i < Math.min(first + CHUNK, count); i += 1) {
        const content = ['topic', topicOf(i), 'payload', String(i), 'dedupe_id', String(i)];
        pipeline.xadd(`${PREFIX}:events:in`, '*', ...content, 'owner', 'admin');
      }
      const results = await pipeline.exec().catch(() => null);
      if (results?.every(([error]) => error === null)) break;
      await setTimeout(LOOK_MS);
    }
  }
}

type Counts = Omit<TaskFloodResult, 'findings' | 'publishedMs' | 'ms'>;

async function verdict(pool: pg.Pool): Promise<Counts> {
  const { rows } = await pool.query<Counts>(
    `select (select count(distinct payload)::int from events) as events,
       (select count(*)::int from task_firings where outcome = 'fired') as fired,
       (select count(*)::int from task_firings where outcome <> 'fired')
         + (select count(*)::int from task_queue) as others,
       (select count(distinct e.event_id)::int from task_firings f
        join events e on e.event_id = f.event_id
        join tasks t on t.task_id = f.task_id and t.title = e.topic) as right,
       (select count(*)::int from runs where task_id is not null) as runs,
       (select count(distinct r.run_id)::int from task_firings f
        join runs r on r.run_id = f.run_id and r.task_id = f.task_id
        where r.status = 'completed') as completed,
       (select count(*)::int from run_live) as live,
       (select count(*)::int from runs r where 1 <> (select count(*) from attempts a
        where a.run_id = r.run_id and a.status = 'completed')) as uneven,
       (select sum(fired)::int from tasks) as counted`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was counted');
  return row;
}

async function findings(database: TestDatabase): Promise<readonly string[]> {
  const store = openApiStore(database.connection);
  try {
    const { checks } = await createDoctor(store.doctor).examine({ limit: 5_000 });
    return checks
      .filter((check) => check.verdict !== 'ok')
      .map(({ name, count, evidence }) => `${name} (${count}) ${JSON.stringify(evidence)}`);
  } finally {
    await store.close();
  }
}

/** What is to come of so many events. */
export function expectedOf(count: number): Counts & { readonly findings: readonly string[] } {
  return {
    ...{ events: count, fired: count, others: 0, right: count, runs: count, completed: count },
    ...{ live: 0, uneven: 0, counted: count, findings: [] },
  };
}
