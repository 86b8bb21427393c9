const BLOCK_BYTES = 64 * 1024;

export interface KeptBytes {
  readonly length: number;
  add(record: Uint8Array): void;
  /** All of it, in pieces. */
  blocks(): readonly Uint8Array[];
}

/**
 * Many small records, kept in memory of their own: a small buffer is a part of a large one that is
 * shared with whatever was made at the time, and keeps all of that.
 */
export function createKeptBytes(): KeptBytes {
  const full: Uint8Array[] = [];
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let used = 0;
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(record) {
      if (used + record.length > block.length) {
        full.push(block.subarray(0, used));
        block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, record.length));
        used = 0;
      }
      block.set(record, used);
      used += record.length;
      length += record.length;
    },
    blocks: () => [...full, block.subarray(0, used)],
  };
}
