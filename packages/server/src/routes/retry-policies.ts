import {
  EditRetryPolicySchema,
  pagingParameters,
  StoredRetryPolicyListSchema,
  StoredRetryPolicySchema,
  WriteRetryPolicySchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/job-state.ts';
import {
  createRetryPolicy,
  getRetryPolicy,
  listRetryPolicies,
  listRetryPolicyVersions,
  type RetryPolicyParts,
} from '../services/retry-policies.ts';
import {
  deleteRetryPolicy,
  editRetryPolicy,
  replaceRetryPolicy,
} from '../services/retry-policy-change.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, PolicyParameters, problems } from './schemas.ts';

const BASE = '/api/v1/orchestration/retry-policies';
const ONE = `${BASE}/:policy_id`;
const TAGS = ['retry policies'];
const PAGING = pagingParameters({ limit: 20, most: 100 });
const IfMatch = Type.Object({ 'if-match': Type.Optional(Type.String()) });

export function addRetryPolicyRoutes(instance: FastifyInstance, parts: RetryPolicyParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    BASE,
    {
      config: { scope: 'jobs:write', limit: 'change' },
      schema: {
        tags: TAGS,
        summary: 'Make a retry policy',
        headers: IdempotencyKey,
        body: WriteRetryPolicySchema,
        response: { 201: StoredRetryPolicySchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const policy = await createRetryPolicy(parts, callerOf(request), { body: request.body, key });
      return reply
        .code(201)
        .headers({ location: `${BASE}/${policy.policy_id}`, etag: etagOf(policy) })
        .send(policy);
    },
  );
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags: TAGS,
        summary: 'List retry policies, newest first',
        querystring: Type.Object(
          {
            name: Type.Optional(Type.String()),
            job_type: Type.Optional(Type.String({ description: 'One that the policy names.' })),
            ...PAGING,
          },
          closed,
        ),
        response: { 200: StoredRetryPolicyListSchema, ...problems() },
      },
    },
    (request) => listRetryPolicies(parts, callerOf(request), request.query),
  );
  addReading(app, parts);
  addChanges(app, parts);
}

function addReading(app: Typed, parts: RetryPolicyParts): void {
  app.get(
    ONE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags: TAGS,
        summary: 'Read a retry policy',
        params: PolicyParameters,
        response: { 200: StoredRetryPolicySchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const policy = await getRetryPolicy(parts, callerOf(request), request.params.policy_id);
      return reply.header('etag', etagOf(policy)).send(policy);
    },
  );
  app.get(
    `${ONE}/versions`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags: TAGS,
        summary: 'List the versions of a retry policy, newest first, deleted or not',
        params: PolicyParameters,
        querystring: Type.Object(PAGING, closed),
        response: { 200: StoredRetryPolicyListSchema, ...problems(404) },
      },
    },
    (request) =>
      listRetryPolicyVersions(parts, callerOf(request), {
        ...request.query,
        policyId: request.params.policy_id,
      }),
  );
}

function addChanges(app: Typed, parts: RetryPolicyParts): void {
  const config = { scope: 'jobs:write', limit: 'change' } as const;
  const common = { tags: TAGS, params: PolicyParameters, headers: IfMatch };
  const response = { 200: StoredRetryPolicySchema, ...problems(404, 409, 412, 413, 415, 422) };
  app.put(
    ONE,
    {
      config,
      schema: {
        ...{ ...common, response },
        summary: 'Replace a retry policy by a new version of it',
        body: WriteRetryPolicySchema,
      },
    },
    async (request, reply) => {
      const change = { ...changeOf(request), body: request.body };
      const policy = await replaceRetryPolicy(parts, callerOf(request), change);
      return reply.header('etag', etagOf(policy)).send(policy);
    },
  );
  app.patch(
    ONE,
    {
      config,
      schema: {
        ...{ ...common, response },
        summary: 'Change parts of a retry policy, as a new version of it',
        body: EditRetryPolicySchema,
      },
    },
    async (request, reply) => {
      const change = { ...changeOf(request), changes: request.body };
      const policy = await editRetryPolicy(parts, callerOf(request), change);
      return reply.header('etag', etagOf(policy)).send(policy);
    },
  );
  app.delete(
    ONE,
    {
      config,
      schema: {
        ...common,
        summary: 'Delete a retry policy; what has used it stays as it is',
        response: { 200: StoredRetryPolicySchema, ...problems(404, 412) },
      },
    },
    (request) => deleteRetryPolicy(parts, callerOf(request), changeOf(request)),
  );
}

function changeOf(request: {
  readonly params: { readonly policy_id: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { policyId: request.params.policy_id, ifMatch: request.headers['if-match'] };
}
