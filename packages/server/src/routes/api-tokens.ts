import {
  ApiTokenListSchema,
  ApiTokenSchema,
  NewApiTokenSchema,
  pagingParameters,
  WriteApiTokenSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  type ApiTokenParts,
  createApiToken,
  listApiTokens,
  revokeApiToken,
} from '../services/api-tokens.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const TOKENS = '/api/v1/tokens';
const tags = ['agents'];

export function addApiTokenRoutes(instance: FastifyInstance, parts: ApiTokenParts): void {
  const app: Typed = instance.withTypeProvider();
  const config = { scope: 'agents:write', limit: 'change' } as const;
  app.post(
    TOKENS,
    {
      config,
      schema: {
        ...{ tags, summary: 'Make an API token, shown once' },
        body: WriteApiTokenSchema,
        response: { 201: NewApiTokenSchema, ...problems(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const made = await createApiToken(parts, callerOf(request), request.body);
      return reply.code(201).header('cache-control', 'no-store').send(made);
    },
  );
  app.get(
    TOKENS,
    {
      config: { scope: 'agents:read' },
      schema: {
        ...{ tags, summary: 'List API tokens, newest first' },
        querystring: Type.Object(
          {
            agent_id: Type.Optional(uuid),
            live: Type.Optional(Type.Boolean({ description: 'Neither revoked nor expired.' })),
            ...pagingParameters({ limit: 20, most: 100 }),
          },
          closed,
        ),
        response: { 200: ApiTokenListSchema, ...problems() },
      },
    },
    (request) => listApiTokens(parts, callerOf(request), request.query),
  );
  app.delete(
    `${TOKENS}/:token_id`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Revoke an API token' },
        params: Type.Object({ token_id: uuid }, closed),
        response: { 200: ApiTokenSchema, ...problems(404) },
      },
    },
    (request) => revokeApiToken(parts, callerOf(request), request.params.token_id),
  );
}
