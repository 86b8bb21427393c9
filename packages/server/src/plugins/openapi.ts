import swagger from '@fastify/swagger';
import { NodeSchema, ProblemSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { PROBLEM_TITLE, problemResponses, withProblems } from './openapi-problems.ts';
import './route-config.ts';

const PLACEHOLDER = 'A node refers to nodes.';
const SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token (`tnt_...`) or a JWT.',
  },
} as const;

/** Collects the routes into the document at /openapi.json; to be registered before the routes. */
export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tenuto',
        version,
        description: 'A durable orchestrator: jobs as graphs of nodes, kept in PostgreSQL.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: SCHEMES },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: { ...withPlaceholders(schema), ...securityOf(route.config ?? {}) },
    }),
    transformObject: (document) => {
      const found = 'openapiObject' in document ? document.openapiObject : document.swaggerObject;
      return withComponents(found) as typeof found;
    },
  });
  app.get(
    '/openapi.json',
    {
      config: { public: true, limit: 'none' },
      schema: {
        tags: ['health'],
        summary: 'This document',
        response: { 200: Type.Object({}, { examples: [{ openapi: '3.1.0' }] }) },
      },
    },
    async () => app.swagger(),
  );
}

interface Guard {
  readonly scope?: string;
  readonly anyone?: boolean;
  readonly public?: boolean;
}

function securityOf({ scope, anyone, public: open }: Guard) {
  if (anyone === true) return { security: [{ token: [] }] };
  if (open === true || scope === undefined) return { security: [] };
  return { security: [{ token: [scope] }], 'x-required-scope': scope };
}

/**
 * The generator follows references and would not come back from a node that holds nodes. Errors
 * are the same everywhere and stand in the document once.
 */
function withPlaceholders<Value>(value: Value): Value {
  return mapped(value, (part) => {
    if (part === NodeSchema) return { type: 'object', title: PLACEHOLDER };
    return part === ProblemSchema ? { type: 'object', title: PROBLEM_TITLE } : undefined;
  }) as Value;
}

/** Puts what has placeholders where references find it. */
function withComponents(document: unknown): unknown {
  const definitions: unknown = Reflect.get(NodeSchema, '$defs');
  const [node] = Object.values(definitions ?? {});
  const reference = { $ref: '#/components/schemas/Node' };
  const own = mapped(node, (part) => (isReference(part) ? reference : undefined));
  const { $id: _, ...schema } = own as { $id?: string };
  const whole = mapped(document, (part) =>
    'title' in part && part.title === PLACEHOLDER ? reference : undefined,
  ) as { components?: { schemas?: object }; paths: Parameters<typeof withProblems>[0] };
  const schemas = { ...whole.components?.schemas, Node: schema, Problem: ProblemSchema };
  return {
    ...whole,
    paths: withProblems(whole.paths),
    components: { ...whole.components, schemas, responses: problemResponses() },
  };
}

function isReference(part: object): boolean {
  return '$ref' in part && part.$ref === 'Node';
}

/** A copy of plain data in which some objects are exchanged. */
function mapped(value: unknown, exchange: (part: object) => object | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const other = exchange(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((item) => mapped(item, exchange));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, mapped(part, exchange)]),
  );
}
