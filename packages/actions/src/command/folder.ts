import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { rethrowMachineTrouble } from '../system-error.ts';
import { Refusal } from './refusal.ts';

/** Whether `path` is `folder` or lies below it. Both must be real paths. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * The real path of a command's working folder. A relative one is taken from the root, or from the
 * server's own working folder where there is no root.
 *
 * @throws {Refusal} when it is not an existing folder, or lies outside of the root once every
 *   symbolic link on the way is resolved.
 * @throws {NodeJS.ErrnoException} when the machine is in trouble, and the folder perhaps is not
 */
export async function workingFolder(
  root: string | undefined,
  folder: string | undefined,
): Promise<string> {
  if (folder?.includes('\0')) throw new Refusal('invalid_folder', '`cwd` must be without NUL.');
  const base = root === undefined ? process.cwd() : await realFolder(root, 'The commands root');
  const real = await realFolder(resolve(base, folder ?? '.'), '`cwd`');
  if (root !== undefined && !isWithin(base, real)) {
    throw new Refusal(
      'folder_not_allowed',
      '`cwd` lies outside of the folder that commands are limited to.',
    );
  }
  return real;
}

async function realFolder(path: string, what: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    rethrowMachineTrouble(error);
    // Missing, not accessible and a loop of links all mean the same to the caller.
  }
  throw new Refusal('invalid_folder', `${what} is not an existing folder: ${path}`);
}
