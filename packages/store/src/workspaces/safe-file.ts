/** Reading, writing and removing single files of a folder that commands may do anything to. */
import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkspaceError } from '@tenuto/engine';
import { codeOf } from '../system-code.ts';
import { type OnTheWay, openFolder } from './open-folder.ts';

// Without O_NONBLOCK, opening a pipe would wait for somebody who writes to it.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const PIECE_BYTES = 256 * 1024;

/** What tells whether a file is still the one that was seen: any write changes it. */
export interface FileMark {
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

export function markOf(found: BigIntStats): FileMark {
  const { ino: inode, size, mtimeNs: modifiedNs, ctimeNs: changedNs } = found;
  return { inode, sizeBytes: Number(size), modifiedNs, changedNs };
}

export function isSameFile(a: FileMark | undefined, b: FileMark): boolean {
  return (
    a !== undefined &&
    a.inode === b.inode &&
    a.sizeBytes === b.sizeBytes &&
    a.modifiedNs === b.modifiedNs &&
    a.changedNs === b.changedNs
  );
}

/** Why something in a folder is no file of the workspace; undefined for a plain file. */
export function oddityOf(found: BigIntStats): string | undefined {
  if (found.isSymbolicLink()) return 'is a link, and links are not followed';
  if (found.isDirectory()) return 'is a folder';
  if (found.isFIFO()) return 'is a pipe';
  if (found.isSocket()) return 'is a socket';
  if (!found.isFile()) return 'is a device';
  if (found.nlink !== 1n) return 'has another name elsewhere (a hard link)';
  return undefined;
}

export interface OpenFile {
  readonly handle: FileHandle;
  readonly mark: FileMark;
}

/**
 * Opens a plain file below a root for the time of some work.
 * @throws WorkspaceError `missing`, `not_a_file`, `outside`
 */
export async function withFile<Result>(
  root: string,
  path: string,
  work: (file: OpenFile) => Promise<Result>,
): Promise<Result> {
  return inFolderOf(root, path, 'refuse', async (name) => {
    const handle = await open(name, READ).catch((error: unknown) => {
      throw refusalOf(error, path);
    });
    try {
      const found = await handle.stat({ bigint: true });
      const oddity = oddityOf(found);
      if (oddity !== undefined) {
        const kind = found.isFile() ? 'outside' : 'not_a_file';
        throw new WorkspaceError(kind, `${path} ${oddity}.`);
      }
      return await work({ handle, mark: markOf(found) });
    } finally {
      await handle.close();
    }
  });
}

function refusalOf(error: unknown, path: string): unknown {
  switch (codeOf(error)) {
    case 'ENOENT':
      return new WorkspaceError('missing', `There is no file ${path}.`);
    case 'ELOOP':
      return new WorkspaceError('outside', `${path} is a link, and links are not followed.`);
    case 'ENXIO':
      return new WorkspaceError('not_a_file', `${path} is no plain file.`);
    default:
      return error;
  }
}

/** Puts a file that is ready in its place; what stands there goes, were it a link. */
export async function placeFile(
  root: string,
  {
    path,
    from,
    onTheWay,
  }: { readonly path: string; readonly from: string; readonly onTheWay: OnTheWay },
): Promise<FileMark> {
  return inFolderOf(root, path, onTheWay, async (name) => {
    try {
      await rename(from, name);
    } catch (error) {
      if (codeOf(error) !== 'EISDIR' && codeOf(error) !== 'ENOTEMPTY') throw error;
      if (onTheWay !== 'replace') throw new WorkspaceError('not_a_file', `${path} is a folder.`);
      await rm(name, { recursive: true, force: true });
      await rename(from, name);
    }
    const handle = await open(name, READ);
    try {
      return markOf(await handle.stat({ bigint: true }));
    } finally {
      await handle.close();
    }
  });
}

/** Removes a file, and the folders around it that are empty then. */
export async function removeFile(root: string, path: string): Promise<void> {
  await inFolderOf(root, path, 'refuse', (name) => unlink(name)).catch(ignoreAbsence);
  const parts = path.split('/').slice(0, -1);
  for (let depth = parts.length; depth > 0; depth -= 1) {
    const folder = parts.slice(0, depth).join('/');
    try {
      await inFolderOf(root, folder, 'refuse', (name) => rmdir(name));
    } catch {
      return;
    }
  }
}

function ignoreAbsence(error: unknown): void {
  const absent = ['ENOENT', 'EISDIR', 'EPERM'].includes(codeOf(error));
  if (!absent && !(error instanceof WorkspaceError)) throw error;
}

async function inFolderOf<Result>(
  root: string,
  path: string,
  onTheWay: OnTheWay,
  work: (name: string) => Promise<Result>,
): Promise<Result> {
  const parts = path.split('/');
  const folder = await openFolder(root, parts.slice(0, -1), onTheWay);
  try {
    return await work(join(folder.path, parts.at(-1) ?? ''));
  } finally {
    await folder.close();
  }
}

/** @throws WorkspaceError `too_large` */
export async function readWhole({ handle, mark }: OpenFile, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  const refuse = () => {
    throw new WorkspaceError('too_large', `It has more than ${maxBytes} bytes.`);
  };
  if (mark.sizeBytes > maxBytes) refuse();
  for await (const piece of piecesOf(handle)) {
    size += piece.length;
    if (size > maxBytes) refuse();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export async function* piecesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(PIECE_BYTES),
      0,
      PIECE_BYTES,
      at,
    );
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** SHA-256 in hex of what a file holds now. */
export async function hashFile({ handle }: OpenFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(handle)) hash.update(piece);
  return hash.digest('hex');
}
