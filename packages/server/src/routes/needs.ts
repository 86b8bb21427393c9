import { NeedsSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type NeedsParts, readNeeds } from '../services/needs.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

/** What waits for people, whatever kind it is of. */
export function addNeedsRoutes(instance: FastifyInstance, parts: NeedsParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/needs',
    {
      config: { anyone: true },
      schema: {
        tags: ['needs'],
        summary: 'Say what waits for a person, and what of it for you',
        querystring: Type.Object(
          {
            limit: Type.Optional(
              Type.Integer({
                ...{ minimum: 1, maximum: 100, default: 20 },
                description: 'So many of each kind.',
              }),
            ),
          },
          closed,
        ),
        response: { 200: NeedsSchema, ...problems() },
      },
    },
    (request) => readNeeds(parts, callerOf(request), request.query),
  );
}
