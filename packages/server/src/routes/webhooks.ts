import {
  EditWebhookSchema,
  pagingParameters,
  WebhookListSchema,
  WebhookSchema,
  WriteWebhookSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/job-state.ts';
import {
  changeWebhook,
  createWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
  type WebhookParts,
} from '../services/webhooks.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const BASE = '/api/v1/webhooks';
const ONE = `${BASE}/:webhook_id`;
const tags = ['webhooks'];
const params = Type.Object({ webhook_id: uuid }, closed);
const IfMatch = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const change = { scope: 'events:publish', limit: 'change' } as const;

export function addWebhookRoutes(instance: FastifyInstance, parts: WebhookParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    BASE,
    {
      config: change,
      schema: {
        ...{ tags, summary: 'Make a webhook: an address that others post events to' },
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: WriteWebhookSchema,
        response: { 201: WebhookSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const webhook = await createWebhook(parts, callerOf(request), { body: request.body, key });
      const location = `${BASE}/${webhook.webhook_id}`;
      return reply
        .code(201)
        .headers({ location, etag: etagOf(webhook) })
        .send(webhook);
    },
  );
  app.get(
    BASE,
    {
      config: { scope: 'events:read' },
      schema: {
        ...{ tags, summary: 'List webhooks, newest first' },
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: WebhookListSchema, ...problems() },
      },
    },
    (request) => listWebhooks(parts, callerOf(request), request.query),
  );
  app.get(
    ONE,
    {
      config: { scope: 'events:read' },
      schema: {
        ...{ tags, summary: 'Read a webhook', params },
        response: { 200: WebhookSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const webhook = await getWebhook(parts, callerOf(request), request.params.webhook_id);
      return reply.header('etag', etagOf(webhook)).send(webhook);
    },
  );
  addChanges(app, parts);
}

function addChanges(app: Typed, parts: WebhookParts): void {
  const common = { tags, params, headers: IfMatch };
  const response = { 200: WebhookSchema, ...problems(404, 409, 412, 413, 415, 422) };
  app.put(
    ONE,
    {
      config: change,
      schema: {
        ...{ ...common, response, summary: 'Replace a webhook; its address stays' },
        body: WriteWebhookSchema,
      },
    },
    async (request, reply) => {
      const changes = { state: 'active' as const, ...request.body };
      const wish = { ...wishOf(request), changes };
      const webhook = await changeWebhook(parts, callerOf(request), wish);
      return reply.header('etag', etagOf(webhook)).send(webhook);
    },
  );
  app.patch(
    ONE,
    {
      config: change,
      schema: {
        ...{ ...common, response, summary: 'Change a webhook; its address stays' },
        body: EditWebhookSchema,
      },
    },
    async (request, reply) => {
      const wish = { ...wishOf(request), changes: request.body };
      const webhook = await changeWebhook(parts, callerOf(request), wish);
      return reply.header('etag', etagOf(webhook)).send(webhook);
    },
  );
  app.delete(
    ONE,
    {
      config: change,
      schema: {
        ...{ ...common, summary: 'Remove a webhook; its address leads nowhere then' },
        response: { 200: WebhookSchema, ...problems(404, 412) },
      },
    },
    (request) => removeWebhook(parts, callerOf(request), wishOf(request)),
  );
}

function wishOf(request: {
  readonly params: { readonly webhook_id: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { webhookId: request.params.webhook_id, ifMatch: request.headers['if-match'] };
}
