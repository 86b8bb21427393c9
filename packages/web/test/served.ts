import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, createClient } from '@tenuto/sdk';

const root = join(import.meta.dirname, '../../..');
const TOKEN = 'admin-token-of-the-tests-of-the-console';

/** A server with its console, as people start it. */
export interface Console {
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Ends the process and starts another one with the same data at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface ConsoleOptions {
  /** A free one when absent. */
  readonly port?: number;
  /** Variables of the server besides those of all tests. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** @throws Error when the console was not built */
export async function startConsole({
  port: wanted = 0,
  environment = {},
}: ConsoleOptions = {}): Promise<Console> {
  if (!existsSync(join(root, 'packages/web/dist/index.html'))) {
    throw new Error('The console is not built; run: npm run prepare');
  }
  const folder = mkdtempSync(join(tmpdir(), 'tenuto-web-'));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const begin = (at: number) => serve(data, { port: at, environment });
  let { child, url } = await begin(wanted);
  const port = Number(new URL(url).port);
  const stop = async () => {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  };
  return {
    url,
    token: TOKEN,
    client: createClient({ baseUrl: url, token: TOKEN }),
    stop,
    async start() {
      ({ child, url } = await begin(port));
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serve(
  data: string,
  { port, environment }: Required<ConsoleOptions>,
): Promise<{ child: ChildProcess; url: string }> {
  const main = join(root, 'packages/cli/src/main.ts');
  const args = ['serve', '--port', String(port), '--data-dir', data, '--json'];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: root,
    env: {
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      TENUTO_ADMIN_TOKEN: TOKEN,
      TENUTO_ALLOW_COMMANDS: 'node',
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url }: { url: string } = JSON.parse(line);
    return { child, url };
  }
  throw new Error('The server ended before it had said where it is.');
}
