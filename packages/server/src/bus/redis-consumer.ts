import {
  type Clock,
  createLoop,
  type EngineLog,
  type EventPublisher,
  type NewEvent,
  type Random,
} from '@tenuto/engine';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.ts';
import { readEntry, type StreamEntry } from './redis-entry.ts';

/**
 * Makes rows of what outside writers put on a stream, beside the consumers of the other servers.
 * An entry is done with once its row is committed; a consumer that dies before leaves it pending,
 * and another claims it. A row that was made already is known by the entry's id.
 */
export interface Consumer {
  start(): void;
  stop(): Promise<void>;
}

export interface ConsumerOptions {
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
  readonly log: EngineLog;
  readonly consumer: string;
  readonly owner: string;
  readonly stream: string;
  /** Where entries go that are no events, with the reason. */
  readonly refused: string;
  readonly claimAfterMs: number;
  connect(): RedisConnection;
}

const GROUP = 'tenuto';
const AT_ONCE = 500;
const BLOCK_MS = 1_000;
const AGAIN_MS = 1_000;
const CLAIM_EVERY_MS = 5_000;
const REFUSED_KEPT = 10_000;
/** Consumers that have had nothing for so long are of servers that are gone. */
const FORGET_MS = 3_600_000;

export function createConsumer(options: ConsumerOptions): Consumer {
  const { clock, log } = options;
  let connection: RedisConnection | undefined;
  const group = createGroup(options);

  async function round(): Promise<number | undefined> {
    if (connection?.ready() !== true) return undefined;
    const { client } = connection;
    try {
      const entries = await group.next(client);
      if (entries.length > 0) await take(client, options, entries);
      return 0;
    } catch (error) {
      group.leave();
      // Redis was flushed, and the group with it: it is made again at once.
      if (String(error).includes('NOGROUP')) return 0;
      throw error;
    }
  }

  const loop = createLoop({
    ...{ name: 'event consumer', clock, everyMs: AGAIN_MS, runOnce: round },
    onError(name, error) {
      if (connection?.ready() !== true) return;
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again');
    },
  });
  return {
    start() {
      if (connection !== undefined) return;
      connection = options.connect();
      connection.onReady(() => {
        group.leave();
        loop.wake();
      });
      loop.start();
    },
    async stop() {
      // A read that waits for entries ends by itself, or with its connection.
      const stopping = loop.stop();
      await Promise.race([
        stopping,
        new Promise<void>((resolve) => void clock.after(BLOCK_MS + 500, resolve)),
      ]);
      connection?.close();
      await stopping;
    },
  };
}

/** The part of this consumer in the group: what it was given, what others have left, what is new. */
function createGroup(options: ConsumerOptions) {
  const { clock, log, stream, consumer, claimAfterMs } = options;
  let joined = false;
  let claimedAt = Number.NEGATIVE_INFINITY;

  async function claim(client: Redis): Promise<readonly StreamEntry[]> {
    const answer: unknown = await client.call(
      ...(['XAUTOCLAIM', stream, GROUP, consumer] as const),
      ...[String(claimAfterMs), '0-0', 'COUNT', String(AT_ONCE)],
    );
    const claimed = entriesOf(Array.isArray(answer) ? answer[1] : undefined);
    if (claimed.length > 0) {
      log.info({ stream, entries: claimed.length }, 'entries of another consumer were claimed');
    } else await forgetOthers(client, options);
    return claimed;
  }

  return {
    /** Joins again before it reads on: the connection, or Redis, is another. */
    leave() {
      joined = false;
    },
    async next(client: Redis): Promise<readonly StreamEntry[]> {
      if (!joined) {
        await join(client, options);
        claimedAt = Number.NEGATIVE_INFINITY;
        const pending = await read(client, options, { from: '0' });
        // There may be more of them: this comes again until there are none.
        if (pending.length > 0) return pending;
        joined = true;
      }
      if (clock.mono() - claimedAt >= Math.min(claimAfterMs, CLAIM_EVERY_MS)) {
        const claimed = await claim(client);
        if (claimed.length > 0) return claimed;
        claimedAt = clock.mono();
      }
      return read(client, options, { from: '>', blockMs: BLOCK_MS });
    },
  };
}

