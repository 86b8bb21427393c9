import {
  EditTestSchema,
  JobSchema,
  pagingParameters,
  TEST_STATUSES,
  TestListSchema,
  TestResultListSchema,
  TestSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import type { JobParts } from '../services/services.ts';
import { rerunFailedTests } from '../services/test-rerun.ts';
import { editTest, getTest, listTests, testHistory } from '../services/tests.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, JobParameters, problems } from './schemas.ts';

const BASE = '/api/v1/tests';
const TEST = `${BASE}/:test_id`;
const JOB = '/api/v1/orchestration/job';
const tags = ['tests'];
const paging = pagingParameters({ limit: 20, most: 100 });
const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const TestParameters = Type.Object({ test_id: Type.String({ pattern: UUID }) }, closed);

const TestFilters = Type.Object(
  {
    suite: Type.Optional(Type.String()),
    name: Type.Optional(
      Type.String({ description: 'The whole name, or how it begins when it ends with `*`.' }),
    ),
    owner: Type.Optional(Type.String({ description: 'The person or team in charge.' })),
    status: Type.Optional(
      Type.Array(Type.Enum([...TEST_STATUSES]), { description: 'Of the last result.' }),
    ),
    flaky: Type.Optional(Type.Boolean()),
    quarantined: Type.Optional(Type.Boolean()),
    sort: Type.Optional(
      Type.Enum(['flake_score', 'duration', 'last_failure'], {
        default: 'flake_score',
        description: 'The flakiest, the slowest (p95) or what failed last comes first.',
      }),
    ),
    ...paging,
  },
  closed,
);

/** What is known of each test, and what failed once more. */
export function addTestRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List tests, the flakiest first',
        querystring: TestFilters,
        response: { 200: TestListSchema, ...problems() },
      },
    },
    (request) => listTests(parts, callerOf(request), request.query),
  );
  addOneTest(app, parts);
  app.post(
    `${JOB}/:job_id/rerun-failed-tests`,
    {
      config: { scope: 'jobs:write', limit: 'submit' },
      schema: {
        tags,
        summary: 'Make a job of the tests that failed in this one',
        params: JobParameters,
        headers: IdempotencyKey,
        response: { 202: JobSchema, ...problems(404, 409, 422) },
      },
    },
    async (request, reply) => {
      const job = await rerunFailedTests(parts, callerOf(request), {
        jobId: request.params.job_id,
        key: request.headers['idempotency-key'],
      });
      return reply.code(202).header('location', `${JOB}/${job.job_id}`).send(job);
    },
  );
}

function addOneTest(app: Typed, parts: JobParts): void {
  app.get(
    TEST,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'Read what is known of a test',
        params: TestParameters,
        response: { 200: TestSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const test = await getTest(parts, callerOf(request), request.params.test_id);
      return reply.header('etag', etagOf(test)).send(test);
    },
  );
  app.get(
    `${TEST}/history`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List the results of a test, newest first',
        params: TestParameters,
        querystring: Type.Object(paging, closed),
        response: { 200: TestResultListSchema, ...problems(404) },
      },
    },
    (request) =>
      testHistory(parts, callerOf(request), { ...request.query, testId: request.params.test_id }),
  );
  app.patch(
    TEST,
    {
      config: { scope: 'jobs:write', limit: 'change' },
      schema: {
        tags,
        summary: 'Say who is in charge of a test, or put it into quarantine',
        params: TestParameters,
        headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
        body: EditTestSchema,
        response: { 200: TestSchema, ...problems(404, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const test = await editTest(parts, callerOf(request), {
        testId: request.params.test_id,
        changes: request.body,
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', etagOf(test)).send(test);
    },
  );
}
