import type { Engine } from '@tenuto/engine';
import type { FastifyInstance } from 'fastify';
import {
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';
import Type from 'typebox';
import { problems } from '../routes/schemas.ts';
import './route-config.ts';

const OPEN_METRICS = 'application/openmetrics-text';
const TEXT = 'text/plain';

interface TelemetryOptions {
  readonly engine: Pick<Engine, 'health'>;
  readonly version: string;
}

/** Measures requests by route, never by address, and shows the measures to Prometheus. */
export function addTelemetry(app: FastifyInstance, options: TelemetryOptions): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addEngineGauges(registry, options);
  const seconds = new Histogram({
    name: 'tenuto_http_request_duration_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: reply.statusCode };
    seconds.observe(labels, reply.elapsedTime / 1000);
  });
  // The two formats differ in a few lines; each is written by a registry of the same metrics.
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    if (metric !== undefined) open.registerMetric(metric);
  }
  app.get(
    '/metrics',
    {
      config: {
        scope: 'metrics:read',
        loopback: true,
        always: true,
        produces: [TEXT, OPEN_METRICS, 'text/*', 'application/*', '*/*'],
      },
      schema: {
        tags: ['health'],
        summary: 'Measures for Prometheus',
        produces: [TEXT],
        response: { 200: Type.String({ examples: ['tenuto_owned_runs 3'] }), ...problems() },
      },
    },
    async (request, reply) => {
      const wanted = request.headers.accept?.includes(OPEN_METRICS) ? open : registry;
      return reply.type(wanted.contentType).send(await wanted.metrics());
    },
  );
}

function addEngineGauges(registry: Registry, { engine, version }: TelemetryOptions): void {
  const registers = [registry];
  new Gauge({
    name: 'tenuto_info',
    help: 'The version that runs.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version }, 1);
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('tenuto_owned_runs', 'Runs that this engine holds.', () => engine.health().ownedRuns);
  gauge('tenuto_running_nodes', 'Attempts going on.', () => engine.health().runningNodes);
  gauge('tenuto_journal_backlog_rows', 'Rows that wait for their commit.', () => {
    return engine.health().journalBacklogRows;
  });
}
