import { createServer, type IncomingMessage, type Server } from 'node:http';

/** What a test's server saw of one request. */
export interface Seen {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

/** Answers a request; `hang up` breaks the connection, `silence` never answers. */
export type Script = (request: Seen, count: number) => Answer | 'hang up' | 'silence';

/** A real HTTP server on a free port of 127.0.0.1 that answers as a script says. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const one = await readRequest(request);
    seen.push(one);
    const answer = script(one, seen.length);
    if (answer === 'silence') return;
    if (answer === 'hang up') {
      request.socket.destroy();
      return;
    }
    const { status, body, text = JSON.stringify(body), headers } = answer;
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, seen, close: () => closed(server) };
}

async function readRequest(request: IncomingMessage): Promise<Seen> {
  let raw = '';
  for await (const chunk of request.setEncoding('utf8')) raw += chunk;
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: raw === '' ? undefined : JSON.parse(raw),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
