import {
  ProfileListSchema,
  ProfileVerdictSchema,
  ProfileVersionsSchema,
  ProfileViewSchema,
  pagingParameters,
  ValidateProfileSchema,
  type WriteProfile,
  WriteProfileSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import {
  createProfile,
  deleteProfile,
  getProfile,
  listProfiles,
  listProfileVersions,
  type ProfileParts,
  replaceProfile,
  validateProfile,
} from '../services/profiles.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, ResourceParameters } from './schemas.ts';

const BASE = '/api/v1/profiles';
const ONE = `${BASE}/:name`;
const tags = ['profiles'];
const params = ResourceParameters;
const NAME = Type.Optional(
  Type.String({ description: 'Whole, or how it begins when it ends with `*`.' }),
);
const PAGING = pagingParameters({ limit: 20, most: 100 });
const read = { scope: 'runs:read' } as const;
const change = { scope: 'runs:write', limit: 'change' } as const;
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });

export function addProfileRoutes(instance: FastifyInstance, parts: ProfileParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    BASE,
    {
      config: change,
      schema: {
        ...{ tags, summary: 'Make a profile', headers: IdempotencyKey, body: WriteProfileSchema },
        response: { 201: ProfileViewSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const body: WriteProfile = request.body;
      const key = request.headers['idempotency-key'];
      const profile = await createProfile(parts, callerOf(request), { body, key });
      const location = `${BASE}/${encodeURIComponent(profile.name)}`;
      return reply
        .code(201)
        .headers({ location, etag: etagOf(profile) })
        .send(profile);
    },
  );
  app.get(
    BASE,
    {
      config: read,
      schema: {
        tags,
        summary: 'List profiles: those that are files, then your own, newest first',
        querystring: Type.Object({ name: NAME, ...PAGING }, closed),
        response: { 200: ProfileListSchema, ...problems() },
      },
    },
    (request) => listProfiles(parts, callerOf(request), request.query),
  );
  addReading(app, parts);
  addChanges(app, parts);
  addValidation(app, parts);
}

function addReading(app: Typed, parts: ProfileParts): void {
  app.get(
    ONE,
    {
      config: read,
      schema: {
        ...{ tags, params },
        summary: 'Read a profile, in the version in force or an earlier one',
        querystring: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
        response: { 200: ProfileViewSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const wanted = { name: request.params.name, version: request.query.version };
      const profile = await getProfile(parts, callerOf(request), wanted);
      return reply.header('etag', etagOf(profile)).send(profile);
    },
  );
  app.get(
    `${ONE}/versions`,
    {
      config: read,
      schema: {
        ...{ tags, params },
        summary: 'List the versions of a profile, newest first',
        querystring: Type.Object(PAGING, closed),
        response: { 200: ProfileVersionsSchema, ...problems(404) },
      },
    },
    (request) => {
      const { name } = request.params;
      return listProfileVersions(parts, callerOf(request), { ...request.query, name });
    },
  );
}

function addChanges(app: Typed, parts: ProfileParts): void {
  app.put(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Replace a profile by a new version of it',
        body: WriteProfileSchema,
        response: { 200: ProfileViewSchema, ...problems(404, 409, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const body: WriteProfile = request.body;
      const wanted = { ...wantedOf(request), body };
      const profile = await replaceProfile(parts, callerOf(request), wanted);
      return reply.header('etag', etagOf(profile)).send(profile);
    },
  );
  app.delete(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Delete a profile; runs of it stay as they are',
        response: { 200: ProfileViewSchema, ...problems(404, 409, 412) },
      },
    },
    (request) => deleteProfile(parts, callerOf(request), wantedOf(request)),
  );
}

function addValidation(app: Typed, parts: ProfileParts): void {
  const schema = {
    ...{ tags, body: ValidateProfileSchema },
    response: { 200: ProfileVerdictSchema, ...problems(404, 413, 415) },
  };
  const config = { ...read, limit: 'read' } as const;
  app.post(
    `${BASE}/validate`,
    {
      config: { ...config, tool: 'check_profile' },
      schema: { ...schema, summary: 'Say all that is wrong with a profile' },
    },
    (request) => {
      const { profile: sent = null, include_plan: withPlan = false } = request.body;
      return validateProfile(parts, callerOf(request), { name: undefined, sent, withPlan });
    },
  );
  app.post(
    `${ONE}/validate`,
    {
      config,
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ ...schema, params },
        summary: 'Say all that is wrong with a stored profile, or with one in its place',
      },
    },
    (request) => {
      const { name } = request.params;
      const { profile: sent, include_plan: withPlan = false } = request.body;
      return validateProfile(parts, callerOf(request), { name, sent, withPlan });
    },
  );
}

function wantedOf(request: {
  readonly params: { readonly name: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { name: request.params.name, ifMatch: request.headers['if-match'] };
}
