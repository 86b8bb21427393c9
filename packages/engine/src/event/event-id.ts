/**
 * Ids of events are UUIDs of version 7 that rise without exception: behind the millisecond stands a
 * counter, so that two of one millisecond have an order, and a clock that goes back changes nothing.
 *
 *   48 bits ms | version | 12 bits counter | variant | 22 bits counter | 40 bits random
 *
 * Millisecond and counter together are also the id of an entry of a Redis stream.
 */

/** The id before all others. */
export const FIRST_EVENT_ID = '00000000-0000-7000-8000-000000000000';

const LOW_BITS = 22;
const COUNTS = 2 ** 34;
const RANDOM_BYTES = 5;

interface Place {
  readonly ms: number;
  readonly counter: number;
}

/**
 * The ids that follow `last`.
 * @param nowMs the clock of the database; behind `last`, its millisecond goes on
 * @param random gives so many random bytes
 */
export function eventIdsAfter(
  last: string,
  { nowMs, count, random }: { nowMs: number; count: number; random(bytes: number): Uint8Array },
): string[] {
  const before = placeOf(last);
  let { ms, counter } = nowMs > before.ms ? { ms: Math.floor(nowMs), counter: -1 } : before;
  const bytes = Buffer.from(random(count * RANDOM_BYTES));
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    counter += 1;
    if (counter >= COUNTS) {
      ms += 1;
      counter = 0;
    }
    const tail = bytes.toString('hex', i * RANDOM_BYTES, (i + 1) * RANDOM_BYTES);
    ids.push(idAt({ ms, counter }, tail));
  }
  return ids;
}

/** The lowest id of a millisecond. */
export function eventIdFloor(ms: number): string {
  return idAt({ ms: Math.max(0, Math.floor(ms)), counter: 0 }, '0000000000');
}

/** `<ms>-<counter>`: the entry of a Redis stream that carries the event. */
export function streamIdOf(eventId: string): string {
  const { ms, counter } = placeOf(eventId);
  return `${ms}-${counter}`;
}

/** The highest event id that belongs to an entry of a stream; undefined for a text that is none. */
export function eventIdOfStream(streamId: string): string | undefined {
  const [, ms, counter] = /^(\d{1,15})-(\d{1,11})$/.exec(streamId) ?? [];
  if (ms === undefined || counter === undefined || Number(counter) >= COUNTS) return undefined;
  if (Number(ms) >= 2 ** 48) return undefined;
  return idAt({ ms: Number(ms), counter: Number(counter) }, 'ffffffffff');
}

function idAt({ ms, counter }: Place, tail: string): string {
  const time = ms.toString(16).padStart(12, '0');
  const high = Math.floor(counter / 2 ** LOW_BITS);
  const low = counter % 2 ** LOW_BITS;
  const middle = (0x800000 + low).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${high.toString(16).padStart(3, '0')}`,
    middle.slice(0, 4),
    middle.slice(4) + tail,
  ].join('-');
}

function placeOf(eventId: string): Place {
  const hex = eventId.replaceAll('-', '');
  const high = Number.parseInt(hex.slice(13, 16), 16);
  const low = Number.parseInt(hex.slice(16, 22), 16) % 2 ** LOW_BITS;
  return { ms: Number.parseInt(hex.slice(0, 12), 16), counter: high * 2 ** LOW_BITS + low };
}
