import type { Socket } from 'node:net';
import { type ErrorCode, OrchestrationError, type ProblemInput, problemOf } from '@tenuto/contract';
import { StoreFault } from '@tenuto/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GateBlockedError } from '../services/run-blocked.ts';

/** What the statuses that the HTTP layer gives by itself mean in the table of errors. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [406, 'not_acceptable'],
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
  [429, 'rate_limited'],
  [503, 'overloaded'],
]);

/** What every answer says, for those that are given before anything else can say it. */
export const BARE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** Answers what is no HTTP, when there is still somebody to answer, and hangs up. */
export function answerBrokenClient(error: Error, socket: Socket, requestId: string): void {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLong = code === 'HPE_HEADER_OVERFLOW';
  const detail = tooLong ? 'The headers are too long.' : 'This is not a request in HTTP/1.1.';
  const body = problemOf({ code: 'malformed_request', detail, requestId });
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
    ...BARE_HEADERS,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** Answers every error as problem+json, and what nobody expected as a 500 that tells nothing. */
export function addErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const expected = expectedError(error);
  if (expected === undefined) request.log.error({ err: error }, 'a request failed unexpectedly');
  const known = expected ?? new OrchestrationError('internal_error', 'Something went wrong here.');
  if (known.status === 503) reply.header('retry-after', String(known.retryAfterSeconds ?? 1));
  else if (known.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(known.retryAfterSeconds));
  }
  if (known.status === 503) request.log.warn({ err: error }, 'a request was put off');
  return reply
    .code(known.status)
    .type('application/problem+json')
    .send(
      problemOf({
        code: known.code,
        detail: known.message,
        requestId: request.id,
        validationErrors: known.validationErrors,
        ...(known instanceof OrchestrationError && stateOf(known)),
      }),
    );
}

/** The error of the table that this one is; undefined for one that nobody expected. */
function expectedError(error: unknown): OrchestrationError | undefined {
  if (error instanceof OrchestrationError) return error;
  if (error instanceof StoreFault && error.kind === 'unavailable') {
    return new OrchestrationError('store_unavailable', 'The database cannot be reached.');
  }
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  if (typeof statusCode !== 'number' || statusCode < 400) return undefined;
  if (statusCode >= 500 && statusCode !== 503) return undefined;
  return new OrchestrationError(CODES.get(statusCode) ?? 'malformed_request', error.message);
}

/** The state that a conflict is about, and what gates say. */
function stateOf(error: OrchestrationError): Pick<ProblemInput, 'jobStatus' | 'gates'> {
  if (error instanceof GateBlockedError) return { gates: error.gates };
  const status: unknown = Reflect.get(error, 'jobStatus');
  return typeof status === 'string' ? { jobStatus: status } : {};
}
