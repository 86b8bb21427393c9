import { RunMetricsSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import { getRunMetrics, type RunMetricsParts } from '../services/run-metrics.ts';
import { callerOf, type Typed } from './request.ts';
import { problems, RunParameters } from './schemas.ts';

export function addRunMetricsRoutes(instance: FastifyInstance, parts: RunMetricsParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/runs/:run_id/metrics',
    {
      config: { scope: 'runs:read', tool: 'get_run_metrics' },
      schema: {
        ...{ tags: ['runs'], summary: 'What a run has cost, by phase, agent and model' },
        params: RunParameters,
        response: { 200: RunMetricsSchema, ...problems(404) },
      },
    },
    (request) => getRunMetrics(parts, callerOf(request), request.params.run_id),
  );
}
