import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify';
import type { RouteTool } from './route-tools.ts';

/** What says who asks, and what belongs together. */
const PASSED_ON = [
  'authorization',
  'cookie',
  'x-csrf-token',
  'x-tenuto-team',
  'x-user-id',
  'x-user-email',
  'x-forwarded-for',
  'traceparent',
] as const;

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Calls an operation of the API as its caller would: with the caller's credentials, through the same
 * checks, limits and audit.
 */
export async function callTool(
  app: FastifyInstance,
  request: FastifyRequest,
  { tool, given }: { readonly tool: RouteTool; readonly given: Arguments },
): Promise<CallToolResult> {
  const unknown = unknownIn(tool, given);
  if (unknown !== undefined) return failed(unknown);
  const missing = tool.path.find((name) => !isText(given[name]));
  if (missing !== undefined) return failed(`The argument ${missing} is required.`);
  const answer = await app.inject(injection(request, tool, given));
  const body = bodyOf(answer.body);
  const { etag, location } = answer.headers;
  const isError = answer.statusCode >= 400;
  return {
    content: [{ type: 'text', text: answer.body }],
    ...(isObject(body) && { structuredContent: body }),
    ...(isError && { isError }),
    _meta: {
      'tenuto/status': answer.statusCode,
      ...(typeof etag === 'string' && { 'tenuto/etag': etag }),
      ...(typeof location === 'string' && { 'tenuto/location': location }),
    },
  };
}

function injection(request: FastifyRequest, tool: RouteTool, given: Arguments): InjectOptions {
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const name of PASSED_ON) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  for (const [argument, header] of tool.headers) {
    const value = given[argument];
    if (typeof value === 'string') headers[header] = value;
  }
  const { body } = given;
  return {
    method: tool.method,
    url: addressOf(tool, given),
    remoteAddress: request.socket.remoteAddress ?? '127.0.0.1',
    headers: {
      ...headers,
      'x-request-id': request.id,
      ...(tool.hasBody && body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(tool.hasBody && body !== undefined && { payload: JSON.stringify(body) }),
  };
}

function addressOf(tool: RouteTool, given: Arguments): string {
  const path = tool.url.replaceAll(/:([A-Za-z_]+)/g, (_, name: string) =>
    encodeURIComponent(String(given[name])),
  );
  const query = new URLSearchParams();
  for (const name of tool.query) {
    const value = given[name];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) query.append(name, String(one));
    }
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function unknownIn(tool: RouteTool, given: Arguments): string | undefined {
  const known = new Set([...tool.path, ...tool.query, ...tool.headers.keys()]);
  if (tool.hasBody) known.add('body');
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown === undefined) return undefined;
  return `There is no argument ${unknown}; there are ${[...known].join(', ') || 'none'}.`;
}

/** An id, or a name; `.` and `..` are steps in an address and name nothing. */
function isText(value: unknown): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && value !== '' && value !== '.' && value !== '..';
}

function failed(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
