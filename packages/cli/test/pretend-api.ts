import { createServer, type IncomingMessage, type Server } from 'node:http';
import { ERRORS, type ErrorCode, problemOf, type ValidationError } from '@tenuto/contract';

/** What was asked of the pretended server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Answer = { readonly status: number; readonly body: unknown } | 'hang up';
/** Answers for `METHOD path`; `*` stands for one part of a path. A list is used up, its last stays. */
export type Answers = Readonly<Record<string, Answer | ((asked: Asked) => Answer)>>;

export interface PretendApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const BASE = '/api/v1/orchestration';

/** A real HTTP server on 127.0.0.1 that answers in the contract's words. */
export async function startPretendApi(answers: Answers, port = 0): Promise<PretendApi> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const one = await readRequest(request);
    asked.push(one);
    const key = Object.keys(answers).find((pattern) => matches(pattern, one));
    const found = key === undefined ? problem('not_found', 'There is no such job.') : answers[key];
    const answer = typeof found === 'function' ? found(one) : found;
    if (answer === undefined || answer === 'hang up') {
      request.socket.destroy();
      return;
    }
    const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(answer.status, { 'content-type': type }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, asked, close: () => closed(server) };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function page(items: readonly unknown[], more: object = {}): Answer {
  const total = items.length;
  return ok({ items, total, limit: 100, offset: 0, has_more: false, next_cursor: null, ...more });
}

export function problem(
  code: ErrorCode,
  detail: string,
  validationErrors: readonly ValidationError[] = [],
): Answer {
  return {
    status: ERRORS[code][0],
    body: problemOf({ code, detail, requestId: 'r-1', validationErrors }),
  };
}

/** Answers one after another, the last one from then on. */
export function inTurn(...answers: readonly [Answer, ...Answer[]]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? answers[0];
}

function matches(pattern: string, { method, path }: Asked): boolean {
  const [wantedMethod, wantedPath = ''] = pattern.split(' ');
  const wanted = wantedPath.split('/');
  const parts = path.split('/');
  return (
    method === wantedMethod &&
    wanted.length === parts.length &&
    wanted.every((part, i) => part === '*' || part === parts[i])
  );
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  let raw = '';
  for await (const chunk of request.setEncoding('utf8')) raw += chunk;
  const url = new URL(request.url ?? '', 'http://x');
  return {
    method: request.method ?? '',
    path: url.pathname.replace(BASE, ''),
    query: Object.fromEntries(url.searchParams),
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
