import {
  CIRCUIT_STATES,
  CircuitListSchema,
  CircuitSchema,
  LIMITS,
  pagingParameters,
  ResetCircuitSchema,
  TripCircuitSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  type CircuitParts,
  getCircuit,
  listCircuits,
  resetCircuit,
  tripCircuit,
} from '../services/circuits.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

const CIRCUITS = '/api/v1/orchestration/circuits';
const ONE = `${CIRCUITS}/:key`;
const Parameters = Type.Object(
  { key: Type.String({ minLength: 1, maxLength: LIMITS.circuitKeyChars }) },
  closed,
);
const tags = ['circuits'];

export function addCircuitRoutes(instance: FastifyInstance, parts: CircuitParts): void {
  const app: Typed = instance.withTypeProvider();
  const config = { scope: 'jobs:read' } as const;
  app.get(
    CIRCUITS,
    {
      config,
      schema: {
        tags,
        summary: 'List circuit breakers by their keys',
        querystring: Type.Object(
          {
            state: Type.Optional(Type.Enum([...CIRCUIT_STATES])),
            key: Type.Optional(Type.String({ minLength: 1, description: 'How the key begins.' })),
            ...pagingParameters({ limit: 20, most: 100 }),
          },
          closed,
        ),
        response: { 200: CircuitListSchema, ...problems() },
      },
    },
    (request) => listCircuits(parts, callerOf(request), request.query),
  );
  app.get(
    ONE,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read a circuit breaker', params: Parameters },
        response: { 200: CircuitSchema, ...problems(404) },
      },
    },
    (request) => getCircuit(parts, callerOf(request), request.params.key),
  );
  addChanges(app, parts);
}

function addChanges(app: Typed, parts: CircuitParts): void {
  const config = { scope: 'jobs:write', limit: 'change' } as const;
  const response = { 200: CircuitSchema, ...problems(404, 413, 415) };
  app.post(
    `${ONE}/trip`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Open a circuit by hand', params: Parameters, response },
        body: TripCircuitSchema,
      },
    },
    (request) => {
      const { key } = request.params;
      return tripCircuit(parts, callerOf(request), { key, body: request.body });
    },
  );
  app.post(
    `${ONE}/reset`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Close a circuit by hand', params: Parameters, response },
        body: ResetCircuitSchema,
      },
    },
    (request) => {
      const { key } = request.params;
      return resetCircuit(parts, callerOf(request), { key, body: request.body });
    },
  );
}
