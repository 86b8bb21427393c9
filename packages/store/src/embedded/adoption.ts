import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { connectionTo, runningEndpoint } from './endpoint.ts';
import { type PidFile, pidFilePath, readPidFile } from './pid-file.ts';
import { isAlive, mayServe } from './process-probe.ts';
import { type Endpoint, SOCKET_PORT } from './settings.ts';
import { StoreError } from './store-error.ts';

/** A server that a process of ours left running. */
export interface RunningServer {
  readonly pid: number;
  readonly endpoint: Endpoint;
}

const POLL_MS = 50;
const CONNECT_MS = 5_000;
/** How long a process that must be the server may give no sign of life. */
const SILENCE_MS = 30_000;

/**
 * Finds the server that runs on a data folder. One that is still starting, recovering or stopping
 * is waited for. A lock file whose process is something else is removed.
 * @returns undefined when none runs
 * @throws StoreError when a process holds the data folder and does not answer
 */
export async function findRunning(
  dataDir: string,
  pgFolder: string,
): Promise<RunningServer | undefined> {
  let heardAt = performance.now();
  for (;;) {
    await clearStale(pgFolder, join(dataDir, 'run'));
    const pidFile = await readPidFile(pgFolder);
    if (pidFile === undefined) return undefined;
    const endpoint = await runningEndpoint(dataDir, pidFile);
    const answer = await ask(endpoint, pgFolder);
    if (answer === 'ours') return { pid: pidFile.pid, endpoint };
    if (answer === 'busy') heardAt = performance.now();
    if (performance.now() - heardAt > SILENCE_MS) throw silentServer(pidFile, pgFolder);
    await delay(POLL_MS);
  }
}

/**
 * Removes the lock files of a server that is gone. PostgreSQL does so itself, unless a zombie or a
 * later process has the same pid: then it would refuse to start.
 * @param socketFolder - where the next server will listen
 */
export async function clearStale(pgFolder: string, socketFolder: string): Promise<void> {
  const pidFile = await readPidFile(pgFolder);
  if (pidFile === undefined) return;
  if ((await isAlive(pidFile.pid)) && (await mayServe(pidFile.pid, pgFolder))) return;
  await rm(join(socketFolder, `.s.PGSQL.${SOCKET_PORT}.lock`), { force: true });
  await rm(pidFilePath(pgFolder), { force: true });
}

/** `busy`: a server is there and takes no sessions yet, or any more. */
async function ask(endpoint: Endpoint, pgFolder: string): Promise<'ours' | 'busy' | 'silent'> {
  const client = new Client({
    ...connectionTo(endpoint),
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      `select current_setting('data_directory') as folder`,
    );
    const folder = await realpath(rows[0]?.folder ?? '');
    if (folder === pgFolder) return 'ours';
  } catch (error) {
    // 57P03 cannot_connect_now
    return error instanceof Error && 'code' in error && error.code === '57P03' ? 'busy' : 'silent';
  } finally {
    await client.end().catch(() => {});
  }
  throw new StoreError(`The server at the socket of ${pgFolder} serves another folder: stop it.`);
}

function silentServer({ pid }: PidFile, pgFolder: string): StoreError {
  return new StoreError(
    `Process ${pid} holds ${pgFolder} and does not answer. If it is PostgreSQL, stop it with ` +
      `"kill -INT ${pid}"; if it is not, remove ${pidFilePath(pgFolder)}. Then start again.`,
  );
}
