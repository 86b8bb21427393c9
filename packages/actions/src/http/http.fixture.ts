import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { Json, JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionError, ActionOutcome, Clock } from '@tenuto/engine';
import { onTestFinished } from 'vitest';
import type { ResolvedAddress } from './connector.ts';
import { type HttpRequestOptions, httpRequest } from './http-request.ts';

/** 2023-11-14T22:13:20Z. */
export const NOW_MS = 1_700_000_000_000;

export interface ManualClock extends Clock {
  /** Milliseconds of every timer that is set now. */
  pending(): readonly number[];
  /** Lets all of them go off. */
  fire(): void;
}

export function manualClock(): ManualClock {
  const timers = new Map<() => void, number>();
  return {
    wall: () => NOW_MS,
    mono: () => 0,
    after(ms, run) {
      timers.set(run, ms);
      return () => timers.delete(run);
    },
    pending: () => [...timers.values()],
    fire: () => {
      for (const run of timers.keys()) run();
      timers.clear();
    },
  };
}

/** A call as the engine makes it; its log goes nowhere unless `overrides` brings one. */
export function callWith(parameters: JsonObject, overrides: Partial<ActionCall> = {}): ActionCall {
  return {
    runId: 'run',
    nodeId: 'node',
    attempt: 1,
    earlierAttempts: 0,
    owner: 'somebody',
    idempotencyKey: 'key-of-the-node',
    uses: 'http.request',
    with: parameters,
    startedAt: NOW_MS,
    signal: new AbortController().signal,
    graceMs: 0,
    heartbeat() {},
    log: () => {},
    ...overrides,
  };
}

/** The action as a test uses it: closed when the test ends, with a clock that stands still. */
export function openAction(options: Partial<HttpRequestOptions> = {}) {
  const action = httpRequest({ clock: manualClock(), allow: ['127.0.0.1'], ...options });
  onTestFinished(() => action.close());
  return async (parameters: JsonObject, overrides?: Partial<ActionCall>): Promise<ActionOutcome> =>
    action.run(callWith(parameters, overrides));
}

/** Starts a server on 127.0.0.1 that ends with the test. Returns its port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') {
      server.closeAllConnections();
    }
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Starts an HTTP server on 127.0.0.1. Returns its origin. */
export async function serve(handler: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(handler))}`;
}

/** A server that answers with what it was asked, as JSON. */
export const serveEcho = () =>
  serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }),
    );
  });

/** A server that writes these bytes to whoever connects. */
export const serveBytes = async (bytes: string) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
  return `http://127.0.0.1:${await listen(server)}`;
};

/** A server that answers every request alike. */
export const serveAnswer = (
  status: number,
  headers: Record<string, string>,
  body: string | Buffer = '',
) => serve((_request, response) => response.writeHead(status, headers).end(body));

/** A resolver that always gives these addresses, and keeps what it was asked. */
export const resolveTo = (...addresses: string[]) => {
  const asked: string[] = [];
  const lookup = async (hostname: string): Promise<readonly ResolvedAddress[]> => {
    asked.push(hostname);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { asked, lookup };
};

/** The output of an outcome that must be completed. */
export function outputOf(outcome: ActionOutcome): JsonObject {
  if (outcome.status !== 'completed') throw new Error(`not completed: ${JSON.stringify(outcome)}`);
  if (!isObject(outcome.output)) throw new Error('the output is not an object');
  return outcome.output;
}

/** The error of an outcome that must not be completed. */
export function errorOf(outcome: ActionOutcome): ActionError {
  if (!('error' in outcome)) throw new Error(`no error: ${JSON.stringify(outcome)}`);
  return outcome.error;
}

/** Counts the sockets that anything in this process opens while `work` runs. */
export async function socketsOpenedBy(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const onSocket = () => {
    count++;
  };
  subscribe('net.client.socket', onSocket);
  try {
    await work();
  } finally {
    unsubscribe('net.client.socket', onSocket);
  }
  return count;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
