import { createHash } from 'node:crypto';
import { TEST_STATUSES } from '@tenuto/contract';
import type { WindowResult } from '@tenuto/engine';

/** A status with the flaky bit, the commit, the duration. */
const BYTES = 9;
const FLAKY = 0x80;
const LONGEST_MS = 0x7fff_ffff;

/** The last results of a test as the bytes of one column, newest first. */
export function packWindow(results: readonly WindowResult[]): Buffer {
  const packed = Buffer.alloc(results.length * BYTES);
  for (const [i, { status, flaky, commit, durationMs }] of results.entries()) {
    const at = i * BYTES;
    packed.writeUInt8(TEST_STATUSES.indexOf(status) | (flaky ? FLAKY : 0), at);
    packed.writeUInt32BE(commit, at + 1);
    packed.writeUInt32BE(storedMs(durationMs), at + 5);
  }
  return packed;
}

export function unpackWindow(packed: Buffer): WindowResult[] {
  return Array.from({ length: Math.floor(packed.length / BYTES) }, (_, i) => {
    const at = i * BYTES;
    const first = packed.readUInt8(at);
    const status = TEST_STATUSES[first & ~FLAKY];
    return {
      status: status === undefined || status === 'skipped' ? 'error' : status,
      flaky: (first & FLAKY) !== 0,
      commit: packed.readUInt32BE(at + 1),
      durationMs: packed.readUInt32BE(at + 5),
    };
  });
}

/** A commit as the number that a window keeps of it; 0 when nobody said which it was. */
export function commitNumber(commit: string | null): number {
  if (commit === null || commit === '') return 0;
  return createHash('sha256').update(commit).digest().readUInt32BE(0) || 1;
}

/** A duration as an integer column takes it. */
export function storedMs(durationMs: number): number {
  return Math.min(LONGEST_MS, Math.max(0, Math.round(durationMs)));
}
