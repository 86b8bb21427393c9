/** Bytes on their way in: in a file of their own until it is known what they are. */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@tenuto/engine';
import { refuseTooLarge } from './blob-hash.ts';

/** What is left of a process that died goes when nobody can be writing it any more. */
const LEFT_OVER_MS = 24 * 3_600_000;
/** Only whoever runs the server reads what runs have made. */
const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

export interface SpoolOptions {
  readonly folder: string;
  /** A new name that nobody else has. */
  readonly newName: () => string;
  readonly clock: Pick<Clock, 'wall'>;
}

export interface Spooled {
  readonly path: string;
  readonly hash: string;
  readonly sizeBytes: number;
}

export interface PutOptions {
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** Writes bytes to files of a folder, durably, and counts and hashes them meanwhile. */
export function createSpool({ folder, newName, clock }: SpoolOptions) {
  let prepared: Promise<void> | undefined;
  const prepare = async () => {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < clock.wall() - LEFT_OVER_MS) await rm(path, { force: true });
    }
  };
  return {
    /** The caller moves or removes the file. @throws BlobError `too_large`, or what the disk says */
    async take(
      source: Uint8Array | AsyncIterable<Uint8Array>,
      { maxBytes, signal }: PutOptions,
    ): Promise<Spooled> {
      prepared ??= prepare();
      await prepared.catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      const path = join(folder, newName());
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const file = await open(path, 'wx', PRIVATE_FILE);
      try {
        for await (const piece of source instanceof Uint8Array ? [source] : source) {
          signal?.throwIfAborted();
          sizeBytes += piece.length;
          refuseTooLarge(sizeBytes, maxBytes);
          hash.update(piece);
          await file.writeFile(piece);
        }
        await file.sync();
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
      return { path, hash: hash.digest('hex'), sizeBytes };
    },
  };
}
