import {
  McpCheckSchema,
  McpServerListSchema,
  McpServerSchema,
  McpToolListSchema,
  pagingParameters,
  WriteMcpServerSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import {
  checkMcpServer,
  createMcpServer,
  deleteMcpServer,
  getMcpServer,
  listMcpServers,
  listMcpTools,
  type McpServerParts,
  replaceMcpServer,
} from '../services/mcp-servers.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, ResourceParameters } from './schemas.ts';

const BASE = '/api/v1/mcp-servers';
const ONE = `${BASE}/:name`;
const tags = ['MCP servers'];
const params = ResourceParameters;
const change = { scope: 'jobs:write', limit: 'change' } as const;
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });

export function addMcpServerRoutes(instance: FastifyInstance, parts: McpServerParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    BASE,
    {
      config: change,
      schema: {
        tags,
        summary: 'Register an MCP server',
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: WriteMcpServerSchema,
        response: { 201: McpServerSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const server = await createMcpServer(parts, callerOf(request), { body: request.body, key });
      return reply
        .code(201)
        .headers({ location: `${BASE}/${server.name}`, etag: etagOf(server) })
        .send(server);
    },
  );
  app.get(
    BASE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        tags,
        summary: 'List MCP servers, newest first',
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: McpServerListSchema, ...problems() },
      },
    },
    (request) => listMcpServers(parts, callerOf(request), request.query),
  );
  addOneServer(app, parts);
  addTrying(app, parts);
}

function addOneServer(app: Typed, parts: McpServerParts): void {
  app.get(
    ONE,
    {
      config: { scope: 'jobs:read' },
      schema: {
        ...{ tags, params },
        summary: 'Read an MCP server',
        response: { 200: McpServerSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const server = await getMcpServer(parts, callerOf(request), request.params.name);
      return reply.header('etag', etagOf(server)).send(server);
    },
  );
  app.put(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Replace the registration of an MCP server',
        body: WriteMcpServerSchema,
        response: { 200: McpServerSchema, ...problems(404, 409, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const wanted = { ...wantedOf(request), body: request.body };
      const server = await replaceMcpServer(parts, callerOf(request), wanted);
      return reply.header('etag', etagOf(server)).send(server);
    },
  );
  app.delete(
    ONE,
    {
      config: change,
      schema: {
        ...{ tags, params, headers },
        summary: 'Delete the registration of an MCP server',
        response: { 200: McpServerSchema, ...problems(404, 412) },
      },
    },
    (request) => deleteMcpServer(parts, callerOf(request), wantedOf(request)),
  );
}

function addTrying(app: Typed, parts: McpServerParts): void {
  app.get(
    `${ONE}/tools`,
    {
      config: { scope: 'jobs:read', limit: 'change' },
      schema: {
        ...{ tags, params },
        summary: 'List the tools of an MCP server, as it has them now',
        response: { 200: McpToolListSchema, ...problems(404, 422) },
      },
    },
    (request) => listMcpTools(parts, callerOf(request), request.params.name),
  );
  app.post(
    `${ONE}/check`,
    {
      config: change,
      schema: {
        ...{ tags, params },
        summary: 'Try whether an MCP server can be spoken with',
        response: { 200: McpCheckSchema, ...problems(404, 422) },
      },
    },
    (request) => checkMcpServer(parts, callerOf(request), request.params.name),
  );
}

function wantedOf(request: {
  readonly params: { readonly name: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { name: request.params.name, ifMatch: request.headers['if-match'] };
}
