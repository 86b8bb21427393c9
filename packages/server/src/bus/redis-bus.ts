/**
 * Events on Redis Streams. The rows are the truth and the outbox at once: what is behind the last
 * one that was carried is still to be carried.
 *
 *   rows --carry--> <prefix>:events            for outside readers; the id of an entry is made of
 *                                              the event's, so carrying it again changes nothing
 *   <prefix>:events:in --consume--> rows       outside writers; see the consumer
 *   <prefix>:news                              word to the other servers that there is something
 *
 * | what                      | what happens                                                     |
 * |---------------------------|------------------------------------------------------------------|
 * | Redis is away             | events are published all the same; they are carried once it is back |
 * | it was flushed            | the stream is begun again with what is young enough to be on it   |
 * | it came back with less    | the stream goes on behind the last entry that it still has       |
 * | a server dies carrying    | the next one carries the same again: the entries are there        |
 * | a server dies consuming   | its entries are claimed by another; rows know them by their ids   |
 */
import {
  type BusNews,
  type Clock,
  coalesced,
  createLoop,
  type EngineLog,
  type EventBus,
  type EventPublisher,
  type EventStore,
  type Random,
} from '@tenuto/engine';
import { createCarrier } from './redis-carrier.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';
import { createConsumer } from './redis-consumer.ts';

const CARRY_EVERY_MS = 1_000;
const SAY_EVERY_MS = 50;
const TRIM_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface RedisBusOptions {
  readonly url: string;
  readonly store: Pick<EventStore, 'after' | 'carry'>;
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
  readonly log: EngineLog;
  readonly news: BusNews;
  /** A name that no other process has. */
  readonly consumer: string;
  /** Whose the events of outside writers are that name no owner. */
  readonly owner: string;
  readonly prefix?: string;
  /** Entries that are older are trimmed. */
  readonly maxAgeMs?: number;
  /** Entries that a consumer has kept for longer are another's. */
  readonly claimAfterMs?: number;
}

export function createRedisBus(options: RedisBusOptions): EventBus {
  const { url, clock, log, news, prefix = 'tenuto' } = options;
  const channel = `${prefix}:news`;
  const connection = (name: string) => connectRedis(url, { name: `${prefix}-${name}`, log });
  let writer: RedisConnection | undefined;
  let listener: RedisConnection | undefined;
  const carrying = createCarrying(options, () => writer);
  const consumer = createConsumer({
    ...{ claimAfterMs: 30_000, ...options },
    ...{ stream: `${prefix}:events:in`, refused: `${prefix}:events:refused` },
    connect: () => connection('consumer'),
  });
  const saying = coalesced(clock, SAY_EVERY_MS, () =>
    writer?.ready() === true ? writer.client.publish(channel, '') : undefined,
  );
  return {
    kind: 'redis',
    start() {
      if (writer !== undefined) return;
      writer = connection('carrier');
      writer.onReady(() => {
        carrying.connected();
        saying.again();
      });
      listener = connection('news');
      listener.client.on('message', news);
      listener.client.subscribe(channel).catch(() => undefined);
      listener.onReady(news);
      carrying.start();
      consumer.start();
    },
    announce() {
      news();
      carrying.wake();
      saying.ask();
    },
    async stop() {
      await Promise.all([consumer.stop(), carrying.stop()]);
      writer?.close();
      listener?.close();
    },
    health: () =>
      writer?.ready() === true
        ? { status: 'up' }
        : { status: 'down', detail: 'Redis cannot be reached; events are kept and carried later.' },
  };
}

/** Carries events, and trims the stream, again and again. */
function createCarrying(options: RedisBusOptions, connection: () => RedisConnection | undefined) {
  const { clock, log, prefix = 'tenuto', maxAgeMs = 24 * HOUR_MS } = options;
  const carrier = createCarrier({ ...options, stream: `${prefix}:events`, maxAgeMs });
  const onError = (name: string, error: unknown) =>
    log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again');
  const carrying = createLoop({
    ...{ name: 'event carrier', clock, everyMs: CARRY_EVERY_MS, onError },
    runOnce: async () => ((await carrier.carry(connection())) ? 0 : undefined),
  });
  const trimming = createLoop({
    ...{ name: 'event trimming', clock, everyMs: TRIM_EVERY_MS, onError },
    async runOnce() {
      await carrier.trim(connection());
      return undefined;
    },
  });
  return {
    wake: carrying.wake,
    /** Redis is there, perhaps without what it had. */
    connected() {
      carrier.doubt();
      carrying.wake();
      trimming.wake();
    },
    start() {
      carrying.start();
      trimming.start();
    },
    async stop() {
      await Promise.all([carrying.stop(), trimming.stop()]);
    },
  };
}
