/** Reads a ZIP file from its directory, strictly and by the format alone: shares nothing with the writer. */
import { crc32, inflateRawSync } from 'node:zlib';

export interface ReadFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly method: number;
  readonly mode: number;
  readonly modifiedAt: number;
}

export function readZip(zip: Buffer): ReadFile[] {
  const end = zip.length - 22;
  expectNumber(zip.readUInt32LE(end), 0x06054b50, 'the end');
  let count = zip.readUInt16LE(end + 10);
  let bytes = zip.readUInt32LE(end + 12);
  let at = zip.readUInt32LE(end + 16);
  let after = end;
  if (count === 0xffff || bytes === 0xffffffff || at === 0xffffffff) {
    expectNumber(zip.readUInt32LE(end - 20), 0x07064b50, 'the locator');
    after = Number(zip.readBigUInt64LE(end - 12));
    expectNumber(zip.readUInt32LE(after), 0x06064b50, 'the large end');
    count = Number(zip.readBigUInt64LE(after + 32));
    bytes = Number(zip.readBigUInt64LE(after + 40));
    at = Number(zip.readBigUInt64LE(after + 48));
  }
  expectNumber(at + bytes, after, 'where the directory ends');
  const files: ReadFile[] = [];
  let nextFile = 0;
  for (let n = 0; n < count; n += 1) {
    expectNumber(zip.readUInt32LE(at), 0x02014b50, 'a line of the directory');
    const nameBytes = zip.readUInt16LE(at + 28);
    const extraBytes = zip.readUInt16LE(at + 30);
    const offset = zip.readUInt32LE(at + 42);
    expectNumber(offset, nextFile, 'where a file begins');
    const extra = zip.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    const line = { method: zip.readUInt16LE(at + 10), crc: zip.readUInt32LE(at + 16) };
    const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const name = zip.subarray(at + 46, at + 46 + nameBytes);
    const data = dataOf(zip, offset, name);
    const stored = zip.subarray(data, data + packed);
    const content = line.method === 8 ? inflateRawSync(stored) : Buffer.from(stored);
    expectNumber(content.length, size, 'a size');
    expectNumber(crc32(content), line.crc, 'a checksum');
    expectNumber(zip.readUInt32LE(data + packed), 0x08074b50, 'a descriptor');
    expectNumber(zip.readUInt32LE(data + packed + 4), line.crc, 'its checksum');
    expectNumber(zip.readUInt32LE(data + packed + 8), packed, 'its packed size');
    expectNumber(zip.readUInt32LE(data + packed + 12), size, 'its size');
    nextFile = data + packed + 16;
    files.push({
      ...{ name: name.toString('utf8'), bytes: content, method: line.method },
      mode: zip.readUInt32LE(at + 38) >>> 16,
      modifiedAt: timeOf(extra),
    });
    at += 46 + nameBytes + extraBytes + zip.readUInt16LE(at + 32);
  }
  expectNumber(at, after, 'the end of the directory');
  return files;
}

function dataOf(zip: Buffer, offset: number, name: Buffer): number {
  expectNumber(zip.readUInt32LE(offset), 0x04034b50, 'a file');
  expectNumber(zip.readUInt16LE(offset + 6), 0x0808, 'its flags');
  const nameBytes = zip.readUInt16LE(offset + 26);
  const found = zip.subarray(offset + 30, offset + 30 + nameBytes);
  if (!found.equals(name)) throw new Error(`${name} is called ${found} where it is`);
  return offset + 30 + nameBytes + zip.readUInt16LE(offset + 28);
}

function timeOf(extra: Buffer): number {
  for (let at = 0; at < extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 0x5455) return extra.readInt32LE(at + 5) * 1_000;
  }
  throw new Error('it has no time');
}

function expectNumber(found: number, wanted: number, what: string): void {
  if (found !== wanted) throw new Error(`${what}: ${found} where ${wanted} should be`);
}
