/**
 * Ways into a folder that no link leads out of. Each part of a path is opened from the one before
 * it, never by its whole name, so nothing that a command puts in the way between a look and a use
 * changes where it leads. Where the system has no such way (it needs Linux's /proc/self/fd), each
 * part is looked at by name instead, before and after.
 */
import { constants } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, realpath, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkspaceError } from '@tenuto/engine';
import { PRIVATE_FOLDER } from '../blobs/spool.ts';
import { codeOf } from '../system-code.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

export interface OpenFolder {
  /** Stands for the folder itself, whatever its names lead to meanwhile. */
  readonly path: string;
  close(): Promise<void>;
}

/** `refuse` what is no folder, `make` folders that are missing, or also `replace` what is none. */
export type OnTheWay = 'refuse' | 'make' | 'replace';

/**
 * Opens a folder below a root, by the parts of its path.
 * @throws WorkspaceError `outside` for a link on the way, `missing`, `not_a_file`
 */
export async function openFolder(
  root: string,
  parts: readonly string[],
  onTheWay: OnTheWay = 'refuse',
): Promise<OpenFolder> {
  const handles: FileHandle[] = [];
  const close = async () => {
    await Promise.all(handles.splice(0).map((handle) => handle.close()));
  };
  try {
    let handle = await open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    handles.push(handle);
    const byHandle = await hasHandlePaths();
    let path = byHandle ? pathOfHandle(handle) : root;
    for (const [at, part] of parts.entries()) {
      const name = join(path, part);
      handle = await enter(name, onTheWay, parts.slice(0, at + 1).join('/'));
      handles.push(handle);
      path = byHandle ? pathOfHandle(handle) : name;
    }
    if (!byHandle) await checkReal(root, parts);
    return { path, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function enter(name: string, onTheWay: OnTheWay, told: string): Promise<FileHandle> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' && onTheWay !== 'refuse' && tries < TRIES) {
        await mkdir(name, { mode: PRIVATE_FOLDER }).catch(ignore('EEXIST'));
      } else if (
        (code === 'ELOOP' || code === 'ENOTDIR') &&
        onTheWay === 'replace' &&
        tries < TRIES
      ) {
        await unlink(name).catch(ignore('ENOENT'));
      } else {
        throw await obstacle(name, told, error);
      }
    }
  }
}

/** Somebody may undo what was done meanwhile; who does so again and again is let have it. */
const TRIES = 5;

function ignore(expected: string): (error: unknown) => void {
  return (error) => {
    if (codeOf(error) !== expected) throw error;
  };
}

async function obstacle(name: string, told: string, error: unknown): Promise<unknown> {
  const code = codeOf(error);
  if (code === 'ENOENT') return new WorkspaceError('missing', `There is no folder ${told}.`);
  if (code !== 'ELOOP' && code !== 'ENOTDIR') return error;
  const found = await lstat(name).catch(() => undefined);
  return found?.isSymbolicLink() === true
    ? new WorkspaceError('outside', `${told} is a link, and links are not followed.`)
    : new WorkspaceError('not_a_file', `${told} is no folder.`);
}

async function checkReal(root: string, parts: readonly string[]): Promise<void> {
  const [wanted, found] = await Promise.all([realpath(root), realpath(join(root, ...parts))]);
  if (found !== join(wanted, ...parts)) {
    throw new WorkspaceError('outside', `${parts.join('/')} leads out of the workspace.`);
  }
}

function pathOfHandle(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

let handlePaths: Promise<boolean> | undefined;

function hasHandlePaths(): Promise<boolean> {
  handlePaths ??=
    process.platform === 'linux'
      ? access('/proc/self/fd').then(
          () => true,
          () => false,
        )
      : Promise.resolve(false);
  return handlePaths;
}
