/** Writing a ZIP file while it is sent: one piece of one file is in memory, and the directory. */
import { crc32 } from 'node:zlib';
import { createDeflater, type Deflater } from './deflater.ts';
import { createKeptBytes } from './kept-bytes.ts';
import {
  dataDescriptor,
  directoryRecord,
  endRecords,
  isLarge,
  localHeader,
  type ZipHeader,
  type ZipSums,
} from './zip-records.ts';

/** A file that is to be in it. */
export interface ZipEntry {
  /** With `/` between its parts; each name once. */
  readonly name: string;
  /** Unix time in milliseconds. */
  readonly modifiedAt: number;
  readonly sizeBytes: number;
  /** Whether it is worth compressing. */
  readonly deflate: boolean;
  /** Asked for when it is its turn. */
  open(): AsyncIterable<Uint8Array>;
}

/**
 * The bytes of a ZIP file with these files, in their order. It goes on only as it is read; whoever
 * stops reading closes the file that is being read.
 * @throws Error when a file has not the size that was told
 */
export async function* zipPieces(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const deflater = createDeflater();
  const directory = createKeptBytes();
  let files = 0;
  let offset = 0;
  try {
    for await (const entry of entries) {
      const header = headerOf(entry);
      const begin = localHeader(header);
      yield begin;
      const sums = yield* packed(entry, deflater);
      const end = dataDescriptor(sums, header);
      yield end;
      directory.add(directoryRecord(header, sums, offset));
      files += 1;
      offset += begin.length + sums.packedBytes + end.length;
    }
  } finally {
    deflater.close();
  }
  yield* directory.blocks();
  yield endRecords({ files, offset, bytes: directory.length });
}

function headerOf({ name, modifiedAt, deflate, sizeBytes }: ZipEntry): ZipHeader {
  return { name: Buffer.from(name, 'utf8'), modifiedAt, deflate, large: isLarge(sizeBytes) };
}

/** Its bytes as they are sent, and in the end what there is to say about them. */
async function* packed(
  entry: ZipEntry,
  deflater: Deflater,
): AsyncGenerator<Uint8Array, ZipSums, undefined> {
  let crc = 0;
  let sizeBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of entry.open()) {
      crc = crc32(piece, crc);
      sizeBytes += piece.length;
      if (piece.length > 0) yield piece;
    }
  }
  let packedBytes = 0;
  for await (const piece of entry.deflate ? deflater.pack(counted()) : counted()) {
    packedBytes += piece.length;
    yield piece;
  }
  if (sizeBytes !== entry.sizeBytes) {
    throw new Error(`${entry.name} has ${sizeBytes} bytes, and not ${entry.sizeBytes}`);
  }
  return { crc, packedBytes, sizeBytes };
}
