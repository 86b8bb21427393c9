import { ForkRequestSchema, RunSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import { forkRun } from '../services/run-fork.ts';
import type { JobParts } from '../services/services.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { IdempotencyKey, problems, RunParameters } from './schemas.ts';

export const RUNS = '/api/v1/runs';
const tags = ['runs'];

/** Forks of runs. */
export function addForkRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    `${RUNS}/:run_id/fork`,
    {
      config: { scope: 'runs:write', limit: 'submit' },
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ tags, summary: 'Make a run that begins with what another one has done' },
        params: RunParameters,
        headers: IdempotencyKey,
        body: ForkRequestSchema,
        response: { 201: RunSchema, ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const run = await forkRun(parts, callerOf(request), {
        runId: request.params.run_id,
        body: request.body,
        key: request.headers['idempotency-key'],
      });
      return reply.code(201).header('location', `${RUNS}/${run.run_id}`).send(run);
    },
  );
}