const bornKey = (stream: string) => `${stream}:born`;

async function join(client: Redis, { stream, random }: ConsumerOptions): Promise<void> {
  const born = Buffer.from(random.bytes(16)).toString('hex');
  await client.set(bornKey(stream), born, 'NX');
  await client.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((error: Error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });
}

async function read(
  client: Redis,
  { stream, consumer }: ConsumerOptions,
  { from, blockMs }: { readonly from: '0' | '>'; readonly blockMs?: number },
): Promise<readonly StreamEntry[]> {
  const group = ['GROUP', GROUP, consumer, 'COUNT', String(AT_ONCE)];
  const block = blockMs === undefined ? [] : ['BLOCK', String(blockMs)];
  const where = ['STREAMS', stream, from];
  const answer: unknown = await client.call('XREADGROUP', ...group, ...block, ...where);
  return entriesOf(Array.isArray(answer) ? answer[0]?.[1] : undefined);
}

/** Consumers of servers that are gone, and have left nothing. */
async function forgetOthers(client: Redis, { stream, consumer }: ConsumerOptions): Promise<void> {
  const answer: unknown = await client.xinfo('CONSUMERS', stream, GROUP);
  for (const one of Array.isArray(answer) ? answer : []) {
    const fields: readonly unknown[] = Array.isArray(one) ? one : [];
    const field = (name: string) => fields[fields.indexOf(name) + 1];
    const [name, pending, idle] = [field('name'), field('pending'), field('idle')];
    if (typeof name !== 'string' || name === consumer || pending !== 0) continue;
    if (Number(idle) > FORGET_MS) await client.xgroup('DELCONSUMER', stream, GROUP, name);
  }
}

/** Makes rows of entries; those that are no events are put aside with the reason. */
async function take(
  client: Redis,
  options: ConsumerOptions,
  entries: readonly StreamEntry[],
): Promise<void> {
  const { stream, refused } = options;
  const born = (await client.get(bornKey(stream))) ?? '';
  const aside: { readonly entry: StreamEntry; readonly reason: string }[] = [];
  const events: NewEvent[] = [];
  for (const entry of entries) {
    const event = readEntry(entry, { owner: options.owner, born });
    if (typeof event === 'string') aside.push({ entry, reason: event });
    else events.push(event);
  }
  if (events.length > 0) await publish(options, events);
  const pipeline = client.pipeline();
  for (const { entry, reason } of aside) {
    const fields = JSON.stringify(Object.fromEntries(entry.fields)).slice(0, 10_000);
    pipeline.xadd(
      ...[refused, 'MAXLEN', '~', REFUSED_KEPT, '*'],
      ...['id', entry.id, 'reason', reason, 'fields', fields],
    );
  }
  const ids = entries.map(({ id }) => id);
  pipeline.xack(stream, GROUP, ...ids);
  pipeline.xdel(stream, ...ids);
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}

async function publish(
  { publisher, stream }: ConsumerOptions,
  events: readonly NewEvent[],
): Promise<void> {
  const details = { stream };
  await publisher.publish({
    events,
    audit: { actor: 'stream', action: 'event.published', subject: '', details },
  });
}

/** `[[id, [name, value, ...]], ...]`; an entry that was deleted meanwhile has no fields. */
function entriesOf(answer: unknown): readonly StreamEntry[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((entry: unknown): StreamEntry[] => {
    if (!Array.isArray(entry)) return [];
    const [id, list]: readonly unknown[] = entry;
    if (typeof id !== 'string') return [];
    const fields = new Map<string, string>();
    const flat: readonly unknown[] = Array.isArray(list) ? list : [];
    for (let i = 0; i + 1 < flat.length; i += 2) fields.set(String(flat[i]), String(flat[i + 1]));
    return [{ id, fields }];
  });
}
