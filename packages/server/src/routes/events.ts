import { Readable } from 'node:stream';
import {
  CleanupAnswerSchema,
  EventListSchema,
  EventSchema,
  EventTaskListSchema,
  PublishAnswerSchema,
  PublishEventSchema,
  pagingParameters,
  TopicListSchema,
  TopicPatternSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { EventParts } from '../services/event-parts.ts';
import { type PublishParts, publishEvents, replayEvent } from '../services/event-publish.ts';
import type { EventStreams } from '../services/event-stream.ts';
import {
  cleanUpEvents,
  getEvent,
  listTasksOfEvent,
  listTopics,
  recentEvents,
} from '../services/events.ts';
import { callerOf, rawBody, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const BASE = '/api/v1/events';
const tags = ['events'];
const headers = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) });

/** Nothing written is no filter. */
const TopicFilter = Type.Union([TopicPatternSchema, Type.Literal('')]);

const EventFilter = Type.Optional(
  Type.String({
    maxLength: 4_096,
    description: 'CEL over `event`: only events that it is true of.',
  }),
);

const cloudEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({ minLength: 1 }),
    source: Type.String({ minLength: 1 }),
    type: Type.String({ minLength: 1, description: 'The topic.' }),
    data: Type.Optional(Type.Unknown()),
    data_base64: Type.Optional(Type.String()),
  },
  {
    description: 'A CloudEvent 1.0; extensions are taken too.',
    examples: [
      {
        specversion: '1.0',
        id: 'A234-1234-1234',
        source: '/shop',
        type: 'orders.created',
        data: { order: 42 },
      },
    ],
  },
);
const batch = Type.Array(cloudEvent, { examples: [[...Object(cloudEvent).examples]] });

export function addEventRoutes(
  instance: FastifyInstance,
  parts: PublishParts & { readonly streams: EventStreams },
): void {
  const app: Typed = instance.withTypeProvider();
  addReading(app, parts);
  addOne(app, parts);
  addStream(app, parts.streams);
  app.post(
    `${BASE}/:event_id/replay`,
    {
      config: { scope: 'events:publish', limit: 'change' },
      schema: {
        ...{ tags, summary: 'Publish an event again, as a new event' },
        params: Type.Object({ event_id: uuid }, closed),
        headers,
        response: { 202: PublishAnswerSchema, ...problems(404, 422) },
      },
    },
    async (request, reply) => {
      const wish = {
        eventId: request.params.event_id,
        key: request.headers['idempotency-key'],
      };
      return reply.code(202).send(await replayEvent(parts, callerOf(request), wish));
    },
  );
  app.delete(
    `${BASE}/stream/cleanup`,
    {
      config: { scope: 'admin', limit: 'change' },
      schema: {
        ...{ tags, summary: 'Remove events that are older than some hours' },
        querystring: Type.Object(
          {
            max_age_hours: Type.Optional(
              Type.Integer({ minimum: 0, maximum: 876_000, default: 24 }),
            ),
          },
          closed,
        ),
        response: { 200: CleanupAnswerSchema, ...problems() },
      },
    },
    (request) => cleanUpEvents(parts, callerOf(request), request.query.max_age_hours ?? 24),
  );
}

/**
 * One route, several forms: the handler reads the body by its declared type. To be added where
 * bodies are taken as they were sent.
 */
export function addPublishRoute(scope: FastifyInstance, parts: PublishParts): void {
  const app: Typed = scope.withTypeProvider();
  app.post(
    BASE,
    {
      config: { scope: 'events:publish', limit: 'change' },
      schema: {
        ...{ tags, summary: 'Publish an event, a CloudEvent, or a batch of them', headers },
        body: {
          content: {
            'application/json': { schema: PublishEventSchema },
            'application/cloudevents+json': { schema: cloudEvent },
            'application/cloudevents-batch+json': { schema: batch },
          },
        },
        response: { 202: PublishAnswerSchema, ...problems(413, 415, 422) },
      },
    },
    async (request, reply) => {
      const wish = {
        headers: request.headers,
        body: rawBody(request),
        key: request.headers['idempotency-key'],
      };
      return reply.code(202).send(await publishEvents(parts, callerOf(request), wish));
    },
  );
}

function addReading(app: Typed, parts: EventParts): void {
  const config = { scope: 'events:read' } as const;
  app.get(
    `${BASE}/topics`,
    {
      config,
      schema: {
        ...{ tags, summary: 'List the topics that events have come on' },
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: TopicListSchema, ...problems() },
      },
    },
    (request) => listTopics(parts, callerOf(request), request.query),
  );
  app.get(
    `${BASE}/stream/recent`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read the last events, newest first' },
        querystring: Type.Object(
          {
            count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 50 })),
            topic: Type.Optional(TopicFilter),
            filter: EventFilter,
            cursor: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 2_000,
                description: 'Goes on behind a page.',
              }),
            ),
          },
          closed,
        ),
        response: { 200: EventListSchema, ...problems(422) },
      },
    },
    (request) => recentEvents(parts, callerOf(request), request.query),
  );
}

function addOne(app: Typed, parts: EventParts): void {
  const params = Type.Object({ event_id: uuid }, closed);
  app.get(
    `${BASE}/:event_id`,
    {
      config: { scope: 'events:read' },
      schema: {
        ...{ tags, summary: 'Read an event', params },
        response: { 200: EventSchema, ...problems(404) },
      },
    },
    (request) => getEvent(parts, callerOf(request), request.params.event_id),
  );
  app.get(
    `${BASE}/:event_id/tasks`,
    {
      config: { scope: 'tasks:read' },
      schema: {
        ...{ tags, summary: 'List the tasks that an event was for', params },
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: EventTaskListSchema, ...problems(404) },
      },
    },
    (request) =>
      listTasksOfEvent(parts, callerOf(request), {
        ...request.query,
        eventId: request.params.event_id,
      }),
  );
}

const STREAM = 'text/event-stream';
const Messages = Type.Unsafe<Readable>(Type.String({ examples: ['data: {"topic":"a.b"}'] }));

function addStream(app: Typed, streams: EventStreams): void {
  app.addHook('preClose', async () => streams.close());
  app.get(
    `${BASE}/stream`,
    {
      config: { scope: 'events:read', produces: [STREAM, 'text/*', '*/*'] },
      schema: {
        ...{ tags, summary: 'Look on while events are published, as server-sent events' },
        produces: [STREAM],
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ description: 'Goes on behind this event, without a gap.' }),
          ),
        }),
        querystring: Type.Object(
          { topic: Type.Optional(TopicFilter), filter: EventFilter },
          closed,
        ),
        response: { 200: Messages, ...problems(422) },
      },
    },
    async (request, reply) => {
      const stream = await streams.open(callerOf(request), {
        topic: request.query.topic || undefined,
        filter: request.query.filter,
        lastEventId: request.headers['last-event-id'],
      });
      // The answer closes at once when nobody looks on; what it is read from would first wait for more.
      reply.raw.on('close', stream.close);
      const body = Readable.from(stream.text).on('close', stream.close);
      // Kept alive behind the stream, the connection would hold up a server that stops.
      const held = { connection: 'close', 'x-accel-buffering': 'no' };
      reply.headers({ 'cache-control': 'no-store', ...held });
      return reply.type(STREAM).send(body);
    },
  );
}
