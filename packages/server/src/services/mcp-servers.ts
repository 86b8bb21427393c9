import {
  formatTime,
  type List,
  type McpCheck,
  type McpServer,
  type McpToolList,
  OrchestrationError,
  PlanError,
  type WriteMcpServer,
} from '@tenuto/contract';
import type { Access, DocumentRecord, McpHands, McpServerSpec, SecretStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import {
  changeDocument,
  createDocument,
  type DocumentParts,
  deleteDocument,
  findDocument,
  listDocuments,
} from './documents.ts';
import { contentOf, mcpContent, secretsIn, storedContent } from './mcp-server-content.ts';
import type { Paging } from './paging.ts';

export interface McpServerParts extends DocumentParts {
  readonly secrets: Pick<SecretStore, 'unknown'>;
  readonly mcp: McpHands;
  /** A registered server with its secrets put in. */
  readonly mcpSpec: (record: DocumentRecord) => Promise<McpServerSpec>;
}

const KIND = { kind: 'mcp_server', what: 'MCP server' } as const;
const WHAT = 'MCP servers';
/** Whoever asks waits for an answer: a server that starts for longer is not well. */
const PATIENCE_MS = 20_000;

/** @throws OrchestrationError 400, 409 for a name that is taken, 422 for what cannot be reached */
export async function createMcpServer(
  parts: McpServerParts,
  caller: Caller,
  { body, key }: { readonly body: WriteMcpServer; readonly key: string | undefined },
): Promise<McpServer> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const content = () => contentFor(parts, access.owner, body);
  return mcpServerView(
    await createDocument(parts, caller, { ...KIND, access, body, key, content }),
  );
}

async function contentFor(parts: McpServerParts, owner: string, body: WriteMcpServer) {
  const content = mcpContent(parts.mcp, body);
  const texts = [...Object.values(content.headers), ...Object.values(content.env)];
  const names = [...new Set(texts.flatMap((text) => secretsIn(text)))];
  const unknown = names.length === 0 ? [] : await parts.secrets.unknown(owner, names);
  const [first] = unknown;
  if (first !== undefined) {
    const field = content.transport === 'http' ? '/headers' : '/env';
    const problems = unknown.map((name) => ({
      path: field,
      message: `There is no secret "${name}"; set it first.`,
      value: name,
    }));
    throw new PlanError(problems[0]?.message ?? '', problems);
  }
  return { name: body.name, content: storedContent(content) };
}

/** @throws OrchestrationError 404 */
export async function getMcpServer(
  parts: McpServerParts,
  caller: Caller,
  name: string,
): Promise<McpServer> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  return mcpServerView(await findDocument(parts, access, KIND, name));
}

/** Newest first. */
export function listMcpServers(
  parts: McpServerParts,
  caller: Caller,
  paging: Paging,
): Promise<List<McpServer>> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  return listDocuments(parts, access, { kind: KIND.kind, paging, item: mcpServerView });
}

interface Wanted {
  readonly name: string;
  readonly ifMatch: string | undefined;
}

/** @throws OrchestrationError 400, 404, 409, 412, 422 */
export async function replaceMcpServer(
  parts: McpServerParts,
  caller: Caller,
  { name, ifMatch, body }: Wanted & { readonly body: WriteMcpServer },
): Promise<McpServer> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const record = await changeDocument(parts, caller, {
    ...{ ...KIND, access, idOrName: name, ifMatch },
    content: ({ owner }) => contentFor(parts, owner, body),
  });
  return mcpServerView(record);
}

/** @throws OrchestrationError 404, 412 */
export async function deleteMcpServer(
  parts: McpServerParts,
  caller: Caller,
  { name, ifMatch }: Wanted,
): Promise<McpServer> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  return mcpServerView(
    await deleteDocument(parts, caller, { ...KIND, access, idOrName: name, ifMatch }),
  );
}

/**
 * The tools that a server has now.
 * @throws OrchestrationError 404, 422 when the server cannot be asked
 */
export async function listMcpTools(
  parts: McpServerParts,
  caller: Caller,
  name: string,
): Promise<McpToolList> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  const spec = await specOf(parts, access, name);
  try {
    const tools = await parts.mcp.tools(spec, AbortSignal.timeout(PATIENCE_MS));
    return {
      server: spec.name,
      tools: tools.map((tool) => ({
        name: tool.name,
        uses: `${spec.name}.${tool.name}`,
        title: tool.title,
        description: tool.description,
        allowed: isAllowed(tool.name, spec.toolsAllow),
        read_only: tool.readOnly,
        idempotent: tool.idempotent,
        destructive: tool.destructive,
        input_schema: tool.inputSchema,
        output_schema: tool.outputSchema,
      })),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OrchestrationError('unprocessable', `The server cannot be asked: ${reason}`);
  }
}

function isAllowed(tool: string, allow: readonly string[] | null): boolean {
  return (
    allow === null ||
    allow.some((one) => (one.endsWith('*') ? tool.startsWith(one.slice(0, -1)) : tool === one))
  );
}

/**
 * Whether a server can be spoken with now; that it cannot is an answer too.
 * @throws OrchestrationError 404
 */
export async function checkMcpServer(
  parts: McpServerParts,
  caller: Caller,
  name: string,
): Promise<McpCheck> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const spec = await specOf(parts, access, name);
  const result = await parts.mcp.check(spec, AbortSignal.timeout(PATIENCE_MS));
  if (!result.ok) {
    const { type, message } = result;
    return { ...UNCHECKED, server: spec.name, ok: false, error: { type, message } };
  }
  return {
    server: spec.name,
    ok: true,
    server_name: result.server.name,
    server_version: result.server.version,
    protocol_version: result.protocolVersion,
    tools: result.tools,
    duration_ms: result.durationMs,
    error: null,
  };
}

const UNCHECKED = {
  server_name: null,
  server_version: null,
  protocol_version: null,
  tools: null,
  duration_ms: null,
} as const;

async function specOf(parts: McpServerParts, access: Access, name: string): Promise<McpServerSpec> {
  return parts.mcpSpec(await findDocument(parts, access, KIND, name));
}

function mcpServerView(record: DocumentRecord): McpServer {
  const { description, transport, command, url, headers, env, toolsAllow } = contentOf(record);
  return {
    server_id: record.documentId,
    name: record.name,
    description,
    transport,
    command: transport === 'stdio' ? [...command] : null,
    url: transport === 'http' ? url : null,
    headers: { ...headers },
    env: { ...env },
    tools_allow: toolsAllow === null ? null : [...toolsAllow],
    owner: record.owner,
    version: record.version,
    created_at: formatTime(record.createdAt),
    updated_at: formatTime(record.updatedAt),
    updated_by: record.updatedBy,
  };
}
