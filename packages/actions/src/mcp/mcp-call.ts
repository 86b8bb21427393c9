import { type JsonObject, OrchestrationError } from '@tenuto/contract';
import {
  type ActionCall,
  type ActionOutcome,
  createMask,
  type FindMcpServer,
  type McpServerSpec,
  type McpToolInfo,
} from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { type ActionDefinition, refused } from '../action.ts';
import { secretKeptFrom } from '../secret-hosts.ts';
import type { McpConnection } from './connection.ts';
import { failureOf, McpFailure, mcpFailure } from './failure.ts';
import { MCP_LIMITS } from './limits.ts';
import type { McpPool } from './pool.ts';
import { checkAgainst } from './tool-check.ts';
import { isAllowed } from './tool-info.ts';
import { type OutputForm, outcomeOf } from './tool-result.ts';

const MCP_PARAMETERS = Type.Object(
  {
    server: Type.String({ minLength: 1, maxLength: 64, description: 'A registered MCP server.' }),
    tool: Type.String({ minLength: 1, maxLength: 200 }),
    arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    timeout_seconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 86_400, default: MCP_LIMITS.callMs / 1_000 }),
    ),
    read_only: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'The call changes nothing: it may be made again, whatever happened to it.',
      }),
    ),
    output: Type.Optional(Type.Enum(['auto', 'full'], { default: 'auto' })),
  },
  { additionalProperties: false },
);
type McpParameters = Static<typeof MCP_PARAMETERS>;

const ANYTHING = Type.Object({}, { additionalProperties: true });

export interface McpCallParts {
  readonly pool: McpPool;
  readonly find: FindMcpServer;
}

interface Wanted {
  readonly server: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly timeoutMs: number;
  readonly readOnly: boolean;
  readonly form: OutputForm;
}

const COMMON = {
  secretFields: 'all',
  keepsHosts: true,
  // Nobody knows what a call of a tool costs when it is made twice.
  onAmbiguous: 'ask',
} as const;

/** The action `mcp.call`: calls a tool of a registered MCP server. */
export function mcpCall(parts: McpCallParts): ActionDefinition {
  return {
    ...COMMON,
    name: 'mcp.call',
    description: 'Calls a tool of a registered MCP server.',
    parameters: MCP_PARAMETERS,
    async run(call) {
      const given: unknown = call.with;
      if (!Check(MCP_PARAMETERS, given)) return refused('invalid_parameters', 'with does not fit.');
      return await callTool(parts, call, wantedOf(call, given));
    },
    effectOf: ({ server, tool, read_only: readOnly }) =>
      readOnly === true ? undefined : `${String(server)}.${String(tool)}`,
    close: () => parts.pool.close(),
  };
}

/** The action `<server>.<tool>`: `with` is what the tool is given. */
export function mcpTool(parts: McpCallParts, uses: string): ActionDefinition | undefined {
  const [, server, tool] = /^([A-Za-z][A-Za-z0-9_-]{0,63})\.(.{1,200})$/s.exec(uses) ?? [];
  if (server === undefined || tool === undefined) return undefined;
  return {
    ...COMMON,
    name: uses,
    description: `Calls ${tool} of the MCP server ${server}.`,
    parameters: ANYTHING,
    run: (call) =>
      callTool(parts, call, {
        ...{ server, tool, arguments: call.with, readOnly: false, form: 'auto' },
        timeoutMs: MCP_LIMITS.callMs,
      }),
    effectOf: () => uses,
  };
}

/** `arguments` came with the call's parameters, which are JSON. */
function wantedOf(call: ActionCall, given: McpParameters): Wanted {
  const { server, tool, timeout_seconds: seconds, read_only: readOnly = false } = given;
  return {
    ...{ server, tool, readOnly, form: given.output ?? 'auto' },
    arguments: (call.with.arguments ?? {}) as JsonObject,
    timeoutMs: seconds === undefined ? MCP_LIMITS.callMs : seconds * 1_000,
  };
}

async function callTool(
  parts: McpCallParts,
  call: ActionCall,
  wanted: Wanted,
): Promise<ActionOutcome> {
  const found = await serverOf(parts.find, call.owner, wanted.server);
  if ('outcome' in found) return found.outcome;
  const { server } = found;
  const kept = secretKeptFrom(call.secrets, server.transport === 'stdio' ? '' : server.url);
  if (kept !== undefined) {
    const message = `The secret ${kept.name} is bound to hosts; ${server.name} is not one of them.`;
    return refused('secret_host_refused', message);
  }
  if (!isAllowed(wanted.tool, server.toolsAllow)) {
    const message = `The tool ${wanted.tool} is not among those that ${server.name} is allowed.`;
    return refused('tool_not_allowed', message);
  }
  if (server.secrets.size === 0) {
    return await converse(parts.pool, call, { server, wanted, log: plainLog(call) });
  }
  const mask = createMask([...server.secrets.values()].map(({ value }) => value));
  const log = (text: string) => call.log('system', mask.text(text));
  return mask.outcome(await converse(parts.pool, call, { server, wanted, log }));
}

