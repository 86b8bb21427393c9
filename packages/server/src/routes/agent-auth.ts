import {
  MeSchema,
  RefreshRequestSchema,
  RevokedSchema,
  RevokeRequestSchema,
  TokenGrantSchema,
  TokenRequestSchema,
} from '@tenuto/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type AgentAuthParts,
  grantToken,
  refreshToken,
  revokeToken,
  type Stranger,
  whoAmI,
} from '../services/agent-auth.ts';
import { callerOf, type Typed, visitOf } from './request.ts';
import { problems } from './schemas.ts';

const AUTH = '/api/v1/agents/auth';
const tags = ['agents'];
/** Whoever comes has no principal yet: what they send is the proof. */
const OPEN = { public: true, limit: 'change' } as const;

export function addAgentAuthRoutes(instance: FastifyInstance, parts: AgentAuthParts): void {
  const app: Typed = instance.withTypeProvider();
  const strangerOf = (request: FastifyRequest): Stranger => ({
    ...{ address: visitOf(request).network, requestId: request.id },
  });
  const response = { 200: TokenGrantSchema, ...problems(413, 415) };
  app.post(
    `${AUTH}/token`,
    {
      config: OPEN,
      schema: {
        ...{ tags, summary: 'Exchange client credentials for a short access token', response },
        body: TokenRequestSchema,
      },
    },
    async (request, reply) => {
      const grant = await grantToken(parts, strangerOf(request), request.body);
      return reply.header('cache-control', 'no-store').send(grant);
    },
  );
  app.post(
    `${AUTH}/refresh`,
    {
      config: OPEN,
      schema: {
        ...{ tags, summary: 'Exchange a refresh token for the next pair', response },
        body: RefreshRequestSchema,
      },
    },
    async (request, reply) => {
      const grant = await refreshToken(parts, strangerOf(request), request.body.refresh_token);
      return reply.header('cache-control', 'no-store').send(grant);
    },
  );
  app.post(
    `${AUTH}/revoke`,
    {
      config: OPEN,
      schema: {
        ...{ tags, summary: 'Revoke an access or refresh token, and all that came with it' },
        body: RevokeRequestSchema,
        response: { 200: RevokedSchema, ...problems(413, 415) },
      },
    },
    (request) => revokeToken(parts, strangerOf(request), request.body.token),
  );
  app.get(
    '/api/v1/agents/me',
    {
      config: { anyone: true },
      schema: {
        ...{ tags, summary: 'Who sends this request, and what they may' },
        response: { 200: MeSchema, ...problems() },
      },
    },
    (request) => whoAmI(parts, callerOf(request)),
  );
}
