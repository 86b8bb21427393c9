/** Bytes in files of the data folder, by their hash: `<folder>/ab/cd...`. */
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobError, type BlobStore } from '@tenuto/engine';
import { sideBySide } from '../side-by-side.ts';
import { codeOf } from '../system-code.ts';
import { hashOf, placeOf, refuseTooLarge } from './blob-hash.ts';
import { createFolderSync, type FolderSync } from './folder-sync.ts';
import { createSpool, PRIVATE_FOLDER, type PutOptions, type SpoolOptions } from './spool.ts';

/** Files that are removed at once. */
const REMOVALS = 16;
/** Folders that are synced at once. */
const SYNCS = 8;
const PIECE_BYTES = 128 * 1024;

/**
 * A store of blobs on the disk. A file gets its name once its bytes are durable, so that a name
 * always stands for whole bytes; that the name is durable too is waited for.
 */
export function createDiskBlobStore(options: SpoolOptions): BlobStore {
  const { folder } = options;
  const spool = createSpool({ ...options, folder: join(folder, 'incoming') });
  const sync = createFolderSync();
  const pathOf = (hash: string) => {
    const place = placeOf(hash);
    return place === undefined ? undefined : join(folder, place);
  };

  async function isThere(path: string, sizeBytes: number, named: FolderSync): Promise<boolean> {
    if ((await sizeOf(path)) !== sizeBytes) return false;
    // Whoever put them there may not have got so far yet.
    await named(dirname(path));
    return true;
  }

  /** @param named makes the names in a folder durable, or sees to it that somebody does */
  async function put(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    given: PutOptions,
    named: FolderSync,
  ) {
    if (source instanceof Uint8Array) {
      refuseTooLarge(source.length, given.maxBytes);
      const hash = hashOf(source);
      const known = { hash, sizeBytes: source.length };
      if (await isThere(join(folder, placeOf(hash) ?? ''), source.length, named)) return known;
    }
    const { path: from, hash, sizeBytes } = await spool.take(source, given);
    const to = join(folder, placeOf(hash) ?? '');
    try {
      if (await isThere(to, sizeBytes, named)) return { hash, sizeBytes };
      const made = await mkdir(dirname(to), { recursive: true, mode: PRIVATE_FOLDER });
      await rename(from, to);
      await named(dirname(to));
      if (made !== undefined) await named(folder);
      return { hash, sizeBytes };
    } finally {
      await rm(from, { force: true });
    }
  }

  return {
    put: (source, given = {}) => told(() => put(source, given, sync), given.signal),
    putMany: (work) => inOneGo(work, put, sync),
    async open(hash, range) {
      const path = pathOf(hash);
      const size = path === undefined ? undefined : await told(() => sizeOf(path));
      if (path === undefined || size === undefined) return undefined;
      return piecesOf(path, { ...range, size });
    },
    size: async (hash) => {
      const path = pathOf(hash);
      return path === undefined ? undefined : told(() => sizeOf(path));
    },
    async remove(hashes) {
      const paths = hashes.map(pathOf).filter((path) => path !== undefined);
      for (let at = 0; at < paths.length; at += REMOVALS) {
        const some = paths.slice(at, at + REMOVALS);
        await told(() => Promise.all(some.map((path) => rm(path, { force: true }))));
      }
    },
  };
}

type Put = (
  source: Uint8Array | AsyncIterable<Uint8Array>,
  given: PutOptions,
  named: FolderSync,
) => ReturnType<BlobStore['put']>;

/** Waits for the names in each folder once, when all files have theirs. */
async function inOneGo<Result>(
  work: (put: BlobStore['put']) => Promise<Result>,
  put: Put,
  sync: FolderSync,
): Promise<Result> {
  const folders = new Set<string>();
  const named: FolderSync = async (changed) => {
    folders.add(changed);
  };
  const result = await work((source, given = {}) =>
    told(() => put(source, given, named), given.signal),
  );
  await told(() => sideBySide(folders, SYNCS, sync));
  return result;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Opened when the first piece is asked for, closed when nobody asks for more. */
async function* piecesOf(
  path: string,
  { size, ...range }: { readonly size: number; readonly start?: number; readonly end?: number },
): AsyncGenerator<Uint8Array> {
  // A stream takes memory for whole pieces, however small the file is.
  const highWaterMark = Math.min(PIECE_BYTES, Math.max(1, size));
  const stream = createReadStream(path, { ...range, highWaterMark });
  try {
    for await (const piece of stream) if (piece instanceof Uint8Array) yield piece;
  } catch (error) {
    throw blobError(error);
  } finally {
    stream.destroy();
  }
}

async function told<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw signal?.aborted === true ? error : blobError(error);
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** What the disk says; whatever else goes wrong is the source's and passes as it is. */
const DISK = /^E(IO|ACCES|PERM|ROFS|NOENT|NOTDIR|MFILE|NFILE|EXIST|BUSY|STALE|ISDIR|LOOP)$/;

function blobError(error: unknown): unknown {
  const code = codeOf(error);
  if (FULL.has(code)) {
    return new BlobError('full', 'The disk of the data folder is full.', { cause: error });
  }
  if (!DISK.test(code)) return error;
  return new BlobError('unavailable', `The disk says ${code}.`, { cause: error });
}
