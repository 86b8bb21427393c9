import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, type QueryResultRow } from 'pg';
import { onTestFinished } from 'vitest';
import {
  type EmbeddedServer,
  type PostgresConnection,
  startEmbedded,
} from '../src/embedded/index.ts';
import type { Logger } from '../src/embedded/log.ts';

export const isRoot = process.getuid?.() === 0;
export const indexUrl = new URL('../src/embedded/index.ts', import.meta.url).href;

/** A new folder of the machine's own, gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A copy of a data folder that is not in use, with its owners. */
export async function copyOf(dataDir: string): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync('cp', ['-a', `${dataDir}/.`, folder]);
  return folder;
}

export interface RecordingLogger extends Logger {
  readonly messages: string[];
}

export function recordingLogger(): RecordingLogger {
  const messages: string[] = [];
  const record = (_: object, message: string) => void messages.push(message);
  return { messages, debug: record, info: record, warn: record, error: record };
}

/** Runs one statement in a session of its own. */
export async function ask<Row extends QueryResultRow>(
  connection: PostgresConnection,
  sql: string,
): Promise<Row[]> {
  const client = new Client({ ...connection });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

export interface Owner {
  readonly process: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface OwnerOptions {
  /** Module source; it may use `startEmbedded`. */
  readonly source: string;
  /** A command to run Node by, with its arguments. */
  readonly via?: readonly string[];
}

/** A process of its own that runs `source`; killed when the test is over. */
export function startOwner({ source, via = [] }: OwnerOptions): Owner {
  const program = `import { startEmbedded } from ${JSON.stringify(indexUrl)};\n${source}`;
  const node = [process.execPath, '--input-type=module', '-e', program];
  const [command = '', ...rest] = [...via, ...node];
  const child = spawn(command, rest, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function kill(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal);
    await exited;
  }
  onTestFinished(() => kill('SIGKILL'));
  return {
    process: child,
    kill,
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error('the process ended without a further line');
      return value;
    },
  };
}

/** A server of a test file's own, in a new folder. */
export async function startOwnServer(): Promise<{
  readonly server: EmbeddedServer;
  end(): Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-test-'));
  const server = await startEmbedded({ dataDir });
  return {
    server,
    async end() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
