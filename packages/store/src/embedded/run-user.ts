import { lchown, lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode, StoreError } from './store-error.ts';

/** The user that PostgreSQL's processes run as; it refuses to run as root. */
export interface RunUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where data goes when nobody says where: a folder that an unprivileged user can reach. */
export function defaultDataDir({ root }: { readonly root: boolean }): string {
  return root ? '/var/lib/tenuto' : resolve('.tenuto');
}

/**
 * Whom PostgreSQL runs as: this process's own user (undefined), unless that is root. Then the
 * owner of the data, so that a later start chooses the same, else `postgres` where there is such a
 * user, else `nobody`.
 */
export async function chooseRunUser(dataDir: string): Promise<RunUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const folder of [join(dataDir, 'pg'), dataDir]) {
    const owner = await lstat(folder).catch(() => undefined);
    if (owner?.isDirectory() && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return userNamed(users, 'postgres') ?? userNamed(users, 'nobody') ?? { uid: 65534, gid: 65534 };
}

function userNamed(passwd: string, name: string): RunUser | undefined {
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':');
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

/**
 * Makes the data folder when it is missing, hands an empty one to `user`, and makes sure that the
 * user gets there. A folder of root's with something in it keeps its owner: it may not be ours.
 * @returns its real path
 * @throws StoreError which names the folder that is in the way
 */
export async function prepareDataDir(dataDir: string, user: RunUser | undefined): Promise<string> {
  const real = await makeDataDir(dataDir, user);
  const closed = user && (await closedParent(real, user));
  if (closed === undefined) return real;
  throw new StoreError(
    `The data folder ${real} cannot be reached by uid ${user?.uid}, which PostgreSQL runs as ` +
      `because it refuses to run as root: ${closed} is closed to that user. Choose another data ` +
      `folder, or open this one with "chmod o+x ${closed}".`,
  );
}

async function makeDataDir(dataDir: string, user: RunUser | undefined): Promise<string> {
  try {
    await mkdir(dirname(dataDir), { recursive: true });
    await mkdir(dataDir, { mode: 0o700 }).catch(unlessExisting);
    const isEmpty = (await readdir(dataDir)).length === 0;
    if (isEmpty) await own(dataDir, user);
    return await realpath(dataDir);
  } catch (error) {
    throw new StoreError(`The data folder ${dataDir} cannot be used: ${String(error)}`, error);
  }
}

/** The uppermost of a folder and its parents that a user may not pass through. */
async function closedParent(folder: string, user: RunUser): Promise<string | undefined> {
  const parent = dirname(folder);
  const above = parent === folder ? undefined : await closedParent(parent, user);
  if (above !== undefined) return above;
  const { mode, uid, gid } = await stat(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & bit) === 0 ? folder : undefined;
}

/**
 * Makes a folder that only `user` (else this process's user) may enter, or accepts such a one.
 * @throws StoreError when something else is there
 */
export async function makePrivateFolder(folder: string, user: RunUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).then(() => own(folder, user), unlessExisting);
  const found = await lstat(folder);
  const uid = user?.uid ?? process.getuid?.() ?? found.uid;
  const isPrivate = process.platform === 'win32' || (found.mode & 0o077) === 0;
  if (found.isDirectory() && found.uid === uid && isPrivate) return;
  throw new StoreError(`${folder} must be a folder of uid ${uid} with mode 700: move it away.`);
}

/** Hands a file or folder to `user`; never what a link points to. */
export async function own(path: string, user: RunUser | undefined): Promise<void> {
  if (user !== undefined) await lchown(path, user.uid, user.gid);
}

function unlessExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}
