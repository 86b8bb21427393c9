import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresConnection } from '@tenuto/store';
import { startTestServer, type TestServer } from '@tenuto/testkit';
import { type ServerOptions, type ServerProcess, startServer } from './server-process.ts';

/** A folder for one test, and all the processes on it. */
export interface Stage {
  readonly folder: string;
  /** Where commands of jobs write down that they ran. */
  readonly effects: string;
  /** A data folder; the same for the same name. */
  dataDir(name?: string): string;
  /** A data folder of another user's, and the effects for it to write. */
  folderOf(user: { readonly uid: number; readonly gid: number }): Promise<string>;
  start(options?: Partial<ServerOptions>): ServerProcess;
  /** A PostgreSQL beside the servers. */
  postgres(): Promise<TestServer>;
  /** Undone when all servers have ended, the newest first. */
  undo(step: () => unknown): void;
  isClosing(): boolean;
  /** Ends every process that was started here and removes the folder. */
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-faults-'));
  // As root, PostgreSQL runs as somebody else, who has to get through.
  await chmod(folder, 0o755);
  const servers: ServerProcess[] = [];
  const undos: (() => unknown)[] = [];
  let closing = false;
  const dataDirs = new Set<string>();
  const dataDir = (name = 'data') => join(folder, name);
  return {
    folder,
    effects: join(folder, 'effects'),
    dataDir,
    async folderOf({ uid, gid }) {
      await writeFile(join(folder, 'effects'), '');
      await mkdir(dataDir('theirs'));
      for (const path of [join(folder, 'effects'), dataDir('theirs')]) await chown(path, uid, gid);
      return dataDir('theirs');
    },
    start(options = {}) {
      const wanted = { dataDir: dataDir(), ...options };
      if (wanted.databaseUrl === undefined) dataDirs.add(wanted.dataDir);
      const server = startServer(wanted);
      servers.push(server);
      return server;
    },
    async postgres() {
      const server = await startTestServer();
      undos.push(() => server.stop());
      return server;
    },
    undo: (step) => void undos.push(step),
    isClosing: () => closing,
    async close() {
      closing = true;
      await Promise.all(servers.map((server) => server.kill()));
      for (const each of dataDirs) await endPostgres(each);
      for (const step of undos.reverse()) await step();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** How to reach the PostgreSQL that runs on a data folder. */
export async function connectionOf(dataDir: string): Promise<PostgresConnection> {
  const socket = (await pidFileOf(dataDir))[4];
  if (socket === undefined) throw new Error(`No PostgreSQL runs on ${dataDir}.`);
  return { host: socket, port: 5432, user: 'tenuto', database: 'postgres' };
}

/** The process that a PostgreSQL on this data folder consists of; undefined when there is none. */
export async function postmasterOf(dataDir: string): Promise<number | undefined> {
  const pid = Number((await pidFileOf(dataDir))[0]);
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

/** Ends the PostgreSQL that a killed server left on a data folder, without any order. */
export async function endPostgres(dataDir: string): Promise<void> {
  const pid = await postmasterOf(dataDir);
  if (pid === undefined) return;
  process.kill(pid, 'SIGQUIT');
  while (isAlive(pid)) await delay(20);
}

/** The address of a server of the tests, as `DATABASE_URL` takes it. */
export function urlOf({ host, port, user, database }: PostgresConnection): string {
  return `postgres://${user}@${encodeURIComponent(host)}:${port}/${database}`;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function pidFileOf(dataDir: string): Promise<readonly string[]> {
  const text = await readFile(join(dataDir, 'pg/postmaster.pid'), 'utf8').catch(() => '');
  return text === '' ? [] : text.split('\n');
}
