/** The records of a ZIP file (APPNOTE 6.3.10), ZIP64 where numbers need it; all little-endian. */

/** What a field of 32 or of 16 bits cannot say, and what it holds when ZIP64 says it instead. */
const MOST_32 = 0xffff_ffff;
const MOST_16 = 0xffff;
/** Of versions that can read it: 2.0 for folders and deflate, 4.5 for ZIP64. */
const PLAIN = 20;
const ZIP64 = 45;
/** Made by 4.5 on Unix: attributes hold a mode. */
const MADE_BY = (3 << 8) | ZIP64;
const REGULAR_FILE = 0o100644;
/** Sizes and the checksum follow the bytes; names are in UTF-8. */
const FLAGS = 0x0008 | 0x0800;
const ZIP64_FIELD = 0x0001;
const TIME_FIELD = 0x5455;

/** What is known of a file before its bytes. */
export interface ZipHeader {
  readonly name: Buffer;
  /** Unix time in milliseconds. */
  readonly modifiedAt: number;
  readonly deflate: boolean;
  /** Sizes have 64 bits in the record behind its bytes. */
  readonly large: boolean;
}

/** What is known behind its bytes. */
export interface ZipSums {
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

/** Whether a file of a size may, packed, need more than 32 bits: deflate adds 5 bytes a block. */
export function isLarge(sizeBytes: number): boolean {
  return sizeBytes + Math.ceil(sizeBytes / 1_000) + 1_024 >= MOST_32;
}

/** Stands before the bytes of a file. @throws RangeError for a name of more than 65,535 bytes */
export function localHeader(header: ZipHeader): Buffer {
  const { name, large } = header;
  if (name.length > MOST_16) throw new RangeError('a name in a zip has at most 65,535 bytes');
  const extra = [
    ...(large ? [zip64Field([0, 0])] : []), // Says that what follows the bytes has 64 bits.
    timeField(header.modifiedAt),
  ];
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x04034b50, 0);
  fixed.writeUInt16LE(large ? ZIP64 : PLAIN, 4);
  writeCommon(fixed, 6, header);
  if (large) {
    fixed.writeUInt32LE(MOST_32, 18);
    fixed.writeUInt32LE(MOST_32, 22);
  }
  return joined(fixed, { at: 26, name, extra });
}

/** Stands behind the bytes of a file. */
export function dataDescriptor(
  { crc, packedBytes, sizeBytes }: ZipSums,
  { large }: Pick<ZipHeader, 'large'>,
): Buffer {
  const record = Buffer.alloc(large ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(crc, 4);
  if (large) {
    record.writeBigUInt64LE(BigInt(packedBytes), 8);
    record.writeBigUInt64LE(BigInt(sizeBytes), 16);
  } else {
    record.writeUInt32LE(packedBytes, 8);
    record.writeUInt32LE(sizeBytes, 12);
  }
  return record;
}

/** The line of a file in the directory at the end; `offset` is where its header is. */
export function directoryRecord(header: ZipHeader, sums: ZipSums, offset: number): Buffer {
  const { crc, packedBytes, sizeBytes } = sums;
  // In this order, and only those that 32 bits cannot say.
  const beyond = [sizeBytes, packedBytes, offset].filter((value) => value >= MOST_32);
  const extra = [...(beyond.length > 0 ? [zip64Field(beyond)] : []), timeField(header.modifiedAt)];
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(MADE_BY, 4);
  fixed.writeUInt16LE(header.large || beyond.length > 0 ? ZIP64 : PLAIN, 6);
  writeCommon(fixed, 8, header);
  fixed.writeUInt32LE(crc, 16);
  fixed.writeUInt32LE(Math.min(packedBytes, MOST_32), 20);
  fixed.writeUInt32LE(Math.min(sizeBytes, MOST_32), 24);
  fixed.writeUInt32LE(REGULAR_FILE * 0x1_0000, 38);
  fixed.writeUInt32LE(Math.min(offset, MOST_32), 42);
  return joined(fixed, { at: 28, name: header.name, extra });
}

export interface ZipDirectory {
  readonly files: number;
  /** Where it begins, and how long it is. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a ZIP file ends with. */
export function endRecords({ files, offset, bytes }: ZipDirectory): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(files, MOST_16), 8);
  end.writeUInt16LE(Math.min(files, MOST_16), 10);
  end.writeUInt32LE(Math.min(bytes, MOST_32), 12);
  end.writeUInt32LE(Math.min(offset, MOST_32), 16);
  if (files < MOST_16 && bytes < MOST_32 && offset < MOST_32) return end;
  const large = Buffer.alloc(56);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4); // Of what follows in this record.
  large.writeUInt16LE(MADE_BY, 12);
  large.writeUInt16LE(ZIP64, 14);
  large.writeBigUInt64LE(BigInt(files), 24);
  large.writeBigUInt64LE(BigInt(files), 32);
  large.writeBigUInt64LE(BigInt(bytes), 40);
  large.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16); // Disks.
  return Buffer.concat([large, locator, end]);
}

/** Flags, method and time, which both records of a file hold in this order. */
function writeCommon(record: Buffer, at: number, { deflate, modifiedAt }: ZipHeader): void {
  record.writeUInt16LE(FLAGS, at);
  record.writeUInt16LE(deflate ? 8 : 0, at + 2);
  const { time, date } = dosTime(modifiedAt);
  record.writeUInt16LE(time, at + 4);
  record.writeUInt16LE(date, at + 6);
}

/** Years from 1980 to 2107, in steps of two seconds; it knows no zones, so it is UTC. */
function dosTime(at: number): { readonly time: number; readonly date: number } {
  const earliest = Date.UTC(1980, 0, 1);
  const latest = Date.UTC(2107, 11, 31, 23, 59, 58);
  const when = new Date(Math.min(Math.max(at, earliest), latest));
  return {
    time: (when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1),
    date:
      ((when.getUTCFullYear() - 1980) << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate(),
  };
}

/** To the second, and in UTC for whoever reads it. */
function timeField(at: number): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(TIME_FIELD, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4); // Only when it was changed.
  field.writeInt32LE(Math.min(Math.max(Math.floor(at / 1_000), 0), 0x7fff_ffff), 5);
  return field;
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(ZIP64_FIELD, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) {
    field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  }
  return field;
}

interface Tail {
  /** Where the lengths of both are. */
  readonly at: number;
  readonly name: Buffer;
  readonly extra: readonly Buffer[];
}

function joined(fixed: Buffer, { at, name, extra }: Tail): Buffer {
  fixed.writeUInt16LE(name.length, at);
  fixed.writeUInt16LE(
    extra.reduce((sum, { length }) => sum + length, 0),
    at + 2,
  );
  return Buffer.concat([fixed, name, ...extra]);
}
