import { Readable } from 'node:stream';
import {
  ARTIFACT_TYPES,
  ArtifactSchema,
  OrchestrationError,
  pagingParameters,
  RunArtifactsSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type Download, downloadArtifact } from '../services/artifact-bytes.ts';
import { zipArtifacts } from '../services/artifact-zip.ts';
import { type ArtifactParts, getArtifact, listArtifacts } from '../services/artifacts.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, RunParameters, uuid } from './schemas.ts';

const ARTIFACTS = '/api/v1/runs/:run_id/artifacts';
const ARTIFACT = `${ARTIFACTS}/:artifact_id`;
const tags = ['runs'];
const config = { scope: 'runs:read' } as const;
const ArtifactParameters = Type.Object({ run_id: uuid, artifact_id: uuid }, closed);

const filters = {
  phase: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'A phase; `-` for what has none.' }),
  ),
  type: Type.Optional(Type.Enum([...ARTIFACT_TYPES])),
  path: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'A pattern (`*`, `**`, `?`), or how paths begin when it ends with `/`.',
    }),
  ),
  generation: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'The files as they stood in this generation; the present one if absent.',
    }),
  ),
};
const { limit, offset, cursor } = pagingParameters({ limit: 100, most: 1_000 });
const Filters = Type.Object(
  {
    ...filters,
    ...{ limit, offset, cursor },
    page: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'The same as `offset`.' }),
    ),
  },
  closed,
);

/** What a download may be; a browser that asks for a page gets it all the same. */
const ANYTHING = [
  ...['application/octet-stream', 'text/plain', 'text/html', 'application/*', 'text/*', '*/*'],
  ...['image/*', 'audio/*', 'video/*', 'image/png', 'image/jpeg', 'image/gif', 'image/webp'],
  ...['application/pdf', 'application/zip', 'application/gzip', 'text/csv', 'application/xml'],
];
const ZIP = 'application/zip';
const Bytes = Type.Unsafe<Readable>(Type.String({ examples: ['(bytes)'] }));

/** Files that runs have left. */
export function addArtifactRoutes(instance: FastifyInstance, parts: ArtifactParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    ARTIFACTS,
    {
      config,
      schema: {
        ...{ tags, summary: 'List the files that a run has left, by phase and path' },
        ...{ params: RunParameters, querystring: Filters },
        response: { 200: RunArtifactsSchema, ...problems(404) },
      },
    },
    (request) => {
      const { run_id: runId } = request.params;
      return listArtifacts(parts, callerOf(request), { runId, query: request.query });
    },
  );
  app.get(
    ARTIFACT,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read what a file is that a run has left', params: ArtifactParameters },
        response: { 200: ArtifactSchema, ...problems(404) },
      },
    },
    (request) => getArtifact(parts, callerOf(request), idsOf(request.params)),
  );
  addDownload(app, parts);
  addZip(app, parts);
}

function addDownload(app: Typed, parts: ArtifactParts): void {
  app.get(
    `${ARTIFACT}/download`,
    {
      config: { ...config, produces: ANYTHING, tool: false },
      schema: {
        ...{ tags, summary: 'Download a file, or a range of it', params: ArtifactParameters },
        produces: ['application/octet-stream'],
        headers: Type.Object({
          range: Type.Optional(
            Type.String({ description: '`bytes=0-99`, `bytes=100-`, `bytes=-50`.' }),
          ),
          'if-range': Type.Optional(Type.String()),
          'if-none-match': Type.Optional(Type.String()),
        }),
        response: { 200: Bytes, 206: Bytes, 304: Type.Null(), ...problems(404, 416) },
      },
    },
    async (request, reply) => {
      const download = await downloadArtifact(parts, callerOf(request), {
        ...idsOf(request.params),
        range: request.headers.range,
        ifRange: request.headers['if-range'],
        ifNoneMatch: request.headers['if-none-match'],
        head: request.method === 'HEAD',
      });
      reply.headers(download.headers);
      if (download.status === 416) throw outOfRange(download);
      const { status, bytes } = download;
      // Nothing of a stream is sent where only headers are wanted, and its length is not looked at.
      const body = status === 304 ? null : Readable.from(bytes ?? [], { objectMode: false });
      return reply.code(status).send(body);
    },
  );
}

function outOfRange({ headers }: Download): OrchestrationError {
  const detail = `None of these bytes is there: ${headers['content-range'] ?? ''}.`;
  return new OrchestrationError('range_not_satisfiable', detail);
}

function addZip(app: Typed, parts: ArtifactParts): void {
  app.get(
    `${ARTIFACTS}.zip`,
    {
      config: { ...config, produces: [ZIP, 'text/html', 'application/*', '*/*'], tool: false },
      schema: {
        ...{ tags, summary: 'Download the files that a run has left as one zip file' },
        ...{ produces: [ZIP], params: RunParameters, querystring: Type.Object(filters, closed) },
        response: { 200: Bytes, ...problems(404) },
      },
    },
    async (request, reply) => {
      const { run_id: runId } = request.params;
      const { disposition, body } = await zipArtifacts(parts, callerOf(request), {
        runId,
        query: request.query,
      });
      reply.raw.on('close', () => body.destroy());
      reply.headers({
        'content-disposition': disposition,
        'cache-control': 'no-store',
      });
      return reply.type(ZIP).send(body);
    },
  );
}

function idsOf(params: { readonly run_id: string; readonly artifact_id: string }) {
  return { runId: params.run_id, artifactId: params.artifact_id };
}
