import { ENGINE_STATES, EngineListSchema, pagingParameters } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type EngineParts, listEngines } from '../services/engines.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

/** The engines that share the database. */
export function addEngineRoutes(instance: FastifyInstance, parts: EngineParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/engines',
    {
      config: { scope: 'metrics:read', limit: 'read' },
      schema: {
        tags: ['engines'],
        summary: 'List the engines of the database, the last one that started first',
        querystring: Type.Object(
          {
            state: Type.Optional(Type.Enum([...ENGINE_STATES])),
            ...pagingParameters({ limit: 20, most: 100 }),
          },
          closed,
        ),
        response: { 200: EngineListSchema, ...problems() },
      },
    },
    (request) => listEngines(parts, callerOf(request), request.query),
  );
}
