import {
  CreateNoticeRouteSchema,
  NoticeRouteListSchema,
  NoticeRouteSchema,
  pagingParameters,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { NotificationParts } from '../services/notification-parts.ts';
import { createRoute, getRoute, listRoutes, removeRoute } from '../services/notification-routes.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, uuid } from './schemas.ts';

const BASE = '/api/v1/notifications/routes';
const params = Type.Object({ route_id: uuid }, closed);
const tags = ['notifications'];
const change = { scope: 'jobs:write', limit: 'change' } as const;

export function addNoticeRoutes(instance: FastifyInstance, parts: NotificationParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List which events go to which channel, newest first',
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: NoticeRouteListSchema, ...problems() },
      },
    },
    (request) => listRoutes(parts, callerOf(request), request.query),
  );
  app.post(
    BASE,
    {
      config: change,
      schema: {
        tags,
        summary: 'Send events to a channel from now on',
        headers: IdempotencyKey,
        body: CreateNoticeRouteSchema,
        response: { 201: NoticeRouteSchema, ...problems(413, 415, 422) },
      },
    },
    async (request, reply) => {
      const route = await createRoute(parts, callerOf(request), {
        body: request.body,
        key: request.headers['idempotency-key'],
      });
      return reply.code(201).header('location', `${BASE}/${route.route_id}`).send(route);
    },
  );
  app.get(
    `${BASE}/:route_id`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'Read a route',
        params,
        response: { 200: NoticeRouteSchema, ...problems(404) },
      },
    },
    (request) => getRoute(parts, callerOf(request), request.params.route_id),
  );
  app.delete(
    `${BASE}/:route_id`,
    {
      config: change,
      schema: {
        tags,
        summary: 'Remove a route',
        params,
        response: { 200: NoticeRouteSchema, ...problems(404) },
      },
    },
    (request) => removeRoute(parts, callerOf(request), request.params.route_id),
  );
}
