/** Writing what a server sends into a folder: nothing lands anywhere else, whatever it is called. */
import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkPath } from '@tenuto/contract';
import { UsageError } from '../failure.ts';
import { printable } from '../terminal/text.ts';

export interface Incoming {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** SHA-256 in hex that the bytes must have, where it is known. */
  readonly sha256?: string;
  /** Replaces a file that is there. */
  readonly force: boolean;
  /** Sees how many bytes each piece has. */
  onPiece(bytes: number): void;
}

/**
 * Saves a file under its path below a folder, making folders on the way; links are not followed.
 * @returns where it lies
 * @throws UsageError for a path that leads out, a link on the way, or a file that is there
 */
export async function saveBelow(root: string, path: string, incoming: Incoming): Promise<string> {
  const checked = checkPath(path);
  if ('fault' in checked) {
    throw new UsageError(`"${printable(path)}" is not saved: the path ${checked.fault}`);
  }
  await mkdir(root, { recursive: true });
  const parts = checked.path.split('/');
  let folder = root;
  for (const part of parts.slice(0, -1)) {
    folder = join(folder, part);
    await mkdir(folder).catch(ignoreExisting);
    if (!(await lstat(folder)).isDirectory()) {
      throw new UsageError(
        `${printable(folder)} is a link or a file, and no folder: move it away.`,
      );
    }
  }
  return saveAs(join(root, ...parts), incoming);
}

/** @throws UsageError when something is there already, or other bytes came than were announced */
export async function saveAs(target: string, incoming: Incoming): Promise<string> {
  const { bytes, sha256, force, onPiece } = incoming;
  const there = await lstat(target).catch(() => undefined);
  if (there !== undefined && !(force && (there.isFile() || there.isSymbolicLink()))) {
    throw new UsageError(`${printable(target)} is there already: --force replaces a file.`);
  }
  const part = join(dirname(target), `.${randomUUID()}.part`);
  const hash = createHash('sha256');
  const file = await open(part, 'wx');
  try {
    for await (const piece of bytes) {
      hash.update(piece);
      await file.writeFile(piece);
      onPiece(piece.length);
    }
    await file.close();
    if (sha256 !== undefined && hash.digest('hex') !== sha256) {
      throw new UsageError(`${printable(target)} came with other bytes than the server has said.`);
    }
    await rename(part, target);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
  return target;
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
