import {
  DELIVERY_STATES,
  DeliveryListSchema,
  DeliverySchema,
  pagingParameters,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getDelivery, listDeliveries, redeliver } from '../services/notification-deliveries.ts';
import type { NotificationParts } from '../services/notification-parts.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const BASE = '/api/v1/notifications/deliveries';
const params = Type.Object({ delivery_id: uuid }, closed);
const tags = ['notifications'];

const Filters = Type.Object(
  {
    status: Type.Optional(Type.Array(Type.Enum([...DELIVERY_STATES]))),
    event: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    channel: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "A channel's id or name." }),
    ),
    ...pagingParameters({ limit: 20, most: 100 }),
  },
  closed,
);

export function addDeliveryRoutes(instance: FastifyInstance, parts: NotificationParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List deliveries with their attempts, newest first',
        querystring: Filters,
        response: { 200: DeliveryListSchema, ...problems() },
      },
    },
    (request) => listDeliveries(parts, callerOf(request), request.query),
  );
  app.get(
    `${BASE}/:delivery_id`,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'Read a delivery',
        params,
        response: { 200: DeliverySchema, ...problems(404) },
      },
    },
    (request) => getDelivery(parts, callerOf(request), request.params.delivery_id),
  );
  app.post(
    `${BASE}/:delivery_id/redeliver`,
    {
      config: { scope: 'jobs:write', limit: 'change' },
      schema: {
        tags,
        summary: 'Send a message again that is over, under the same id',
        params,
        response: { 202: DeliverySchema, ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      const delivery = await redeliver(parts, callerOf(request), request.params.delivery_id);
      return reply.code(202).send(delivery);
    },
  );
}
