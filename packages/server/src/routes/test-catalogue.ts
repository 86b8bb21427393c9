import {
  CatalogueIdSchema,
  NewTestEntrySchema,
  pagingParameters,
  TestEntryBodySchema,
  TestEntryListSchema,
  TestEntrySchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import {
  type CatalogueParts,
  createEntry,
  deleteEntry,
  getEntry,
  listEntries,
  putEntry,
} from '../services/test-catalogue.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems } from './schemas.ts';

const BASE = '/api/v1/tests/catalogue';
const ENTRY = `${BASE}/:entry_id`;
const tags = ['tests'];
const EntryParameters = Type.Object({ entry_id: CatalogueIdSchema }, closed);
const IfMatch = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const change = { scope: 'jobs:write', limit: 'change' } as const;

const EntryFilters = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['suite', 'case'])),
    suite_id: Type.Optional(Type.String({ description: 'Only the cases of this suite.' })),
    owner: Type.Optional(Type.String({ description: 'The person or team in charge.' })),
    ...pagingParameters({ limit: 20, most: 100 }),
  },
  closed,
);

/** Suites and cases that jobs refer to by their ids. */
export function addTestCatalogueRoutes(instance: FastifyInstance, parts: CatalogueParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List the test catalogue, by id',
        querystring: EntryFilters,
        response: { 200: TestEntryListSchema, ...problems() },
      },
    },
    (request) => listEntries(parts, callerOf(request), request.query),
  );
  app.post(
    BASE,
    {
      config: change,
      schema: {
        tags,
        summary: 'Register a suite or a case',
        headers: IdempotencyKey,
        body: NewTestEntrySchema,
        response: { 201: TestEntrySchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const entry = await createEntry(parts, callerOf(request), {
        entry: request.body,
        key: request.headers['idempotency-key'],
      });
      return reply
        .code(201)
        .headers({ location: `${BASE}/${entry.id}`, etag: etagOf(entry) })
        .send(entry);
    },
  );
  addOneEntry(app, parts);
}

function addOneEntry(app: Typed, parts: CatalogueParts): void {
  app.get(
    ENTRY,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'Read an entry of the test catalogue',
        params: EntryParameters,
        response: { 200: TestEntrySchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const entry = await getEntry(parts, callerOf(request), request.params.entry_id);
      return reply.header('etag', etagOf(entry)).send(entry);
    },
  );
  app.put(
    ENTRY,
    {
      config: change,
      schema: {
        tags,
        summary: 'Register a suite or a case, or replace it',
        params: EntryParameters,
        headers: IfMatch,
        body: TestEntryBodySchema,
        response: {
          200: TestEntrySchema,
          201: TestEntrySchema,
          ...problems(404, 412, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { entry, created } = await putEntry(parts, callerOf(request), {
        id: request.params.entry_id,
        body: request.body,
        ifMatch: request.headers['if-match'],
      });
      return reply
        .code(created ? 201 : 200)
        .header('etag', etagOf(entry))
        .send(entry);
    },
  );
  app.delete(
    ENTRY,
    {
      config: change,
      schema: {
        tags,
        summary: 'Delete an entry of the test catalogue',
        params: EntryParameters,
        headers: IfMatch,
        response: { 200: TestEntrySchema, ...problems(404, 409, 412) },
      },
    },
    (request) =>
      deleteEntry(parts, callerOf(request), {
        id: request.params.entry_id,
        ifMatch: request.headers['if-match'],
      }),
  );
}
