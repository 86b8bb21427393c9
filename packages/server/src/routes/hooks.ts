import { HookAnswerSchema, LIMITS, OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type HookParts, receiveHook } from '../services/hooks.ts';
import { HOOKS } from '../services/webhooks.ts';
import { rawBody, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

/**
 * Where senders post to: open to all, since a signature proves them. To be added where bodies are
 * taken as they were sent.
 * @param parts with the network that a request comes from
 */
export function addHookRoutes(
  scope: FastifyInstance,
  parts: HookParts & { readonly networkOf: (request: FastifyRequest) => string },
): void {
  const app: Typed = scope.withTypeProvider();
  app.post(
    `${HOOKS}/:hook`,
    {
      config: { public: true, limit: 'none' },
      bodyLimit: LIMITS.eventBytes,
      schema: {
        ...{ tags: ['webhooks'], summary: 'Post to a webhook, signed as it asks' },
        params: Type.Object({ hook: Type.String({ maxLength: 200 }) }, closed),
        response: { 202: HookAnswerSchema, ...problems(404, 413) },
      },
    },
    async (request, reply) => {
      const answer = await receiveHook(parts, {
        hook: request.params.hook,
        headers: request.headers,
        body: rawBody(request),
        requestId: request.id,
        address: parts.networkOf(request),
      }).catch((error: unknown) => {
        if (error instanceof OrchestrationError && error.status === 401) {
          reply.header('www-authenticate', 'Signature realm="webhook"');
        }
        throw error;
      });
      return reply.code(202).send(answer);
    },
  );
}
