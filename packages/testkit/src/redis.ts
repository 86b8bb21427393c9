/** A Redis of a test file's own: a process on a free port of the loopback, stopped by its id. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const READY_MS = 20_000;
const PORT_TRIES = 5;

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Starts it again on the same port, with what it had on its disk. */
  start(): Promise<void>;
  /** Lets it write down what it has, and ends it. */
  stop(): Promise<void>;
  /** As a power cut. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Why tests cannot have a Redis, as a reason to skip them; undefined when they can. What runs the
 * tests installs one before they start, where that is possible.
 */
export async function whyNoRedis(): Promise<string | undefined> {
  return (await isThere()) ? undefined : 'no redis-server in PATH';
}

function isThere(): Promise<boolean> {
  return run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
}

/**
 * Starts a Redis that keeps what it has over a restart.
 * @throws Error with its last words when it does not start
 */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-redis-'));
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const redis = redisAt(port, folder);
    try {
      await redis.start();
      return redis;
    } catch (error) {
      await redis.kill();
      if (tries < PORT_TRIES) continue;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

function redisAt(port: number, folder: string): TestRedis {
  let child: ChildProcess | undefined;
  let said = '';
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const given = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
      const kept = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
      const started = spawn('redis-server', [...given, ...kept], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          said = (said + chunk.toString()).slice(-2_000);
        });
      }
      const deadline = Date.now() + READY_MS;
      while (!(await answers(port))) {
        if (started.exitCode !== null || Date.now() > deadline) {
          throw new Error(`redis-server does not start: ${said}`);
        }
        await setTimeout(20);
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Whether somebody answers a PING: while it loads what it had, it does not. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (data: Buffer) => settle(data.toString().startsWith('+PONG')));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
