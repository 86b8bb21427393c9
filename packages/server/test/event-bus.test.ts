/** What every bus between servers has to do; each runs the same suite. */
import { FIRST_EVENT_ID } from '@tenuto/engine';
import { startRedis, type TestRedis, whyNoRedis } from '@tenuto/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventServer, eventDatabase, startEventServer } from './two-servers.ts';

const noRedis = await whyNoRedis();
let redis: TestRedis | undefined;
beforeAll(async () => {
  if (noRedis === undefined) redis = await startRedis();
});
afterAll(() => redis?.[Symbol.asyncDispose]());

interface Carrier {
  readonly name: string;
  readonly skip: string | undefined;
  redis(): TestRedis | undefined;
  /** Takes it away, and gives it back. */
  interrupt(pool: pg.Pool): Promise<void>;
}

const CARRIERS: readonly Carrier[] = [
  {
    name: 'the database alone',
    skip: undefined,
    redis: () => undefined,
    async interrupt(pool) {
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'tenuto-bus' and datname = current_database()`,
      );
    },
  },
  {
    name: `Redis${noRedis === undefined ? '' : ` (skipped: ${noRedis})`}`,
    skip: noRedis,
    redis: () => redis,
    async interrupt() {
      await redis?.kill();
      await redis?.start();
    },
  },
];

const isUp = (server: EventServer) =>
  expect.poll(() => server.bus.health().status, { timeout: 60_000 }).toBe('up');

describe.each(CARRIERS)('a bus over $name', ({ skip, redis: itsRedis, interrupt }) => {
  it.skipIf(skip)('lets every server tell what any of them publishes, in one order', async () => {
    const { database } = await eventDatabase();
    const servers = [1, 2].map(() => startEventServer(database, itsRedis(), { prefix: 'one' }));
    const told = servers.map((server) => server.told(200, FIRST_EVENT_ID));
    const published = await Promise.all(
      Array.from({ length: 200 }, (_, i) => servers[i % 2]?.publish('bus.one', i)),
    );
    const ids = published.map((event) => event?.eventId).toSorted();
    for (const events of await Promise.all(told)) {
      expect(events.map(({ eventId }) => eventId)).toEqual(ids);
    }
  });

  it.skipIf(skip)('brings the word to a server that only looks on', async () => {
    const { database } = await eventDatabase();
    const [here, there] = [1, 2].map(() =>
      startEventServer(database, itsRedis(), { prefix: 'two' }),
    );
    if (here === undefined || there === undefined) throw new Error('no servers');
    await isUp(here);
    await isUp(there);
    let from = FIRST_EVENT_ID;
    for (let i = 0; i < 5; i += 1) {
      const next = there.told(1, from);
      const { eventId } = await here.publish('bus.two', i);
      expect((await next)[0]).toMatchObject({ eventId, payload: i });
      from = eventId;
    }
  });

  it.skipIf(skip)('goes on when it was interrupted, and nothing is lost', async () => {
    const { database, pool } = await eventDatabase();
    const [here, there] = [1, 2].map(() =>
      startEventServer(database, itsRedis(), { prefix: 'three' }),
    );
    if (here === undefined || there === undefined) throw new Error('no servers');
    await isUp(here);
    const told = there.told(90, FIRST_EVENT_ID);
    for (let i = 0; i < 90; i += 1) {
      if (i === 30) await interrupt(pool);
      await here.publish('bus.three', i);
    }
    expect((await told).map(({ payload }) => payload)).toEqual(
      Array.from({ length: 90 }, (_, i) => i),
    );
    await isUp(here);
    await isUp(there);
  });

  it.skipIf(skip)('stops, also when it is stopped at once', async () => {
    const { database } = await eventDatabase();
    const server = startEventServer(database, itsRedis(), { prefix: 'four' });
    await server.stop();
    const another = startEventServer(database, itsRedis(), { prefix: 'four' });
    await another.publish('bus.four', 1);
    await another.stop();
  });
});
