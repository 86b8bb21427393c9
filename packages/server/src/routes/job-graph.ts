import { JobGraphSchema, JobGraphStateSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getGraph } from '../services/run-graph.ts';
import { createGraphStates } from '../services/run-graph-state.ts';
import type { JobParts } from '../services/services.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, JobParameters, problems } from './schemas.ts';

const GRAPH = '/api/v1/orchestration/job/:job_id/graph';
/** It never changes, but who may see it does: it is asked for, and mostly not sent, each time. */
const CACHED = 'private, no-cache';

/** A job as who draws it wants it: its plan as columns, and what has changed since they looked. */
export function addJobGraphRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  const states = createGraphStates(parts);
  app.get(
    GRAPH,
    {
      config: { scope: 'jobs:read', tool: false },
      schema: {
        ...{ tags: ['jobs'], summary: 'Read the graph of a job, as columns' },
        params: JobParameters,
        headers: Type.Object({ 'if-none-match': Type.Optional(Type.String()) }),
        response: {
          200: JobGraphSchema,
          304: Type.Null({ description: 'It is the one that the entity tag is of.' }),
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const graph = await getGraph(parts, callerOf(request), request.params.job_id);
      const tag = `"${graph.plan_hash}"`;
      reply.headers({ etag: tag, 'cache-control': CACHED });
      if (request.headers['if-none-match'] === tag) return reply.code(304).send(null);
      return reply.send(graph);
    },
  );
  app.get(
    `${GRAPH}/state`,
    {
      config: { scope: 'jobs:read', tool: false },
      schema: {
        ...{ tags: ['jobs'], summary: 'Read how the nodes of a job stand, or what has changed' },
        params: JobParameters,
        querystring: Type.Object(
          {
            since: Type.Optional(
              Type.String({
                maxLength: 100,
                description: 'The mark of the answer before; what it does not know is told whole.',
              }),
            ),
          },
          closed,
        ),
        response: { 200: JobGraphStateSchema, ...problems(404) },
      },
    },
    (request) => {
      const { since } = request.query;
      return states(callerOf(request), { jobId: request.params.job_id, since });
    },
  );
}
