import {
  BUNDLE_ARTIFACTS,
  BUNDLE_FORMATS,
  BundleSchema,
  ComparisonSchema,
  ForkRequestSchema,
  RunSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type BundleParts, bundledPage, bundleRun } from '../services/run-bundle.ts';
import { compareRuns } from '../services/run-compare.ts';
import { forkRun } from '../services/run-fork.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, RunParameters } from './schemas.ts';

export const RUNS = '/api/v1/runs';
const tags = ['runs'];

/** Forks of runs, runs side by side, and all of a run in one file. */
export function addForkRoutes(instance: FastifyInstance, parts: BundleParts): void {
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
  addBundle(app, parts);
}

function addBundle(app: Typed, parts: BundleParts): void {
  app.get(
    `${RUNS}/:run_id/bundle`,
    {
      config: {
        scope: 'runs:read',
        tool: false,
        produces: ['text/html', 'application/json', 'text/*', 'application/*', '*/*'],
      },
      schema: {
        ...{ tags, summary: 'Everything that is known of a run, as one page or as data' },
        params: RunParameters,
        querystring: Type.Object(
          {
            format: Type.Optional(Type.Enum([...BUNDLE_FORMATS], { default: 'html' })),
            artifacts: Type.Optional(
              Type.Enum([...BUNDLE_ARTIFACTS], {
                default: 'list',
                description: '`inline`: small texts come along; `list`: only what they are.',
              }),
            ),
          },
          closed,
        ),
        response: { 200: Type.Unsafe<string | object>(BundleSchema), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { format = 'html', artifacts = 'list' } = request.query;
      const { run_id: runId } = request.params;
      const wish = { runId, inline: artifacts === 'inline' };
      const caller = callerOf(request);
      const file = `attachment; filename="run-${runId.toLowerCase()}.${format}"`;
      if (format === 'json') {
        const bundle = await bundleRun(parts, caller, wish);
        return reply.header('content-disposition', file).send(bundle);
      }
      const page = await bundledPage(parts, caller, wish);
      return reply
        .header('content-disposition', file)
        .type('text/html; charset=utf-8')
        .serializer((text: unknown) => String(text))
        .send(page);
    },
  );
}
