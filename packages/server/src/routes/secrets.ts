import {
  CreateSecretSchema,
  EditSecretSchema,
  PutSecretSchema,
  pagingParameters,
  SecretListSchema,
  SecretSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import {
  createSecret,
  deleteSecret,
  editSecret,
  getSecret,
  listSecrets,
  putSecret,
  type SecretParts,
} from '../services/secrets.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, ResourceParameters } from './schemas.ts';

const BASE = '/api/v1/secrets';
const ONE = `${BASE}/:name`;
const tags = ['secrets'];
const change = { scope: 'jobs:write', limit: 'change' } as const;
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const params = ResourceParameters;

export function addSecretRoutes(instance: FastifyInstance, parts: SecretParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List secrets, newest first, without their values',
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: SecretListSchema, ...problems() },
      },
    },
    (request) => listSecrets(parts, callerOf(request), request.query),
  );
  app.post(
    BASE,
    {
      config: change,
      schema: {
        tags,
        summary: 'Store a secret; its value is not shown again',
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: CreateSecretSchema,
        response: { 201: SecretSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const secret = await createSecret(parts, callerOf(request), { body: request.body, key });
      return reply
        .code(201)
        .headers({ location: `${BASE}/${secret.name}`, etag: etagOf(secret) })
        .send(secret);
    },
  );
  app.get(
    ONE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'Read a secret, without its value',
        params,
        response: { 200: SecretSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const secret = await getSecret(parts, callerOf(request), request.params.name);
      return reply.header('etag', etagOf(secret)).send(secret);
    },
  );
  addChanges(app, parts);
}

function addChanges(app: Typed, parts: SecretParts): void {
  app.put(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Set a secret, whether or not it is there',
        body: PutSecretSchema,
        response: {
          200: SecretSchema,
          201: SecretSchema,
          ...problems(404, 409, 412, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const wanted = { ...wantedOf(request), body: request.body };
      const { secret, created } = await putSecret(parts, callerOf(request), wanted);
      return reply
        .code(created ? 201 : 200)
        .header('etag', etagOf(secret))
        .send(secret);
    },
  );
  app.patch(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Change parts of a secret',
        body: EditSecretSchema,
        response: { 200: SecretSchema, ...problems(404, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const wanted = { ...wantedOf(request), changes: request.body };
      const secret = await editSecret(parts, callerOf(request), wanted);
      return reply.header('etag', etagOf(secret)).send(secret);
    },
  );
  app.delete(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Delete a secret; jobs that name it fail where they would have used it',
        response: { 200: SecretSchema, ...problems(404, 412) },
      },
    },
    (request) => deleteSecret(parts, callerOf(request), wantedOf(request)),
  );
}

function wantedOf(request: {
  readonly params: { readonly name: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { name: request.params.name, ifMatch: request.headers['if-match'] };
}
