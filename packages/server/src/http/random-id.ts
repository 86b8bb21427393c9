import type { Random } from '@tenuto/engine';

const BYTES = 16;
/** Ids for which random bytes are drawn at once: the drawing costs more than the bytes. */
const IDS_A_DRAW = 256;

/** A random UUID (version 4). */
export function randomId(random: Pick<Random, 'bytes'>): string {
  return idOf(random.bytes(BYTES));
}

/** The same for many ids. */
export function randomIds(random: Pick<Random, 'bytes'>): () => string {
  let pool: Uint8Array = new Uint8Array();
  let used = 0;
  return () => {
    if (used === pool.length) {
      pool = random.bytes(BYTES * IDS_A_DRAW);
      used = 0;
    }
    used += BYTES;
    return idOf(pool.subarray(used - BYTES, used));
  };
}

function idOf(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
