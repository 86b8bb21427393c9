import {
  type JsonObject,
  MCP_TRANSPORTS,
  type McpCheck,
  type McpServer,
  type McpToolList,
  type WriteMcpServer,
} from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import {
  anything,
  fields,
  flag,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  type Shape,
  text,
} from './shape.ts';
import { send, type TransportOptions } from './transport.ts';

/** A server as it is sent: typed, or read from a file and left to the server to check. */
export type McpServerBody = WriteMcpServer | JsonObject;

/** Registered MCP servers. Every function throws as `createClient` says. */
export interface McpServers {
  create(body: McpServerBody, options?: SubmitOptions): Promise<McpServer>;
  get(name: string, options?: CallOptions): Promise<McpServer>;
  list(query?: PageQuery, options?: CallOptions): Listing<McpServer>;
  replace(name: string, body: McpServerBody, options?: ChangeOptions): Promise<McpServer>;
  /** Answers the server as it was registered. */
  remove(name: string, options?: ChangeOptions): Promise<McpServer>;
  /** The tools that it has now. */
  tools(name: string, options?: CallOptions): Promise<McpToolList>;
  /** Whether it can be spoken with; that it cannot is an answer, too. */
  check(name: string, options?: CallOptions): Promise<McpCheck>;
}

const serverShape: Shape<McpServer> = fields({
  server_id: text,
  name: text,
  description: nullable(text),
  transport: oneOf(MCP_TRANSPORTS),
  command: nullable(listOf(text)),
  url: nullable(text),
  headers: mapOf(text),
  env: mapOf(text),
  tools_allow: nullable(listOf(text)),
  owner: text,
  version: number,
  created_at: text,
  updated_at: text,
  updated_by: text,
});

const toolsShape: Shape<McpToolList> = fields({
  server: text,
  tools: listOf(
    fields({
      name: text,
      uses: text,
      title: nullable(text),
      description: nullable(text),
      allowed: flag,
      read_only: flag,
      idempotent: flag,
      destructive: flag,
      input_schema: mapOf(anything),
      output_schema: nullable(mapOf(anything)),
    }),
  ),
});

const checkShape: Shape<McpCheck> = fields({
  server: text,
  ok: flag,
  server_name: nullable(text),
  server_version: nullable(text),
  protocol_version: nullable(text),
  tools: nullable(number),
  duration_ms: nullable(number),
  error: nullable(fields({ type: text, message: text })),
});

const ROOT = '/mcp-servers';
const pathOf = (name: string) => `${ROOT}/${segment(name)}`;

export function createMcpServers(transport: TransportOptions): McpServers {
  const shape = serverShape;
  const { read, list } = createReader(transport);
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: ROOT, body, shape }, options),
    get: (name, options) => read(pathOf(name), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    replace: (name, body, options) => change('PUT', name, options, body),
    remove: (name, options) => change('DELETE', name, options),
    tools: (name, options) => read(`${pathOf(name)}/tools`, toolsShape, {}, options),
    check: (name, options = {}) =>
      send(transport, {
        ...{ method: 'POST', path: `${pathOf(name)}/check`, shape: checkShape, repeatable: true },
        ...signalOf(options),
      }),
  };
}
