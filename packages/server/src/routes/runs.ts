import {
  BulkAnswerSchema,
  BulkRequestSchema,
  ExplanationSchema,
  pagingParameters,
  RUN_KINDS,
  RUN_STATUSES,
  RunGovernanceSchema,
  RunListSchema,
  RunSchema,
  WAITING_FOR,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { changeRuns } from '../services/bulk.ts';
import { explainRun } from '../services/explain.ts';
import { runGovernance } from '../services/governance.ts';
import { getRun, listRuns } from '../services/runs.ts';
import type { JobParts } from '../services/services.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, metadataParameters, problems, RunParameters, uuid } from './schemas.ts';

const RUNS = '/api/v1/runs';
const RUN = `${RUNS}/:run_id`;
const tags = ['runs'];

const RunFilters = Type.Object(
  {
    kind: Type.Optional(Type.Enum([...RUN_KINDS])),
    profile: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    task_id: Type.Optional(uuid),
    waiting_for: Type.Optional(
      Type.Enum([...WAITING_FOR], {
        description:
          'Runs that cannot go on without a person (an approval or an intervention is open), without more money, or until their next phase is executed. Never those that are over.',
      }),
    ),
    status: Type.Optional(Type.Array(Type.Enum([...RUN_STATUSES]))),
    success: Type.Optional(
      Type.Boolean({ description: 'Runs that are over, and completed or did not.' }),
    ),
    start_time: Type.Optional(
      Type.String({ description: 'Runs that began at this time or later.' }),
    ),
    end_time: Type.Optional(Type.String({ description: 'Runs that were over by this time.' })),
    created_after: Type.Optional(Type.String()),
    created_before: Type.Optional(Type.String()),
    tag: Type.Optional(Type.String()),
    name: Type.Optional(
      Type.String({ description: 'The whole name, or how it begins when it ends with `*`.' }),
    ),
    include_errors: Type.Optional(
      Type.Boolean({ default: false, description: 'Show the texts of errors.' }),
    ),
    ...pagingParameters({ limit: 50, most: 200 }),
  },
  { ...closed, patternProperties: metadataParameters },
);

export function addRunRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  const config = { scope: 'runs:read' } as const;
  app.get(
    RUNS,
    {
      config,
      schema: {
        ...{ tags, summary: 'List runs of all kinds, newest first', querystring: RunFilters },
        response: { 200: RunListSchema, ...problems() },
      },
    },
    (request) => listRuns(parts, callerOf(request), request.query),
  );
  app.get(
    RUN,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read a run', params: RunParameters },
        response: { 200: RunSchema, ...problems(404) },
      },
    },
    (request) => getRun(parts, callerOf(request), request.params.run_id),
  );
  app.get(
    `${RUN}/explain`,
    {
      config: { ...config, tool: 'explain_run' },
      schema: {
        ...{ tags, summary: 'Say why a run, and each of its nodes, does not go on' },
        params: RunParameters,
        querystring: Type.Object(
          {
            node_id: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 1_000,
                description: 'Only this node, whatever its state.',
              }),
            ),
          },
          closed,
        ),
        response: { 200: ExplanationSchema, ...problems(404) },
      },
    },
    (request) => {
      const { node_id: nodeId } = request.query;
      return explainRun(parts, callerOf(request), { runId: request.params.run_id, nodeId });
    },
  );
  app.get(
    `${RUN}/governance`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Say what the gates of its phases have found', params: RunParameters },
        response: { 200: RunGovernanceSchema, ...problems(404) },
      },
    },
    (request) => runGovernance(parts, callerOf(request), request.params.run_id),
  );
  addBulk(app, parts);
}

function addBulk(app: Typed, parts: JobParts): void {
  app.post(
    `${RUNS}/bulk`,
    {
      config: { scope: 'runs:write', limit: 'change' },
      schema: {
        ...{ tags, summary: 'Do one thing to all runs that a filter matches' },
        body: BulkRequestSchema,
        response: { 200: BulkAnswerSchema, ...problems(413, 415) },
      },
    },
    (request) => changeRuns(parts, callerOf(request), request.body),
  );
}
