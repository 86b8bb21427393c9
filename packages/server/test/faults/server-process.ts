import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { type Client, createClient } from '@tenuto/sdk';

export const ADMIN_TOKEN = 'admin-token-of-the-tests-with-faults';
const CHECKOUT = join(import.meta.dirname, '../../../..');

export interface ServerOptions {
  readonly dataDir: string;
  /** Unset: the PostgreSQL that comes along, in the data folder. */
  readonly databaseUrl?: string;
  /** Whom the server runs as, when not as the tests. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The project's folder that the server runs from. */
  readonly checkout?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `tenuto serve` in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  /** A client of it, once it answers; rejects with what it logged when it ends before. */
  readonly ready: Promise<Client>;
  readonly ended: Promise<ServerEnd>;
  /** All that it has written so far, errors too. */
  logs(): string;
  /** Sends a signal to this one process. */
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<ServerEnd>;
}

/** Starts a server on a free port of the loopback. */
export function startServer(options: ServerOptions): ServerProcess {
  const checkout = options.checkout ?? CHECKOUT;
  const node = options.checkout === undefined ? process.execPath : join(checkout, NODE);
  const child = spawn(node, [join(checkout, MAIN), 'serve', '--json'], {
    cwd: checkout,
    env: {
      PATH: `${dirname(node)}:${process.env.PATH}`,
      PORT: '0',
      TENUTO_ADMIN_TOKEN: ADMIN_TOKEN,
      TENUTO_ALLOW_COMMANDS: '/bin/sh',
      TENUTO_RATE_LIMITS: 'off',
      TENUTO_DATA_DIR: options.dataDir,
      LOG_LEVEL: 'info',
      ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
  });
  const ended = endOf(child);
  const { written, firstLine } = follow(child);
  const early = ended.then(() => {
    throw new Error(`The server ended before it was ready: ${written()}`);
  });
  const ready = Promise.race([firstLine.then(clientOf), early]);
  ready.catch(() => {});
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    logs: written,
    signal: (signal) => void child.kill(signal),
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const MAIN = 'packages/cli/src/main.ts';
/** The Node that comes with the project. */
const NODE = 'node_modules/node/bin/node';

async function endOf(child: ChildProcess): Promise<ServerEnd> {
  // What it started may hold its pipes open; the process itself is what counts.
  const [code, signal] = await once(child, 'exit');
  return { code, signal };
}

/** Gathers both streams, and finds the line that says where the server is. */
function follow(child: ChildProcess) {
  let text = '';
  const firstLine = new Promise<string>((resolve) => {
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      out += chunk;
      const line = out.split('\n').find((each) => each.includes('"started"'));
      if (line !== undefined && out.includes('\n')) resolve(line);
    });
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { written: () => text, firstLine };
}

function clientOf(line: string): Client {
  const started: unknown = JSON.parse(line);
  const url = typeof started === 'object' && started !== null && 'url' in started && started.url;
  if (typeof url !== 'string') throw new Error(`This is no first line of a server: ${line}`);
  return createClient({ baseUrl: url, token: ADMIN_TOKEN, retry: { maxAttempts: 1 } });
}
