import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleFile, ConsoleFiles } from '../console/files.ts';
import { MISSING_CONSOLE } from '../console/missing.ts';
import { CONSOLE_POLICY, isNavigation } from '../console/policy.ts';
import './route-config.ts';

const INDEX = '/index.html';
const PRODUCES = ['text/html', 'application/xhtml+xml', 'text/css', 'image/*', 'text/*', '*/*'];
const FILE = {
  public: true,
  limit: 'none',
  always: true,
  tool: false,
  produces: PRODUCES,
} as const;

/** Answers a request for a page; undefined when it asked for something else. */
export type Pages = (
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply> | undefined;

/** Serves the files of the console. */
export function addConsole(app: FastifyInstance, files: ConsoleFiles): void {
  // What stands behind the path is the console's own matter, as it is on all of its pages.
  const anything = { type: 'object', additionalProperties: true };
  app.get('/', { config: FILE, schema: { hide: true, querystring: anything } }, (request, reply) =>
    sendIndex(files, request, reply),
  );
  for (const [path, file] of files) {
    if (path === INDEX) continue;
    app.get(path, { config: FILE, schema: { hide: true } }, (request, reply) =>
      sendFile(file, request, reply),
    );
  }
}

/** Its pages have addresses of their own, which only the console itself knows. */
export function pagesOf(files: ConsoleFiles): Pages {
  return (request, reply) => {
    const { method, url, headers } = request;
    const mode = headers['sec-fetch-mode'];
    const asked = { method, url, accept: headers.accept };
    if (!isNavigation({ ...asked, mode: typeof mode === 'string' ? mode : undefined })) return;
    return sendIndex(files, request, reply);
  };
}

async function sendIndex(files: ConsoleFiles, request: FastifyRequest, reply: FastifyReply) {
  const index = files.get(INDEX);
  reply.header('content-security-policy', CONSOLE_POLICY);
  if (index !== undefined) return sendFile(index, request, reply);
  return reply.code(503).type('text/html; charset=utf-8').send(MISSING_CONSOLE);
}

async function sendFile(
  file: ConsoleFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.headers({
    etag: file.etag,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    'content-security-policy': CONSOLE_POLICY,
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(
    String(request.headers['accept-encoding'] ?? ''),
  );
  reply.type(file.type);
  const zipped = takesGzip ? await file.zipped() : undefined;
  if (zipped === undefined) return reply.send(file.body);
  return reply.header('content-encoding', 'gzip').send(zipped);
}
