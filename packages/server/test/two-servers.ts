/** Servers of one database, as far as events go: each with its own store, loops and bus. */
import type { EventBus, KeptEvent, PublishedEvent } from '@tenuto/engine';
import { createNotifyBus, makePartitions, openApiStore } from '@tenuto/store';
import { createDatabase, type TestDatabase, type TestRedis } from '@tenuto/testkit';
import pg from 'pg';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { createRedisBus } from '../src/bus/redis-bus.ts';
import { createEventing, type Eventing } from '../src/events/eventing.ts';
import { systemClock, systemRandom } from '../src/system-clock.ts';

export interface EventServer {
  readonly eventing: Eventing;
  readonly bus: EventBus;
  publish(topic: string, payload: unknown): Promise<PublishedEvent>;
  /** The next events that are told here, from the moment this is called. */
  told(count: number, from: string): Promise<readonly KeptEvent[]>;
  stop(): Promise<void>;
}

/** A database, and a pool to look into it with; gone when the test is over. */
export async function eventDatabase(): Promise<{ database: TestDatabase; pool: pg.Pool }> {
  const database = await createDatabase();
  const pool = new pg.Pool({ ...database.connection, max: 2 });
  pool.on('error', () => undefined);
  await makePartitions(pool);
  onTestFinished(async () => {
    await pool.end();
    await database.drop();
  });
  return { database, pool };
}

let servers = 0;

/** @param redis carries the events; without one, the database alone does */
export function startEventServer(
  database: TestDatabase,
  redis?: Pick<TestRedis, 'url'>,
  over: Partial<Parameters<typeof createRedisBus>[0]> = {},
): EventServer {
  servers += 1;
  const consumer = `server-${servers}`;
  const store = openApiStore(database.connection);
  const log = pino({ level: 'silent' });
  let bus: EventBus | undefined;
  const eventing = createEventing({
    ...{ store: store.events, clock: systemClock, log, retentionMs: 720 * 3_600_000 },
    poke: () => undefined,
    bus(parts) {
      bus =
        redis === undefined
          ? createNotifyBus(database.connection, { clock: systemClock, news: parts.news })
          : createRedisBus({
              ...{ ...parts, store: store.events, clock: systemClock, log, url: redis.url },
              ...{ random: systemRandom, consumer, owner: 'admin', claimAfterMs: 500, ...over },
            });
      return bus;
    },
  });
  if (bus === undefined) throw new Error('no bus was made');
  eventing.start();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= eventing.stop().then(() => store.close());
    return stopped;
  };
  onTestFinished(stop);
  return {
    ...{ eventing, bus, stop },
    async publish(topic, payload) {
      const audit = { actor: 'ann', action: 'event.published', subject: '', details: {} };
      const event = { owner: 'ann', topic, payload, origin: 'api', publishedBy: 'ann' } as const;
      const result = await eventing.parts.publisher.publish({
        events: [{ ...event, payload: JSON.parse(JSON.stringify(payload)) }],
        audit,
      });
      const [published] = result === 'used' ? [] : result;
      if (published === undefined) throw new Error('not published');
      return published;
    },
    async told(count, from) {
      const controller = new AbortController();
      const told: KeptEvent[] = [];
      const options = { idleMs: 1_000, signal: controller.signal };
      for await (const page of eventing.parts.tail.follow(from, options)) {
        told.push(...page);
        if (told.length >= count) break;
      }
      controller.abort();
      return told;
    },
  };
}
