import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './store-error.ts';

/** What a running server says of itself in `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** Empty when it listens on no Unix socket. */
  readonly socketFolder: string;
  /** Whether it accepts connections. */
  readonly ready: boolean;
}

export function pidFilePath(pgFolder: string): string {
  return join(pgFolder, 'postmaster.pid');
}

/** Reads the file; undefined when there is none, or its server has not yet written its pid. */
export async function readPidFile(pgFolder: string): Promise<PidFile | undefined> {
  try {
    const lines = (await readFile(pidFilePath(pgFolder), 'utf8')).split('\n');
    const pid = Number(lines[0]);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return {
      pid,
      port: Number(lines[3]),
      socketFolder: lines[4] ?? '',
      ready: lines[7]?.trim() === 'ready',
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Changes whenever a server writes the file; undefined when there is none. */
export function pidFileStamp(pgFolder: string): bigint | undefined {
  return statSync(pidFilePath(pgFolder), { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}
