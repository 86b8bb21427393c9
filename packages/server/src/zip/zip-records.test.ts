import { expect, it } from 'vitest';
import {
  dataDescriptor,
  directoryRecord,
  endRecords,
  isLarge,
  localHeader,
} from './zip-records.ts';

const GIB = 2 ** 30;
const header = { name: Buffer.from('a'), modifiedAt: 0, deflate: false, large: true };

/** The numbers of the field for ZIP64, from where extra fields begin. */
function zip64Of(record: Buffer, at: number): bigint[] {
  expect(record.readUInt16LE(at)).toBe(1);
  const count = record.readUInt16LE(at + 2) / 8;
  return Array.from({ length: count }, (_, n) => record.readBigUInt64LE(at + 4 + 8 * n));
}

it('a file that may not fit into 32 bits says so before its bytes, and has 64 behind them', () => {
  expect([isLarge(GIB), isLarge(2 ** 32 - 2_000), isLarge(5 * GIB)]).toEqual([false, true, true]);
  const before = localHeader(header);
  expect(before.readUInt16LE(4)).toBe(45);
  expect(zip64Of(before, 31)).toEqual([0n, 0n]);
  const sums = { crc: 7, packedBytes: 5 * GIB, sizeBytes: 6 * GIB };
  const behind = dataDescriptor(sums, header);
  expect(behind.length).toBe(24);
  expect([behind.readBigUInt64LE(8), behind.readBigUInt64LE(16)]).toEqual([
    BigInt(5 * GIB),
    BigInt(6 * GIB),
  ]);
});

it('the directory has what 32 bits cannot say in a field of its own, and nothing else', () => {
  const sums = { crc: 7, packedBytes: 5, sizeBytes: 6 * GIB };
  const record = directoryRecord(header, sums, 7 * GIB);
  expect([20, 24, 42].map((at) => record.readUInt32LE(at))).toEqual([5, 0xffffffff, 0xffffffff]);
  expect(zip64Of(record, 47)).toEqual([BigInt(6 * GIB), BigInt(7 * GIB)]);
  const small = directoryRecord({ ...header, large: false }, { ...sums, sizeBytes: 6 }, 9);
  expect(small.readUInt16LE(30)).toBe(9);
  expect([20, 24, 42].map((at) => small.readUInt32LE(at))).toEqual([5, 6, 9]);
});

it('the end points to a large end only where it must', () => {
  expect(endRecords({ files: 3, offset: 100, bytes: 50 }).length).toBe(22);
  const far = endRecords({ files: 3, offset: 5 * GIB, bytes: 50 });
  expect(far.length).toBe(56 + 20 + 22);
  expect(far.readBigUInt64LE(48)).toBe(BigInt(5 * GIB));
  expect(far.readBigUInt64LE(56 + 8)).toBe(BigInt(5 * GIB + 50));
  expect(far.readUInt32LE(56 + 20 + 16)).toBe(0xffffffff);
  expect(far.readUInt16LE(56 + 20 + 10)).toBe(3);
});

it('a time that it cannot say is the nearest that it can', () => {
  const dates = [0, Date.UTC(2300, 0, 1)].map((modifiedAt) =>
    localHeader({ ...header, large: false, modifiedAt }).readUInt16LE(12),
  );
  expect(dates).toEqual([(1 << 5) | 1, (127 << 9) | (12 << 5) | 31]);
});

it('a name that is too long is refused', () => {
  const name = Buffer.alloc(65_536, 'a');
  expect(() => localHeader({ ...header, name })).toThrow(RangeError);
});
