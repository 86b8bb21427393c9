/** Many events through Redis Streams, while a server is killed and Redis is restarted. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { streamIdOf } from '@tenuto/engine';
import { createDatabase, startRedis } from '@tenuto/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type ServerProcess, startServer } from './server-process.ts';
import { urlOf } from './stage.ts';

export interface FloodResult {
  readonly rows: number;
  readonly different: number;
  readonly matches: number;
  /** Entries of the stream for outside readers, and those of them that are no row's. */
  readonly entries: number;
  readonly strange: number;
  /** What outside writers have written and nobody has taken. */
  readonly left: number;
  readonly refused: number;
  /** Ids of events whose order is not that of the entries. */
  readonly sorted: boolean;
  /** From the first entry that was written to the last row, the faults included. */
  readonly ms: number;
}

const CHUNK = 1_000;
const PREFIX = 'flood';
const INTO = `${PREFIX}:events:in`;

/** Writes so many events to the stream, with faults in between, and looks at what came of them. */
export async function flood(count: number): Promise<FloodResult> {
  const stack = new AsyncDisposableStack();
  try {
    return await floodIn(stack, count);
  } finally {
    await stack.disposeAsync();
  }
}

async function floodIn(stack: AsyncDisposableStack, count: number): Promise<FloodResult> {
  const redis = stack.use(await startRedis());
  const database = await createDatabase();
  stack.defer(() => database.drop());
  const pool = new pg.Pool({ ...database.connection, max: 2 });
  pool.on('error', () => undefined);
  stack.defer(() => pool.end());
  const client = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  stack.defer(async () => client.disconnect());
  const servers: ServerProcess[] = [];
  for (let i = 0; i < 2; i += 1) {
    const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-flood-'));
    stack.defer(() => rm(dataDir, { recursive: true, force: true }));
    const server = startServer({
      ...{ dataDir, databaseUrl: urlOf(database.connection) },
      env: {
        ...{ REDIS_URL: redis.url, TENUTO_REDIS_PREFIX: PREFIX },
        ...{ TENUTO_LEASE_MS: '1000', LOG_LEVEL: 'warn' },
      },
    });
    servers.push(server);
    stack.defer(async () => void (await server.kill()));
  }
  for (const server of servers) await server.ready;
  await subscribe(pool);
  const from = performance.now();
  const rows = async () =>
    Number((await pool.query('select count(*) as n from events')).rows[0]?.n);
  const reaches = async (wanted: number) => {
    while ((await rows()) < wanted) await setTimeout(50);
  };
  const writing = write(client, count);
  await reaches(count / 4);
  await servers[0]?.kill();
  await reaches(count / 2);
  await redis.stop();
  await redis.start();
  await writing;
  await reaches(count);
  const ms = performance.now() - from;
  while ((await client.xlen(`${PREFIX}:events`)) < count) await setTimeout(50);
  while ((await client.xlen(INTO)) > 0) await setTimeout(50);
  return { ...(await verdict(pool, client)), ms };
}

/** Every entry may be written again: it is not known whether Redis had it when it went away. */
async function write(client: Redis, count: number): Promise<void> {
  for (let first = 0; first < count; first += CHUNK) {
    for (;;) {
      const pipeline = client.pipeline();
      for (let i = first; i < Math.min(first + CHUNK, count); i += 1) {
        pipeline.xadd(
          ...[INTO, '*', 'topic', `flood.${i % 10}`, 'payload', String(i)],
          ...['dedupe_id', String(i), 'owner', 'ann'],
        );
      }
      const results = await pipeline.exec().catch(() => null);
      if (results?.every(([error]) => error === null)) break;
      await setTimeout(100);
    }
  }
}

async function subscribe(pool: pg.Pool): Promise<void> {
  await pool.query(
    `with head as (update event_subscription_head set version = version + 1 returning version)
     insert into event_subscriptions (subscription_id, owner, pattern, version)
     select $1, 'ann', 'flood.*', version from head`,
    [randomUUID()],
  );
}

async function verdict(pool: pg.Pool, client: Redis): Promise<Omit<FloodResult, 'ms'>> {
  const { rows: events } = await pool.query<{ event_id: string; payload: string }>(
    'select event_id, payload from events order by event_id',
  );
  const { rows } = await pool.query<{ n: string }>('select count(*) as n from event_matches');
  const known = new Set(events.map((event) => streamIdOf(event.event_id)));
  const ids: string[] = [];
  for (let start = '-'; ; ) {
    const page = await client.xrange(`${PREFIX}:events`, start, '+', 'COUNT', 5_000);
    ids.push(...page.map(([id]) => id));
    if (page.length < 5_000) break;
    start = `(${ids.at(-1)}`;
  }
  const wanted = events.map((event) => streamIdOf(event.event_id));
  return {
    rows: events.length,
    different: new Set(events.map(({ payload }) => payload)).size,
    matches: Number(rows[0]?.n),
    entries: ids.length,
    strange: ids.filter((id) => !known.has(id)).length,
    left: await client.xlen(INTO),
    refused: await client.xlen(`${PREFIX}:events:refused`),
    sorted: ids.every((id, i) => id === wanted[i]),
  };
}
