/**
 * The API as a server of the Model Context Protocol, over Streamable HTTP at /mcp. It keeps no
 * sessions: each request says who asks, and any server of a deployment can answer it.
 */

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAdmin, type Principal } from '../auth/principal.ts';
import { callTool } from './call-tool.ts';
import { type RouteTool, routeTool } from './route-tools.ts';

interface FrontDoorOptions {
  readonly version: string;
  /** Sites whose scripts may call it; requests of others are refused. */
  readonly origins: readonly string[];
}

const INSTRUCTIONS =
  'Tenuto runs jobs: graphs of nodes that survive crashes. submit_job starts one, get_job tells how ' +
  'it does, explain_run why it does not go on. Bodies of requests are the argument `body`.';

/** Adds /mcp; to be registered before the routes that become its tools. */
export function addMcpFrontDoor(app: FastifyInstance, options: FrontDoorOptions): void {
  const tools = new Map<string, RouteTool>();
  app.addHook('onRoute', (route) => {
    const tool = routeTool(route);
    if (tool === undefined) return;
    // Two routes of one name would hide each other.
    if (tools.has(tool.name)) throw new Error(`Two routes are the tool ${tool.name}; name one.`);
    tools.set(tool.name, tool);
  });
  app.post(
    '/mcp',
    {
      config: { anyone: true, produces: ['application/json', 'text/event-stream', '*/*'] },
      schema: { hide: true },
    },
    (request, reply) => answer(app, options, tools, { request, reply }),
  );
}

async function answer(
  app: FastifyInstance,
  { version, origins }: FrontDoorOptions,
  tools: ReadonlyMap<string, RouteTool>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  refuseOrigin(request, origins);
  const server = new Server(
    { name: 'tenuto', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  serveTools(server, app, tools, request);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    const response = await transport.handleRequest(webRequest(request), {
      parsedBody: request.body,
    });
    reply.code(response.status);
    for (const [name, value] of response.headers) reply.header(name, value);
    return reply.send(await response.text());
  } finally {
    await server.close();
  }
}

/** A page of another site must not use what a browser knows of this one. */
function refuseOrigin({ headers: { origin } }: FastifyRequest, origins: readonly string[]): void {
  if (origin === undefined || origins.includes(origin)) return;
  throw new OrchestrationError('forbidden', 'Requests of this site are not allowed here.');
}

function webRequest({ headers, method }: FastifyRequest): Request {
  const taken = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  return new Request('http://localhost/mcp', { method, headers: taken });
}

function serveTools(
  server: Server,
  app: FastifyInstance,
  tools: ReadonlyMap<string, RouteTool>,
  request: FastifyRequest,
): void {
  const { principal } = request;
  const reachable = [...tools.values()].filter(({ scope }) => mayUse(principal, scope));
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: reachable.map(({ name, description, inputSchema, method }) => ({
      name,
      description,
      inputSchema,
      annotations: {
        readOnlyHint: method === 'GET',
        destructiveHint: method === 'DELETE',
        idempotentHint: method !== 'POST' && method !== 'PATCH',
        openWorldHint: false,
      },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const tool = reachable.find(({ name }) => name === params.name);
    if (tool === undefined) {
      throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name} for you.`);
    }
    return await callTool(app, request, { tool, given: params.arguments ?? {} });
  });
}

function mayUse(principal: Principal | undefined, scope: string): boolean {
  return principal !== undefined && (isAdmin(principal) || principal.scopes.has(scope));
}