function plainLog(call: ActionCall): Conversation['log'] {
  return (text) => call.log('system', text);
}

interface Conversation {
  readonly server: McpServerSpec;
  readonly wanted: Wanted;
  log(text: string): void;
}

async function converse(
  pool: McpPool,
  call: ActionCall,
  { server, wanted, log }: Conversation,
): Promise<ActionOutcome> {
  let connection: McpConnection | undefined;
  let tool: McpToolInfo | undefined;
  try {
    connection = await pool.connection(server, call.signal);
    tool = await toolOf(connection, wanted.tool, call.signal);
    refuseArguments(tool, wanted.arguments);
    log(`calls ${server.name}.${tool.name}`);
    const result = await connection.call({
      tool: tool.name,
      arguments: wanted.arguments,
      idempotencyKey: call.idempotencyKey,
      timeoutMs: wanted.timeoutMs,
      signal: call.signal,
      progress: ({ progress, total, message = '' }) =>
        log(`progress ${progress}${total === undefined ? '' : ` of ${total}`} ${message}`.trim()),
    });
    return outcomeOf(tool, result, wanted.form);
  } catch (error) {
    if (call.signal.aborted) return cancelled(connection !== undefined && !mayRepeat(wanted, tool));
    const failure = failureOf(error, { sent: false });
    if (connection !== undefined && isBroken(failure)) pool.retire(connection);
    return ended(failure, mayRepeat(wanted, tool));
  }
}

/** What is broken off or does not answer is not asked again: the next call gets a new connection. */
function isBroken({ error: { type } }: McpFailure): boolean {
  return ['timeout', 'mcp_session_lost', 'mcp_connection_lost', 'mcp_protocol'].includes(type);
}

/** Whether a call may be made again of which nobody knows if it took effect. */
function mayRepeat(wanted: Wanted, tool: McpToolInfo | undefined): boolean {
  if (wanted.readOnly) return true;
  return tool !== undefined && (tool.readOnly || tool.idempotent);
}

function ended({ error, sent }: McpFailure, mayRepeat: boolean): ActionOutcome {
  const status = error.type === 'timeout' ? 'timeout' : 'failed';
  const isOver = ['validation', 'permanent'].includes(error.classification);
  if (!sent || mayRepeat || isOver || error.type === 'mcp_error') return { status, error };
  return { status, error: { ...error, outcomeUnknown: true } };
}

async function serverOf(
  find: FindMcpServer,
  owner: string,
  name: string,
): Promise<{ readonly server: McpServerSpec } | { readonly outcome: ActionOutcome }> {
  try {
    const server = await find(owner, name);
    if (server !== undefined) return { server };
    return { outcome: refused('unknown_mcp_server', `There is no MCP server "${name}".`) };
  } catch (error) {
    if (error instanceof OrchestrationError && error.status < 500) {
      return { outcome: refused('mcp_server_unusable', error.message) };
    }
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The MCP server "${name}" cannot be read now: ${reason}`;
    const failed = {
      classification: 'infrastructure',
      type: 'mcp_server_unread',
      message,
    } as const;
    return { outcome: { status: 'failed', error: failed } };
  }
}

/** A tool that is not known may be new: it is asked for once more. */
async function toolOf(
  connection: McpConnection,
  name: string,
  signal: AbortSignal,
): Promise<McpToolInfo> {
  const known = (await connection.tools(signal)).get(name);
  const tool = known ?? (await connection.tools(signal, true)).get(name);
  if (tool !== undefined) return tool;
  throw mcpFailure('validation', 'unknown_tool', `The server has no tool "${name}".`);
}

const PROBLEMS_NAMED = 5;

function refuseArguments({ name, inputSchema }: McpToolInfo, given: JsonObject): void {
  const problems = checkAgainst(inputSchema, given);
  if ('unusable' in problems) {
    const message = `The schema of ${name} cannot be used: ${problems.unusable}.`;
    throw mcpFailure('permanent', 'invalid_tool_schema', message);
  }
  if (problems.length === 0) return;
  const named = problems
    .slice(0, PROBLEMS_NAMED)
    .map(({ path, message }) => `arguments${path} ${message}`);
  throw new McpFailure({
    classification: 'validation',
    type: 'invalid_arguments',
    message: `${name}: ${named.join('; ')}.`,
    details: { problems: problems.map(({ path, message }) => ({ path, message })) },
  });
}

function cancelled(outcomeUnknown: boolean): ActionOutcome {
  const message = 'The call was cancelled before it ended.';
  const error = { classification: 'permanent', type: 'cancelled', message } as const;
  return { status: 'cancelled', error: { ...error, outcomeUnknown } };
}
