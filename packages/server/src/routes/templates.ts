import {
  DryRunSchema,
  InstantiateTemplateSchema,
  JobSchema,
  pagingParameters,
  TemplateListSchema,
  TemplateSchema,
  type WriteTemplate,
  WriteTemplateSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import {
  createTemplate,
  deleteTemplate,
  dryRunTemplate,
  getTemplate,
  instantiateTemplate,
  listTemplates,
  listTemplateVersions,
  replaceTemplate,
  type TemplateParts,
} from '../services/templates.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { closed, problems, ResourceParameters } from './schemas.ts';

const BASE = '/api/v1/orchestration/templates';
const ONE = `${BASE}/:name`;
const JOB = '/api/v1/orchestration/job';
const tags = ['templates'];
const params = ResourceParameters;
const NAME = Type.Optional(
  Type.String({ description: 'Whole, or how it begins when it ends with `*`.' }),
);
const PAGING = pagingParameters({ limit: 20, most: 100 });
const change = { scope: 'jobs:write', limit: 'change' } as const;
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const keyed = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) });

export function addTemplateRoutes(instance: FastifyInstance, parts: TemplateParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    BASE,
    {
      config: change,
      schema: {
        tags,
        summary: 'Make a template',
        headers: keyed,
        body: WriteTemplateSchema,
        response: { 201: TemplateSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const body: WriteTemplate = request.body;
      const key = request.headers['idempotency-key'];
      const template = await createTemplate(parts, callerOf(request), { body, key });
      const location = `${BASE}/${encodeURIComponent(template.name)}`;
      return reply
        .code(201)
        .headers({ location, etag: etagOf(template) })
        .send(template);
    },
  );
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List templates, newest first',
        querystring: Type.Object({ name: NAME, ...PAGING }, closed),
        response: { 200: TemplateListSchema, ...problems() },
      },
    },
    (request) => listTemplates(parts, callerOf(request), request.query),
  );
  addReading(app, parts);
  addChanges(app, parts);
  addUse(app, parts);
}

function addReading(app: Typed, parts: TemplateParts): void {
  app.get(
    ONE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        ...{ tags, params },
        summary: 'Read a template, in the version in force or an earlier one',
        querystring: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
        response: { 200: TemplateSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const wanted = { name: request.params.name, version: request.query.version };
      const template = await getTemplate(parts, callerOf(request), wanted);
      return reply.header('etag', etagOf(template)).send(template);
    },
  );
  app.get(
    `${ONE}/versions`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        ...{ tags, params },
        summary: 'List the versions of a template, newest first',
        querystring: Type.Object(PAGING, closed),
        response: { 200: TemplateListSchema, ...problems(404) },
      },
    },
    (request) =>
      listTemplateVersions(parts, callerOf(request), {
        ...request.query,
        name: request.params.name,
      }),
  );
}

function addChanges(app: Typed, parts: TemplateParts): void {
  app.put(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Replace a template by a new version of it',
        body: WriteTemplateSchema,
        response: { 200: TemplateSchema, ...problems(404, 409, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const body: WriteTemplate = request.body;
      const wanted = { ...wantedOf(request), body };
      const template = await replaceTemplate(parts, callerOf(request), wanted);
      return reply.header('etag', etagOf(template)).send(template);
    },
  );
  app.delete(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Delete a template; runs that were made from it stay as they are',
        response: { 200: TemplateSchema, ...problems(404, 412) },
      },
    },
    (request) => deleteTemplate(parts, callerOf(request), wantedOf(request)),
  );
}

function addUse(app: Typed, parts: TemplateParts): void {
  app.post(
    `${ONE}/instantiate`,
    {
      config: { scope: 'jobs:write', limit: 'submit' },
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ tags, params, headers: keyed },
        summary: 'Submit a job that is made from a template',
        querystring: Type.Object({ dry_run: Type.Optional(Type.Boolean()) }, closed),
        body: InstantiateTemplateSchema,
        response: { 202: JobSchema, 200: DryRunSchema, ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const use = { name: request.params.name, body: request.body };
      const caller = callerOf(request);
      if (request.query.dry_run)
        return reply.code(200).send(await dryRunTemplate(parts, caller, use));
      const key = request.headers['idempotency-key'];
      const job = await instantiateTemplate(parts, caller, { ...use, key });
      return reply.code(202).header('location', `${JOB}/${job.job_id}`).send(job);
    },
  );
}

function wantedOf(request: {
  readonly params: { readonly name: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { name: request.params.name, ifMatch: request.headers['if-match'] };
}
