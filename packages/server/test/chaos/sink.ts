/** What jobs do to the world: calls of a server that writes down who called, in which order. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call by an attempt. */
export interface Effect {
  readonly run: string;
  readonly node: string;
  readonly attempt: number;
  /** The key that is the same for all attempts of a node in one generation. */
  readonly key: string;
  /** On the clock of this process, monotonic. */
  readonly at: number;
}

export interface Sink {
  readonly url: string;
  readonly effects: Effect[];
  stop(): Promise<void>;
}

const NODE = /^\/([0-9a-f-]{36})\/([^/]+)\/(\d+)$/;

/** Answers 503 to the first attempt of nodes that are called `flaky`. */
export async function startSink(): Promise<Sink> {
  const effects: Effect[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const effect = effectOf(request);
      if (effect !== undefined) effects.push(effect);
      const refused = effect?.node.startsWith('flaky') === true && effect.attempt === 1;
      response.writeHead(refused ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    effects,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function effectOf({ url = '', headers }: IncomingMessage): Effect | undefined {
  const [, run, node, attempt] = NODE.exec(decodeURIComponent(url)) ?? [];
  if (run === undefined || node === undefined) return undefined;
  const key = String(headers['idempotency-key'] ?? '');
  return { run, node, attempt: Number(attempt), key, at: performance.now() };
}
