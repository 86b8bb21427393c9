import { RunSchema, RunStatsSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { latestRun, type StatsParts, statsSummary, taskStats } from '../services/run-stats.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, TaskParameters } from './schemas.ts';

const RUNS = '/api/v1/runs';
const config = { scope: 'runs:read' } as const;
const tags = ['runs'];
const days = (normal: number) =>
  Type.Object(
    { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: normal })) },
    closed,
  );

const SummaryQuery = Type.Object(
  {
    ...days(7).properties,
    hours: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 168, description: 'Counts by hour, for so many hours.' }),
    ),
  },
  closed,
);

export function addRunStatsRoutes(instance: FastifyInstance, parts: StatsParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    `${RUNS}/task/:task_id/latest`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read the newest run of a task', params: TaskParameters },
        response: { 200: RunSchema, ...problems(404) },
      },
    },
    (request) => latestRun(parts, callerOf(request), request.params.task_id),
  );
  app.get(
    `${RUNS}/task/:task_id/stats`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Say what the runs of a task have come to', params: TaskParameters },
        querystring: days(30),
        response: { 200: RunStatsSchema, ...problems(404) },
      },
    },
    (request) =>
      taskStats(parts, callerOf(request), { ...request.query, taskId: request.params.task_id }),
  );
  app.get(
    `${RUNS}/stats/summary`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Say what all runs have come to', querystring: SummaryQuery },
        response: { 200: RunStatsSchema, ...problems() },
      },
    },
    (request) => statsSummary(parts, callerOf(request), request.query),
  );
}
