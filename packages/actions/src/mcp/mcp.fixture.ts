import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, McpServerSpec } from '@tenuto/engine';
import { onTestFinished } from 'vitest';
import { callWith } from '../http/http.fixture.ts';
import { createMcpHands, createMcpPool, mcpCall, mcpReach } from './index.ts';

/** The reference server of the protocol, as an argument vector. */
export const EVERYTHING = [
  process.execPath,
  fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')),
];
/** A server that behaves as badly as its argument says. */
export const HOSTILE = [process.execPath, `${import.meta.dirname}/hostile-server.fixture.ts`];

const clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export function aServer(changes: Partial<McpServerSpec> = {}): McpServerSpec {
  return {
    serverId: 'server-1',
    ...{ name: 'everything', owner: 'ann', transport: 'stdio', command: [...EVERYTHING, 'stdio'] },
    ...{ url: '', headers: {}, env: {}, toolsAllow: null, secrets: new Map() },
    ...changes,
  };
}

/** What a test calls tools with; everything it has opened ends with the test. */
export function openMcp(server: McpServerSpec, { idleMs = 60_000 } = {}) {
  const reach = mcpReach({
    clock,
    commands: { allow: [process.execPath], environment: process.env, clock },
    httpAllow: ['127.0.0.1'],
    version: '0.0.0',
  });
  const pool = createMcpPool(reach, idleMs);
  onTestFinished(() => pool.close());
  let found = server;
  const action = mcpCall({ pool, find: async (owner) => (owner === 'ann' ? found : undefined) });
  const log: string[] = [];
  return {
    pool,
    log,
    hands: createMcpHands(pool, reach),
    /** Registers it with other settings. */
    change(changes: Partial<McpServerSpec>) {
      found = { ...found, ...changes };
    },
    async call(
      tool: string,
      given: JsonObject = {},
      { more = {}, ...over }: Partial<ActionCall> & { readonly more?: JsonObject } = {},
    ): Promise<Exclude<ActionOutcome, { status: 'waiting' }>> {
      const parameters = { server: 'everything', tool, arguments: given, ...more };
      const outcome = await action.run(
        callWith(parameters, {
          ...{ owner: 'ann', uses: 'mcp.call', log: (_, text) => void log.push(text) },
          ...over,
        }),
      );
      if (outcome.status === 'waiting') throw new Error('a call of a tool waits');
      return outcome;
    },
  };
}

/** The reference server over Streamable HTTP, on a port of its own. */
export async function startEverything(): Promise<{
  readonly url: string;
  readonly child: ChildProcess;
}> {
  const port = await freePort();
  const [program = '', ...args] = EVERYTHING;
  const child = spawn(program, [...args, 'streamableHttp'], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const listening = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk) => String(chunk).includes('listening') && resolve());
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('it did not start')));
  await Promise.race([listening, ended]);
  ended.catch(() => undefined);
  return { url: `http://127.0.0.1:${port}/mcp`, child };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** An HTTP server of a test's own. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/mcp`;
}
