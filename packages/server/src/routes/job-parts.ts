import {
  AttemptListSchema,
  HistoryListSchema,
  JobNodeListSchema,
  JobNodeSchema,
  LogLineListSchema,
  NODE_STATUSES,
  pagingParameters,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { listAttempts, listLogs } from '../services/job-attempts.ts';
import { listHistory } from '../services/job-history.ts';
import { getNode, listNodes } from '../services/job-nodes.ts';
import type { JobParts } from '../services/services.ts';
import { addJobGraphRoutes } from './job-graph.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, JobParameters, NodeParameters, problems } from './schemas.ts';

const JOB = '/api/v1/orchestration/job/:job_id';
const NODE = `${JOB}/nodes/:node_id`;

const paging = pagingParameters({ limit: 20, most: 100 });
const Paging = Type.Object(paging, closed);
const LogLines = Type.Object(
  {
    attempt: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    from: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2_000_000_000, description: 'The lowest `seq`.' }),
    ),
    stream: Type.Optional(Type.Enum(['stdout', 'stderr'])),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Only lines that hold it, whatever its case.',
      }),
    ),
    newest_first: Type.Optional(Type.Boolean({ default: false })),
    ...paging,
  },
  closed,
);
const NodeFilters = Type.Object(
  { status: Type.Optional(Type.Array(Type.Enum([...NODE_STATUSES]))), ...paging },
  closed,
);

function answers<Schema extends TSchema>(summary: string, schema: Schema) {
  return { tags: ['jobs'], summary, response: { 200: schema, ...problems(404) } };
}

/** What belongs to one job: its nodes, their attempts and logs, its history. */
export function addJobPartRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  const config = { scope: 'jobs:read' } as const;
  app.get(
    `${JOB}/nodes`,
    {
      config,
      schema: {
        ...answers('List the nodes of a job', JobNodeListSchema),
        params: JobParameters,
        querystring: NodeFilters,
      },
    },
    (request) =>
      listNodes(parts, callerOf(request), { ...request.query, jobId: request.params.job_id }),
  );
  app.get(
    NODE,
    {
      config,
      schema: { ...answers('Read a node', JobNodeSchema), params: NodeParameters },
    },
    (request) => getNode(parts, callerOf(request), idsOf(request.params)),
  );
  addOneNode(app, parts);
  addWholeJob(app, parts);
  addJobGraphRoutes(instance, parts);
}

function addOneNode(app: Typed, parts: JobParts): void {
  const config = { scope: 'jobs:read' } as const;
  app.get(
    `${NODE}/logs`,
    {
      config,
      schema: {
        ...answers(
          'Read what a node wrote, oldest first unless asked otherwise',
          LogLineListSchema,
        ),
        params: NodeParameters,
        querystring: LogLines,
      },
    },
    (request) => {
      const { newest_first: newestFirst, ...query } = request.query;
      const of = { ...query, newestFirst, ...idsOf(request.params) };
      return listLogs(parts, callerOf(request), of);
    },
  );
  app.get(
    `${NODE}/attempts`,
    {
      config,
      schema: {
        ...answers('List the attempts of a node, oldest first', AttemptListSchema),
        params: NodeParameters,
        querystring: Paging,
      },
    },
    (request) =>
      listAttempts(parts, callerOf(request), { ...request.query, ...idsOf(request.params) }),
  );
}

function addWholeJob(app: Typed, parts: JobParts): void {
  const config = { scope: 'jobs:read' } as const;
  app.get(
    `${JOB}/attempts`,
    {
      config,
      schema: {
        ...answers('List the attempts of a job, by node and number', AttemptListSchema),
        params: JobParameters,
        querystring: Paging,
      },
    },
    (request) =>
      listAttempts(parts, callerOf(request), { ...request.query, jobId: request.params.job_id }),
  );
  app.get(
    `${JOB}/history`,
    {
      config,
      schema: {
        ...answers('List the changes of status of a job, oldest first', HistoryListSchema),
        params: JobParameters,
        querystring: Paging,
      },
    },
    (request) =>
      listHistory(parts, callerOf(request), { ...request.query, jobId: request.params.job_id }),
  );
}

function idsOf(params: { readonly job_id: string; readonly node_id: string }) {
  return { jobId: params.job_id, nodeId: params.node_id };
}
