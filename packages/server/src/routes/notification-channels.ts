import {
  ChannelListSchema,
  ChannelSchema,
  ChannelWithSecretSchema,
  CreateChannelSchema,
  DeliverySchema,
  EditChannelSchema,
  pagingParameters,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  channelTag,
  createChannel,
  editChannel,
  getChannel,
  listChannels,
  removeChannel,
  rotateSecret,
  testChannel,
} from '../services/notification-channels.ts';
import type { NotificationParts } from '../services/notification-parts.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, uuid } from './schemas.ts';

const BASE = '/api/v1/notifications/channels';
const params = Type.Object({ channel_id: uuid }, closed);
const tags = ['notifications'];
const change = { scope: 'jobs:write', limit: 'change' } as const;

export function addChannelRoutes(instance: FastifyInstance, parts: NotificationParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List the channels of notifications, newest first',
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: ChannelListSchema, ...problems() },
      },
    },
    (request) => listChannels(parts, callerOf(request), request.query),
  );
  app.post(
    BASE,
    {
      config: change,
      schema: {
        tags,
        summary: 'Make a channel; its secret is shown this once',
        headers: IdempotencyKey,
        body: CreateChannelSchema,
        response: { 201: ChannelWithSecretSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const channel = await createChannel(parts, callerOf(request), {
        body: request.body,
        key: request.headers['idempotency-key'],
      });
      return reply.code(201).header('location', `${BASE}/${channel.channel_id}`).send(channel);
    },
  );
  addOneChannel(app, parts);
  addDeeds(app, parts);
}

function addOneChannel(app: Typed, parts: NotificationParts): void {
  app.get(
    `${BASE}/:channel_id`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'Read a channel',
        params,
        response: { 200: ChannelSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const channel = await getChannel(parts, callerOf(request), request.params.channel_id);
      return reply.header('etag', channelTag(channel)).send(channel);
    },
  );
  app.patch(
    `${BASE}/:channel_id`,
    {
      config: change,
      schema: {
        tags,
        summary: 'Change a channel, or switch it off or on',
        params,
        headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
        body: EditChannelSchema,
        response: { 200: ChannelSchema, ...problems(404, 409, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const channel = await editChannel(parts, callerOf(request), {
        channelId: request.params.channel_id,
        changes: request.body,
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', channelTag(channel)).send(channel);
    },
  );
  app.delete(
    `${BASE}/:channel_id`,
    {
      config: change,
      schema: {
        tags,
        summary: 'Remove a channel and the routes to it',
        params,
        response: { 200: ChannelSchema, ...problems(404) },
      },
    },
    (request) => removeChannel(parts, callerOf(request), request.params.channel_id),
  );
}

function addDeeds(app: Typed, parts: NotificationParts): void {
  app.post(
    `${BASE}/:channel_id/rotate`,
    {
      config: change,
      schema: {
        tags,
        summary: 'Give a webhook a new secret; the one before signs too for a day',
        params,
        response: { 200: ChannelWithSecretSchema, ...problems(404, 422) },
      },
    },
    (request) => rotateSecret(parts, callerOf(request), request.params.channel_id),
  );
  app.post(
    `${BASE}/:channel_id/test`,
    {
      config: change,
      schema: {
        tags,
        summary: 'Send a message to try a channel with, once',
        params,
        response: { 202: DeliverySchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const delivery = await testChannel(parts, callerOf(request), request.params.channel_id);
      return reply.code(202).send(delivery);
    },
  );
}
