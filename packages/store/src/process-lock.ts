import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { link, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { isAlive, startTime } from './embedded/process-probe.ts';
import { errorCode } from './embedded/store-error.ts';

/** Who holds a lock, as far as it is known. */
export interface LockHolder {
  readonly pid?: number;
  /** ISO time since when. */
  readonly since?: string;
}

export interface ProcessLock {
  release(): Promise<void>;
}

export type LockAttempt = ProcessLock | { readonly heldBy: LockHolder };

interface LockFile extends LockHolder {
  /** Tells the holder from a later process with the same id. */
  readonly started?: string;
}

/**
 * Takes a lock that lasts as long as this process, however it ends. Where the system has a name
 * that vanishes with the process (Linux: abstract socket, Windows: pipe), that is the lock and the
 * file beside it only says who holds it. Elsewhere the file is the lock, and is void once its
 * process, by id and start time, is gone.
 *
 * It works between processes of one machine or container: two containers that share a folder do
 * not see each other's locks.
 * @param folder - an existing folder that the lock is about
 * @param name - what in the folder is locked, as part of a file name
 * @returns the lock, or who holds it
 */
export async function acquireProcessLock(folder: string, name: string): Promise<LockAttempt> {
  const real = await realpath(folder);
  const file = join(real, `${name}.lock.json`);
  const id = createHash('sha256').update(`${real}\0${name}`).digest('hex').slice(0, 40);
  if (process.platform === 'linux') return acquireName(`\0tenuto-${id}`, file);
  if (process.platform === 'win32') return acquireName(`\\\\.\\pipe\\tenuto-${id}`, file);
  return acquireFile(file);
}

async function acquireName(name: string, file: string): Promise<LockAttempt> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(name);
    await once(server, 'listening');
  } catch (error) {
    if (!['EADDRINUSE', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
    return { heldBy: await livingHolder(file) };
  }
  server.unref();
  const own = await writeOwn(file);
  await rename(own, file);
  return {
    async release() {
      await rm(file, { force: true });
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/**
 * The same lock by files alone, for systems without names that vanish with their process. The file
 * with the highest number is the lock; a void one is not removed but outbid by the next number,
 * which only one can create. Removing it first would let two believe that they were the one.
 */
export async function acquireFile(file: string): Promise<LockAttempt> {
  const own = await writeOwn(file);
  try {
    for (;;) {
      const highest = (await numbersOf(file)).at(-1) ?? 0;
      const holder = await readLockFile(`${file}.${highest}`);
      if (await isHeld(holder)) return { heldBy: publicHolder(holder) };
      const number = highest + 1;
      // A link appears whole or not at all, and never over another.
      if (!(await link(own, `${file}.${number}`).then(() => true, ignoring('EEXIST')))) continue;
      const numbers = await numbersOf(file);
      const lost = numbers.some((other) => other > number);
      const unwanted = lost ? [number] : numbers.filter((other) => other < number);
      await Promise.all(unwanted.map((other) => rm(`${file}.${other}`, { force: true })));
      if (!lost) return { release: () => rm(`${file}.${number}`, { force: true }) };
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** The numbers of the lock's files, the highest last. */
async function numbersOf(file: string): Promise<readonly number[]> {
  const start = `${basename(file)}.`;
  return (await readdir(dirname(file)))
    .filter((name) => name.startsWith(start))
    .map((name) => Number(name.slice(start.length)))
    .filter(Number.isSafeInteger)
    .toSorted((a, b) => a - b);
}

async function isHeld(holder: LockFile): Promise<boolean> {
  if (holder.pid === undefined || !(await isAlive(holder.pid))) return false;
  const started = await startTime(holder.pid);
  return started === undefined || holder.started === undefined || started === holder.started;
}

async function livingHolder(file: string): Promise<LockHolder> {
  const holder = await readLockFile(file);
  return (await isHeld(holder)) ? publicHolder(holder) : {};
}

/** Writes the file of this process beside `file`, under a name nobody can have prepared a link at. */
async function writeOwn(file: string): Promise<string> {
  const own = `${file}.${randomUUID()}`;
  const started = await startTime(process.pid);
  const holder: LockFile = {
    pid: process.pid,
    since: new Date().toISOString(),
    ...(started !== undefined && { started }),
  };
  await writeFile(own, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
  return own;
}

async function readLockFile(file: string): Promise<LockFile> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof found !== 'object' || found === null) return {};
    return {
      ...('pid' in found && Number.isSafeInteger(found.pid) && { pid: Number(found.pid) }),
      ...('since' in found && typeof found.since === 'string' && { since: found.since }),
      ...('started' in found && typeof found.started === 'string' && { started: found.started }),
    };
  } catch {
    return {};
  }
}

function publicHolder({ pid, since }: LockFile): LockHolder {
  return { ...(pid !== undefined && { pid }), ...(since !== undefined && { since }) };
}

function ignoring(code: string): (error: unknown) => false {
  return (error) => {
    if (errorCode(error) !== code) throw error;
    return false;
  };
}
