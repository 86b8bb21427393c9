import { ComparisonSchema, ForkRequestSchema, RunSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { compareRuns } from '../services/run-compare.ts';
import { forkRun } from '../services/run-fork.ts';
import type { JobParts } from '../services/services.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, RunParameters } from './schemas.ts';

export const RUNS = '/api/v1/runs';
const tags = ['runs'];

/** Forks of runs, and runs side by side. */
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
  app.get(
    `${RUNS}/compare`,
    {
      config: { scope: 'runs:read', tool: 'compare_runs' },
      schema: {
        ...{ tags, summary: 'Say what runs differ in, node by node' },
        querystring: Type.Object(
          {
            ids: Type.String({
              minLength: 1,
              maxLength: 1_000,
              description: 'Two to four ids of runs, with commas between them.',
            }),
            all: Type.Optional(
              Type.Boolean({ default: false, description: 'List nodes that are the same, too.' }),
            ),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
            offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
          },
          closed,
        ),
        response: { 200: ComparisonSchema, ...problems(404, 422) },
      },
    },
    (request) => compareRuns(parts, callerOf(request), request.query),
  );
}
