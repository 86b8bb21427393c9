import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Caller, Visit } from '../services/services.ts';

/** An instance whose handlers know the types of their schemas. */
export type Typed = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Who sent a request that authentication has let through. */
export function callerOf(request: Pick<FastifyRequest, 'principal' | 'id'>): Caller {
  if (request.principal === undefined) throw new Error('a private route was reached by nobody');
  return { principal: request.principal, requestId: request.id };
}

/** How a request came that authentication has looked at. */
export function visitOf({ visit }: Pick<FastifyRequest, 'visit'>): Visit {
  if (visit === undefined) throw new Error('a route was reached past authentication');
  return visit;
}

/** A request without a body says nothing: for routes whose body has no field that is required. */
export async function noBodyIsEmpty(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

/** The bytes of a body, on a route that takes bodies as they were sent. */
export function rawBody({ body }: Pick<FastifyRequest, 'body'>): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
