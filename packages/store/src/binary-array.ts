/**
 * PostgreSQL arrays in their binary wire format. Large text arrays in the text format are escaped
 * character by character, which blocked the event loop for seconds; binary ones are copied.
 *
 * Layout: dimensions, has-null flag, element type, length, lower bound (each int32), then each
 * element as its byte length (or -1 for null) and its bytes.
 */

const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
};
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
/** Milliseconds between the epochs of Unix and of PostgreSQL (2000-01-01). */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

type Maybe<T> = T | undefined;

export function int2Array(values: readonly number[]): Buffer {
  return fixed(OID.int2, 2, values, (buffer, at, value) => buffer.writeInt16BE(value, at));
}

export function int4Array(values: readonly Maybe<number>[]): Buffer {
  return fixed(OID.int4, 4, values, (buffer, at, value) => buffer.writeInt32BE(value, at));
}

/** Whole numbers up to 2^53. */
export function int8Array(values: readonly number[]): Buffer {
  return fixed(OID.int8, 8, values, writeInt8);
}

export function float8Array(values: readonly Maybe<number>[]): Buffer {
  return fixed(OID.float8, 8, values, (buffer, at, value) => buffer.writeDoubleBE(value, at));
}

export function boolArray(values: readonly boolean[]): Buffer {
  return fixed(OID.bool, 1, values, (buffer, at, value) => buffer.writeUInt8(value ? 1 : 0, at));
}

/** Times in milliseconds since the Unix epoch; fractions of a millisecond are kept to the µs. */
export function timeArray(values: readonly Maybe<number>[]): Buffer {
  return fixed(OID.timestamptz, 8, values, (buffer, at, value) =>
    writeInt8(buffer, at, Math.round((value - POSTGRES_EPOCH_MS) * 1000)),
  );
}

const UUID_BYTES = 16;

/** @throws RangeError when an id has not 16 bytes. */
export function uuidArray(values: readonly Maybe<Uint8Array>[]): Buffer {
  return fixed(OID.uuid, UUID_BYTES, values, (buffer, at, value) => {
    if (value.length !== UUID_BYTES) throw new RangeError(`an id has ${value.length} bytes`);
    buffer.set(value, at);
  });
}

export function byteaArray(values: readonly Maybe<Uint8Array>[]): Buffer {
  let size = HEADER_BYTES + values.length * 4;
  for (const value of values) size += value?.length ?? 0;
  const buffer = Buffer.allocUnsafe(size);
  let at = writeHeader(buffer, OID.bytea, values.length, values.includes(undefined));
  for (const value of values) {
    at = buffer.writeInt32BE(value?.length ?? NULL_LENGTH, at);
    if (value === undefined) continue;
    buffer.set(value, at);
    at += value.length;
  }
  return buffer;
}

export function textArray(values: readonly Maybe<string>[]): Buffer {
  let size = HEADER_BYTES + values.length * 4;
  for (const value of values) if (value !== undefined) size += Buffer.byteLength(value);
  const buffer = Buffer.allocUnsafe(size);
  let at = writeHeader(buffer, OID.text, values.length, values.includes(undefined));
  for (const value of values) {
    if (value === undefined) {
      at = buffer.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    const length = buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + length;
  }
  return buffer;
}

function fixed<T extends NonNullable<unknown>>(
  oid: number,
  width: number,
  values: readonly Maybe<T>[],
  write: (buffer: Buffer, at: number, value: T) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + width));
  let at = writeHeader(buffer, oid, values.length, values.includes(undefined));
  for (const value of values) {
    if (value === undefined) {
      at = buffer.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    at = buffer.writeInt32BE(width, at);
    write(buffer, at, value);
    at += width;
  }
  return at === buffer.length ? buffer : buffer.subarray(0, at);
}

function writeHeader(buffer: Buffer, oid: number, length: number, hasNull: boolean): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  return buffer.writeInt32BE(1, 16);
}

function writeInt8(buffer: Buffer, at: number, value: number): void {
  const high = Math.floor(value / TWO_TO_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_TO_32, at + 4);
}
