import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from './store-error.ts';

const run = promisify(execFile);

/**
 * Whether a process with this id runs. A zombie does not count: in a container without an init
 * nobody may ever reap an orphan.
 */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return (await statFields(pid))?.[0] !== 'Z';
}

/** Something that differs between two processes that had the same id; undefined if not to be had. */
export async function startTime(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return (await statFields(pid))?.[19];
  return describeProcess(pid, 'lstart');
}

/**
 * Whether this process may be the PostgreSQL server of a data folder. Says no only for certain,
 * because the caller then takes the server's lock file for a stale one.
 * @param folder - real path of the data folder
 */
export async function mayServe(pid: number, folder: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // A PostgreSQL server always works in its data folder.
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return cwd === undefined || cwd === folder;
  }
  const command = await describeProcess(pid, 'command');
  return command === undefined || command.includes('postgres');
}

/** Fields of /proc/<pid>/stat from the state on; the name before it may hold spaces. */
async function statFields(pid: number): Promise<readonly string[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function describeProcess(pid: number, column: string): Promise<string | undefined> {
  const found = await run('ps', ['-o', `${column}=`, '-p', String(pid)]).catch(() => undefined);
  return found?.stdout.trim() || undefined;
}
