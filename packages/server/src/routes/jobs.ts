import {
  DryRunSchema,
  EditJobSchema,
  JobListSchema,
  JobSchema,
  pagingParameters,
  ReasonSchema,
  RUN_STATUSES,
  type SubmitJob,
  SubmitJobSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { cancelJob, editJob } from '../services/job-change.ts';
import { listJobs } from '../services/job-list.ts';
import { getJob } from '../services/job-read.ts';
import { etagOf } from '../services/job-state.ts';
import { dryRunJob, submitJob } from '../services/job-submit.ts';
import type { JobParts } from '../services/services.ts';
import { prefersAsync } from './prefer.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, JobParameters, metadataParameters, problems } from './schemas.ts';

const BASE = '/api/v1/orchestration';

const JobFilters = Type.Object(
  {
    status: Type.Optional(Type.Array(Type.Enum([...RUN_STATUSES]))),
    created_after: Type.Optional(Type.String()),
    created_before: Type.Optional(Type.String()),
    target_type: Type.Optional(Type.String({ description: 'The job type.' })),
    tag: Type.Optional(Type.String()),
    name: Type.Optional(
      Type.String({ description: 'The whole name, or how it begins when it ends with `*`.' }),
    ),
    ...pagingParameters({ limit: 20, most: 100 }),
  },
  { ...closed, patternProperties: metadataParameters },
);

export function addJobRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    `${BASE}/job`,
    {
      config: { scope: 'jobs:write', limit: 'submit' },
      schema: {
        tags: ['jobs'],
        summary: 'Submit a job',
        querystring: Type.Object({ dry_run: Type.Optional(Type.Boolean()) }, closed),
        headers: IdempotencyKey,
        body: SubmitJobSchema,
        response: { 202: JobSchema, 200: DryRunSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const body: SubmitJob = request.body;
      const caller = callerOf(request);
      if (request.query.dry_run) {
        return reply.code(200).send(await dryRunJob(parts, caller, body));
      }
      const key = request.headers['idempotency-key'];
      const job = await submitJob(parts, caller, { body, key });
      return reply.code(202).header('location', `${BASE}/job/${job.job_id}`).send(job);
    },
  );
  addOneJob(app, parts);
  app.get(
    `${BASE}/jobs`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags: ['jobs'],
        summary: 'List jobs, newest first',
        querystring: JobFilters,
        response: { 200: JobListSchema, ...problems() },
      },
    },
    (request) => listJobs(parts, callerOf(request), request.query),
  );
}

function addOneJob(app: Typed, parts: JobParts): void {
  app.get(
    `${BASE}/job/:job_id`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags: ['jobs'],
        summary: 'Read a job',
        params: JobParameters,
        querystring: Type.Object(
          { include: Type.Optional(Type.Array(Type.Enum(['nodes', 'history', 'plan']))) },
          closed,
        ),
        response: { 200: JobSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const { include = [] } = request.query;
      const jobId = request.params.job_id;
      const job = await getJob(parts, callerOf(request), { jobId, include });
      return reply.header('etag', etagOf(job)).send(job);
    },
  );
  addCancel(app, parts);
  addEdit(app, parts);
}

function addCancel(app: Typed, parts: JobParts): void {
  app.delete(
    `${BASE}/job/:job_id`,
    {
      config: { scope: 'jobs:write', limit: 'change', tool: 'cancel_job' },
      schema: {
        tags: ['jobs'],
        summary: 'Cancel a job',
        params: JobParameters,
        querystring: Type.Object(
          {
            mode: Type.Optional(Type.Enum(['graceful', 'immediate'])),
            reason: ReasonSchema.properties.reason,
          },
          closed,
        ),
        headers: Type.Object({
          'if-match': Type.Optional(Type.String()),
          prefer: Type.Optional(
            Type.String({ description: '`respond-async`: do not wait for the engine.' }),
          ),
        }),
        response: { 200: JobSchema, 202: JobSchema, ...problems(404, 409, 412) },
      },
    },
    async (request, reply) => {
      const async = prefersAsync(request.headers.prefer);
      const { job, done } = await cancelJob(parts, callerOf(request), {
        async,
        jobId: request.params.job_id,
        mode: request.query.mode ?? 'graceful',
        reason: request.query.reason,
        ifMatch: request.headers['if-match'],
      });
      if (async) reply.header('preference-applied', 'respond-async');
      return reply
        .code(done ? 200 : 202)
        .header('etag', etagOf(job))
        .send(job);
    },
  );
}

function addEdit(app: Typed, parts: JobParts): void {
  app.patch(
    `${BASE}/job/:job_id`,
    {
      config: { scope: 'jobs:write', limit: 'change' },
      schema: {
        tags: ['jobs'],
        summary: 'Change a job that has not started',
        params: JobParameters,
        headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
        body: EditJobSchema,
        response: { 200: JobSchema, ...problems(404, 409, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const job = await editJob(parts, callerOf(request), {
        jobId: request.params.job_id,
        changes: request.body,
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', etagOf(job)).send(job);
    },
  );
}
