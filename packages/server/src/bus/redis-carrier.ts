import { formatTime, timeOfId } from '@tenuto/contract';
import {
  type Clock,
  type EngineLog,
  type EventStore,
  eventIdFloor,
  eventIdOfStream,
  type KeptEvent,
  streamIdOf,
} from '@tenuto/engine';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.ts';

const PAGE = 500;
/** One round holds a lock of the database: it must not wait for a Redis that does not answer. */
const ANSWER_MS = 4_000;

export interface Carrier {
  /** Carries some events on. @returns whether there may be more */
  carry(connection: RedisConnection | undefined): Promise<boolean>;
  /** Redis may not have what it had: looks before the next event is carried. */
  doubt(): void;
  /** Removes entries that are too old. */
  trim(connection: RedisConnection | undefined): Promise<void>;
}

export interface CarrierOptions {
  readonly store: Pick<EventStore, 'after' | 'carry'>;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly stream: string;
  readonly maxAgeMs: number;
}

/** Takes events from their rows to the stream, in their order, one server at a time. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { store, clock, log, stream, maxAgeMs } = options;
  let doubtful = true;
  const oldest = () => Math.max(0, clock.wall() - maxAgeMs);

  /** Behind which event the stream goes on: what was carried, unless Redis has lost it. */
  async function resume(client: Redis, from: string): Promise<string> {
    const youngest = eventIdFloor(oldest());
    const floor = from > youngest ? from : youngest;
    if (!doubtful) return floor;
    const last = await lastEntry(client, stream);
    if (last === undefined) {
      await makeStream(client, stream);
      log.info({ stream }, 'the stream of events is begun');
      doubtful = false;
      return youngest;
    }
    doubtful = false;
    const has = eventIdOfStream(last) ?? floor;
    return has < floor ? (has > youngest ? has : youngest) : floor;
  }

  return {
    async carry(connection) {
      if (connection === undefined || !connection.ready()) return false;
      const { client } = connection;
      let more = false;
      await store.carry(stream, (from) =>
        within(clock, async () => {
          const at = await resume(client, from);
          const events = await store.after(at, PAGE);
          const last = events.at(-1);
          if (last === undefined) return at > from ? at : undefined;
          if (!(await add(client, stream, events, log))) {
            // The stream went away meanwhile: what it had is to be carried again.
            doubtful = true;
            more = true;
            return undefined;
          }
          more = events.length === PAGE;
          return last.eventId;
        }),
      );
      return more;
    },
    doubt() {
      doubtful = true;
    },
    async trim(connection) {
      if (connection?.ready() !== true) return;
      await connection.client.xtrim(stream, 'MINID', '~', `${oldest()}-0`);
    },
  };
}

/** @returns false when there is no such stream any more */
async function add(
  client: Redis,
  stream: string,
  events: readonly KeptEvent[],
  log: EngineLog,
): Promise<boolean> {
  const pipeline = client.pipeline();
  for (const event of events) {
    pipeline.xadd(stream, 'NOMKSTREAM', streamIdOf(event.eventId), ...fieldsOf(event));
  }
  const results = (await pipeline.exec()) ?? [];
  if (results.length !== events.length) throw new Error('Redis did not answer all of it');
  for (const [i, [error, id]] of results.entries()) {
    const event = events[i];
    if (event === undefined) continue;
    if (error === null && id === null) return false;
    if (error !== null) await addAgain(client, { stream, event, error, log });
  }
  return true;
}

/** An entry that Redis has already is fine; one that another's entry has overtaken gets a new id. */
async function addAgain(
  client: Redis,
  of: {
    readonly stream: string;
    readonly event: KeptEvent;
    readonly error: Error;
    readonly log: EngineLog;
  },
): Promise<void> {
  const { stream, event, error, log } = of;
  if (!/equal or smaller/.test(error.message)) throw error;
  const id = streamIdOf(event.eventId);
  const [there] = await client.xrange(stream, id, id);
  if (there !== undefined) return;
  log.warn({ stream, event_id: event.eventId }, 'somebody else writes to the stream of events');
  await client.xadd(stream, '*', ...fieldsOf(event));
}

function fieldsOf(event: KeptEvent): string[] {
  const { bytes, context, sourceAgentId } = event;
  return [
    ...['event_id', event.eventId, 'topic', event.topic],
    ...['payload', JSON.stringify(event.payload), 'owner', event.owner],
    ...['published_by', event.publishedBy, 'published_at', formatTime(timeOfId(event.eventId))],
    ...(sourceAgentId === undefined ? [] : ['source_agent_id', sourceAgentId]),
    ...(bytes === undefined ? [] : ['data_base64', Buffer.from(bytes).toString('base64')]),
    ...(context === undefined ? [] : ['context', JSON.stringify(context)]),
  ];
}

/** The id of the last entry that a stream ever had; undefined when there is no stream. */
async function lastEntry(client: Redis, stream: string): Promise<string | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  const info = await client.xinfo('STREAM', stream);
  const fields: readonly unknown[] = Array.isArray(info) ? info : [];
  const id = fields[fields.indexOf('last-generated-id') + 1];
  return typeof id === 'string' ? id : undefined;
}

/** A stream is made by its first entry or its first group: an entry would be seen by readers. */
async function makeStream(client: Redis, stream: string): Promise<void> {
  const group = 'tenuto-made-it';
  await client.xgroup('CREATE', stream, group, '$', 'MKSTREAM').catch((error: Error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });
  await client.xgroup('DESTROY', stream, group);
}

function within<Result>(clock: Clock, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ANSWER_MS, () => reject(new Error('Redis does not answer')));
    work().then(resolve, reject).finally(cancel);
  });
}
