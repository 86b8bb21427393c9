import { HomeSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import { type HomeParts, readHome } from '../services/home.ts';
import { callerOf, type Typed } from './request.ts';
import { problems } from './schemas.ts';

/** The overview: is anything wrong, what runs, what comes next. */
export function addHomeRoutes(instance: FastifyInstance, parts: HomeParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/home',
    {
      config: { anyone: true },
      schema: {
        tags: ['home'],
        summary:
          'Say whether anything is wrong, what runs, what failed lately, and what comes next',
        response: { 200: HomeSchema, ...problems() },
      },
    },
    (request) => readHome(parts, callerOf(request)),
  );
}
