import type { IncomingMessage } from 'node:http';
import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';

const REQUEST_ID = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZEROS = /^0+$/;

/** The caller's X-Request-Id when it is one, else a new id. */
export function requestIdOf(
  request: Pick<IncomingMessage, 'headers'>,
  newId: () => string,
): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

/** W3C trace context, as the caller sent it; undefined when it is absent or malformed. */
export function traceOf(header: unknown): { traceId: string; parentId: string } | undefined {
  const [, traceId, parentId] = (typeof header === 'string' && TRACE_PARENT.exec(header)) || [];
  if (traceId === undefined || parentId === undefined) return undefined;
  return ZEROS.test(traceId) || ZEROS.test(parentId) ? undefined : { traceId, parentId };
}

/**
 * A proxy may go by the one and we by the other (RFC 9112, 3.2).
 * @throws OrchestrationError 400
 */
function refuseTwoHosts({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): void {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length < 2) return;
  throw new OrchestrationError('malformed_request', 'The request has more than one Host header.');
}

/** Says the request's id in the answer, takes up a trace, and writes one line a request. */
export function addRequestContext(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const trace = traceOf(request.headers.traceparent);
    if (trace !== undefined) request.log = request.log.child({ trace_id: trace.traceId });
    refuseTwoHosts(request.raw);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        actor: request.principal?.actor,
      },
      'request',
    );
  });
}
