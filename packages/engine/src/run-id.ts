import type { Clock, Random } from './ports/clock.ts';
import type { RunId } from './ports/store.ts';

const RANDOM_BYTES = 10;
/** Random bytes are drawn for this many ids at once. */
const IDS_A_DRAW = 512;

/**
 * Makes ids by UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, then random bits. Within one
 * millisecond they are in no order.
 *
 * @param clock on database time: the id decides on the partition
 */
export function createRunIds(clock: Clock, random: Random): () => RunId {
  let pool: Uint8Array = new Uint8Array();
  let used = 0;
  return () => {
    if (used + RANDOM_BYTES > pool.length) {
      pool = random.bytes(RANDOM_BYTES * IDS_A_DRAW);
      used = 0;
    }
    const bytes = Buffer.allocUnsafe(16);
    bytes.writeUIntBE(Math.floor(clock.wall()), 0, 6);
    bytes.set(pool.subarray(used, used + RANDOM_BYTES), 6);
    used += RANDOM_BYTES;
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    return { bytes, text: uuidText(bytes) };
  };
}

export function runIdOf(text: string): RunId {
  return { text, bytes: Buffer.from(text.replaceAll('-', ''), 'hex') };
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
