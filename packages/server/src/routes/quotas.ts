import {
  pagingParameters,
  QuotaListSchema,
  QuotaSchema,
  QuotaUseSchema,
  WriteQuotaSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/job-state.ts';
import {
  deleteQuota,
  getQuota,
  listQuotas,
  ownQuota,
  putQuota,
  type QuotaParts,
  quotaUse,
} from '../services/quotas.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

const QUOTAS = '/api/v1/quotas';
const ONE = `${QUOTAS}/:principal`;
const tags = ['quotas'];
const params = Type.Object({ principal: Type.String({ minLength: 1, maxLength: 255 }) }, closed);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const READ = { scope: 'admin' } as const;
const CHANGE = { scope: 'admin', limit: 'change' } as const;

export function addQuotaRoutes(instance: FastifyInstance, parts: QuotaParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    QUOTAS,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'List quotas by the names of their principals' },
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: QuotaListSchema, ...problems() },
      },
    },
    (request) => listQuotas(parts, callerOf(request), request.query),
  );
  app.get(
    `${QUOTAS}/me`,
    {
      config: { anyone: true },
      schema: {
        ...{ tags, summary: 'What you may have, and have' },
        response: { 200: QuotaUseSchema, ...problems() },
      },
    },
    (request) => ownQuota(parts, callerOf(request)),
  );
  addOne(app, parts);
}

function addOne(app: Typed, parts: QuotaParts): void {
  app.get(
    ONE,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'Read a quota; `*` is for who has none', params },
        response: { 200: QuotaSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const quota = await getQuota(parts, callerOf(request), request.params.principal);
      return reply.header('etag', etagOf(quota)).send(quota);
    },
  );
  app.get(
    `${ONE}/use`,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'What somebody may have, and has', params },
        response: { 200: QuotaUseSchema, ...problems(404) },
      },
    },
    (request) => quotaUse(parts, callerOf(request), request.params.principal),
  );
  app.put(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Make or replace a quota', params, headers, body: WriteQuotaSchema },
        response: { 200: QuotaSchema, 201: QuotaSchema, ...problems(412, 413, 415) },
      },
    },
    async (request, reply) => {
      const { quota, made } = await putQuota(parts, callerOf(request), {
        ...{ principal: request.params.principal, body: request.body },
        ifMatch: request.headers['if-match'],
      });
      return reply
        .code(made ? 201 : 200)
        .header('etag', etagOf(quota))
        .send(quota);
    },
  );
  app.delete(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Delete a quota', params, headers },
        response: { 200: QuotaSchema, ...problems(404, 412) },
      },
    },
    (request) =>
      deleteQuota(parts, callerOf(request), {
        principal: request.params.principal,
        ifMatch: request.headers['if-match'],
      }),
  );
}
