import { HealthSchema, ProbeSchema } from '@tenuto/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type HealthParts, healthOf, readiness } from '../services/health.ts';

const OPEN = { public: true, always: true, limit: 'none' } as const;

/** Probes, and the whole picture. They work without credentials. */
export function addHealthRoutes(app: FastifyInstance, parts: HealthParts): void {
  const health = async (request: FastifyRequest, reply: FastifyReply) => {
    const answer = await healthOf(parts, request.principal);
    const well = answer.status === 'ok' || answer.status === 'degraded';
    return reply.code(well ? 200 : 503).send(answer);
  };
  for (const url of ['/health', '/api/v1/orchestration/health']) {
    const schema = {
      tags: ['health'],
      summary: 'State of every component',
      response: { 200: HealthSchema, 503: HealthSchema },
    };
    app.get(url, { config: OPEN, schema }, health);
  }
  const probe = { 200: ProbeSchema, 503: ProbeSchema };
  app.get(
    '/health/live',
    {
      config: OPEN,
      schema: { tags: ['health'], summary: 'The process answers', response: { 200: ProbeSchema } },
    },
    async () => ({ status: 'ok' }),
  );
  app.get(
    '/health/ready',
    {
      config: OPEN,
      schema: { tags: ['health'], summary: 'Requests may be sent here', response: probe },
    },
    async (_request, reply) => {
      const answer = readiness(parts);
      return reply.code(answer.status === 'ok' ? 200 : 503).send(answer);
    },
  );
}
