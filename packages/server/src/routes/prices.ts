import {
  PriceListSchema,
  PriceSchema,
  pagingParameters,
  ReplacePriceSchema,
  WritePriceSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/job-state.ts';
import {
  createPrice,
  deletePrice,
  getPrice,
  listPrices,
  type PriceParts,
  replacePrice,
} from '../services/prices.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, uuid } from './schemas.ts';

const PRICES = '/api/v1/prices';
const ONE = `${PRICES}/:price_id`;
const tags = ['prices'];
const params = Type.Object({ price_id: uuid }, closed);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const READ = { anyone: true } as const;
const CHANGE = { scope: 'admin', limit: 'change' } as const;

export function addPriceRoutes(instance: FastifyInstance, parts: PriceParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    PRICES,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'List what tokens of models cost, by pattern' },
        querystring: Type.Object(
          {
            model: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 200,
                description: 'Only rows that this model matches, the one in force first.',
              }),
            ),
            at: Type.Optional(
              Type.String({ description: 'In force at this time; now if absent.' }),
            ),
            shipped: Type.Optional(
              Type.Boolean({ description: 'Only those that come with Tenuto, or none of them.' }),
            ),
            ...pagingParameters({ limit: 50, most: 100 }),
          },
          closed,
        ),
        response: { 200: PriceListSchema, ...problems() },
      },
    },
    (request) => listPrices(parts, callerOf(request), request.query),
  );
  app.get(
    ONE,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'Read a price', params },
        response: { 200: PriceSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const price = await getPrice(parts, callerOf(request), request.params.price_id);
      return reply.header('etag', etagOf(price)).send(price);
    },
  );
  addChanges(app, parts);
}

function addChanges(app: Typed, parts: PriceParts): void {
  app.post(
    PRICES,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Add a price', headers: IdempotencyKey, body: WritePriceSchema },
        response: { 201: PriceSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const price = await createPrice(parts, callerOf(request), { body: request.body, key });
      return reply
        .code(201)
        .headers({ location: `${PRICES}/${price.price_id}`, etag: etagOf(price) })
        .send(price);
    },
  );
  app.put(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Replace a price; what it has priced stays', params, headers },
        body: ReplacePriceSchema,
        response: { 200: PriceSchema, ...problems(404, 409, 412, 413, 415) },
      },
    },
    async (request, reply) => {
      const price = await replacePrice(parts, callerOf(request), {
        ...{ priceId: request.params.price_id, body: request.body },
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', etagOf(price)).send(price);
    },
  );
  app.delete(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Delete a price; what it has priced stays', params, headers },
        response: { 200: PriceSchema, ...problems(404, 409, 412) },
      },
    },
    (request) =>
      deletePrice(parts, callerOf(request), {
        ...{ priceId: request.params.price_id, ifMatch: request.headers['if-match'] },
      }),
  );
}
