import { pagingParameters, RunTestListSchema, TEST_STATUSES } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { listRunTests } from '../services/run-tests.ts';
import type { JobParts } from '../services/services.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, RunParameters } from './schemas.ts';

const Filters = Type.Object(
  {
    status: Type.Optional(Type.Array(Type.Enum([...TEST_STATUSES]))),
    flaky: Type.Optional(Type.Boolean()),
    node_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    ...pagingParameters({ limit: 20, most: 100 }),
  },
  closed,
);

export function addRunTestRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/runs/:run_id/tests',
    {
      config: { scope: 'runs:read', tool: 'list_run_tests' },
      schema: {
        ...{ tags: ['tests'], summary: 'List the tests of a run, what failed first' },
        params: RunParameters,
        querystring: Filters,
        response: { 200: RunTestListSchema, ...problems(404) },
      },
    },
    (request) =>
      listRunTests(parts, callerOf(request), {
        ...{ runId: request.params.run_id, query: request.query },
      }),
  );
}
