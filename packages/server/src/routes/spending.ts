import { SpendingSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { readSpending, type SpendingParts } from '../services/spending.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

export function addSpendingRoutes(instance: FastifyInstance, parts: SpendingParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/spending',
    {
      config: { scope: 'runs:read', tool: 'get_spending' },
      schema: {
        ...{ tags: ['budgets'], summary: 'What models have cost lately, by day' },
        querystring: Type.Object(
          { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, default: 30 })) },
          closed,
        ),
        response: { 200: SpendingSchema, ...problems() },
      },
    },
    (request) => readSpending(parts, callerOf(request), request.query),
  );
}
