import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';
import { MCP_TRANSPORTS } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;

/** Names that actions begin with themselves: a server of such a name could not be told from them. */
export const RESERVED_SERVER_NAMES = [
  'http',
  'command',
  'test',
  'agent',
  'mcp',
  'worker',
  'notify',
  'event',
  'approval',
  'signal',
  'sleep',
  'run',
  'transform',
  'tenuto',
] as const;

const texts = Type.Record(
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.String({ maxLength: 8_192 }),
  {
    maxProperties: 50,
  },
);
const written = {
  name: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$',
    description: 'Unique among your servers; its tools are the actions `<name>.<tool>`.',
  }),
  description: Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()]),
  transport: Type.Enum([...MCP_TRANSPORTS]),
  command: Type.Array(Type.String({ maxLength: 8_192 }), { minItems: 1, maxItems: 100 }),
  url: Type.String({ minLength: 1, maxLength: 8_192 }),
  tools_allow: Type.Union(
    [Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200 }), Type.Null()],
    {
      description: 'The tools that may be called: names, or beginnings with `*` behind; null: all.',
    },
  ),
} as const;

/** The body of `POST /mcp-servers`, and of `PUT` on one of them. */
export const WriteMcpServerSchema = Type.Object(
  {
    name: written.name,
    description: Type.Optional(written.description),
    transport: written.transport,
    command: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 8_192 }), written.command], {
        description:
          'Of `stdio`: the program, or the program and its arguments. There is no shell.',
      }),
    ),
    args: Type.Optional(
      Type.Array(Type.String({ maxLength: 8_192 }), {
        maxItems: 100,
        description: 'Arguments, behind those of `command`.',
      }),
    ),
    url: Type.Optional(Type.String({ ...written.url, description: 'Of `http`: its address.' })),
    headers: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1, maxLength: 200 }),
        Type.String({ maxLength: 8_192 }),
        {
          maxProperties: 50,
          description: 'Of `http`: sent with every request; may hold `${secrets.NAME}`.',
        },
      ),
    ),
    env: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1, maxLength: 200 }),
        Type.String({ maxLength: 8_192 }),
        {
          maxProperties: 50,
          description: 'Of `stdio`: variables of its process; may hold `${secrets.NAME}`.',
        },
      ),
    ),
    tools_allow: Type.Optional(written.tools_allow),
  },
  {
    ...closed,
    examples: [
      {
        name: 'search',
        transport: 'http',
        url: 'https://mcp.example.com/mcp',
        headers: { authorization: 'Bearer ${secrets.SEARCH_TOKEN}' },
        tools_allow: ['web_search'],
      },
    ],
  },
);
export type WriteMcpServer = Static<typeof WriteMcpServerSchema>;

/** A registered MCP server; secrets stand in it by name. */
export const McpServerSchema = Type.Object(
  {
    server_id: Type.String({ format: 'uuid' }),
    name: written.name,
    description: written.description,
    transport: written.transport,
    command: Type.Union([written.command, Type.Null()]),
    url: Type.Union([written.url, Type.Null()]),
    headers: texts,
    env: texts,
    tools_allow: written.tools_allow,
    owner: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    created_at: TimeSchema,
    updated_at: TimeSchema,
    updated_by: Type.String(),
  },
  {
    ...closed,
    examples: [
      {
        server_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        name: 'search',
        description: null,
        transport: 'http',
        command: null,
        url: 'https://mcp.example.com/mcp',
        headers: { authorization: 'Bearer ${secrets.SEARCH_TOKEN}' },
        env: {},
        tools_allow: ['web_search'],
        owner: 'ana',
        version: 1,
        created_at: '2026-01-15T09:30:00.000Z',
        updated_at: '2026-01-15T09:30:00.000Z',
        updated_by: 'ana',
      },
    ],
  },
);
export type McpServer = Static<typeof McpServerSchema>;
export const McpServerListSchema = listSchema(McpServerSchema);

/** A tool as its server describes it. */
export const McpToolSchema = Type.Object(
  {
    name: Type.String(),
    uses: Type.String({ description: 'The action that calls it.' }),
    title: Type.Union([Type.String(), Type.Null()]),
    description: Type.Union([Type.String(), Type.Null()]),
    allowed: Type.Boolean({ description: 'Whether `tools_allow` lets it be called.' }),
    read_only: Type.Boolean(),
    idempotent: Type.Boolean(),
    destructive: Type.Boolean(),
    input_schema: Type.Record(Type.String(), Type.Unknown()),
    output_schema: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  },
  closed,
);
export type McpTool = Static<typeof McpToolSchema>;

/** The answer of `GET /mcp-servers/{name}/tools`. */
export const McpToolListSchema = Type.Object(
  { server: Type.String(), tools: Type.Array(McpToolSchema) },
  {
    ...closed,
    examples: [
      {
        server: 'search',
        tools: [
          {
            name: 'web_search',
            uses: 'search.web_search',
            title: 'Search the web',
            description: 'Finds pages.',
            allowed: true,
            read_only: true,
            idempotent: true,
            destructive: false,
            input_schema: { type: 'object', properties: { query: { type: 'string' } } },
            output_schema: null,
          },
        ],
      },
    ],
  },
);
export type McpToolList = Static<typeof McpToolListSchema>;

/** The answer of `POST /mcp-servers/{name}/check`. */
export const McpCheckSchema = Type.Object(
  {
    server: Type.String(),
    ok: Type.Boolean(),
    server_name: Type.Union([Type.String(), Type.Null()]),
    server_version: Type.Union([Type.String(), Type.Null()]),
    protocol_version: Type.Union([Type.String(), Type.Null()]),
    tools: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    duration_ms: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    error: Type.Union([
      Type.Object({ type: Type.String(), message: Type.String() }, closed),
      Type.Null(),
    ]),
  },
  {
    ...closed,
    examples: [
      {
        server: 'search',
        ok: true,
        server_name: 'example-search',
        server_version: '1.4.0',
        protocol_version: '2025-11-25',
        tools: 3,
        duration_ms: 120,
        error: null,
      },
    ],
  },
);
export type McpCheck = Static<typeof McpCheckSchema>;
