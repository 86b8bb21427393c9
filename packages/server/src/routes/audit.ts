import { Readable } from 'node:stream';
import {
  AUDIT_FORMATS,
  AuditListSchema,
  AuditVerdictSchema,
  pagingParameters,
  TimeSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type AuditParts, exportAudit, listAudit, verifyAudit } from '../services/audit.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

const AUDIT = '/api/v1/audit';
const tags = ['audit'];
const name = Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 }));
const FILTERS = {
  actor: name,
  action: name,
  subject: name,
  from: Type.Optional(TimeSchema),
  to: Type.Optional(Type.String({ ...TimeSchema, description: 'Before this time.' })),
};
const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;

export function addAuditRoutes(instance: FastifyInstance, parts: AuditParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    AUDIT,
    {
      config: { anyone: true },
      schema: {
        ...{ tags, summary: 'List what was changed, newest first: your own, or all if you may' },
        querystring: Type.Object(
          { ...FILTERS, ...pagingParameters({ limit: 20, most: 100 }) },
          closed,
        ),
        response: { 200: AuditListSchema, ...problems() },
      },
    },
    (request) => listAudit(parts, callerOf(request), request.query),
  );
  app.get(
    `${AUDIT}/verify`,
    {
      config: { scope: 'audit:read' },
      schema: {
        ...{ tags, summary: 'Look whether the audit is as it was sealed' },
        querystring: Type.Object(
          {
            known: Type.Optional(
              Type.String({ maxLength: 100, description: 'A `head` that was kept elsewhere.' }),
            ),
          },
          closed,
        ),
        response: { 200: AuditVerdictSchema, ...problems() },
      },
    },
    (request) => verifyAudit(parts, callerOf(request), request.query.known),
  );
  addExport(app, parts);
}

function addExport(app: Typed, parts: AuditParts): void {
  app.get(
    `${AUDIT}/export`,
    {
      config: {
        anyone: true,
        produces: ['application/x-ndjson', 'text/csv', 'text/*', 'application/*', '*/*'],
      },
      schema: {
        ...{ tags, summary: 'The same, oldest first, as a file: NDJSON or CSV' },
        querystring: Type.Object(
          { ...FILTERS, format: Type.Optional(Type.Enum([...AUDIT_FORMATS])) },
          closed,
        ),
        response: {
          200: Type.Unsafe<string | Readable>(
            Type.String({ examples: ['{"audit_id":"0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"}\n'] }),
          ),
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const format = request.query.format ?? 'ndjson';
      const rows = exportAudit(parts, callerOf(request), { ...request.query, format });
      // The first piece is asked for before anything is answered: it may be an error.
      const first = await rows.next();
      const file = Readable.from(followed(first.done === true ? '' : first.value, rows));
      return reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="audit.${format}"`)
        .send(file);
    },
  );
}

async function* followed(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  yield* rest;
}
