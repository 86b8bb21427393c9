import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  ErrorCode,
  ListToolsResultSchema,
  McpError,
  type Progress,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { Clock, McpServerSpec, McpToolInfo } from '@tenuto/engine';
import type { CommandOptions } from '../command/options.ts';
import { secretKeptFrom } from '../secret-hosts.ts';
import { failureOf, McpFailure, mcpFailure } from './failure.ts';
import { CALL_KEY, type HttpReach, httpTransport } from './http-transport.ts';
import { MCP_LIMITS } from './limits.ts';
import { stdioTransport } from './stdio-transport.ts';
import { toolInfo } from './tool-info.ts';

export interface McpReach extends HttpReach {
  readonly clock: Clock;
  readonly commands: CommandOptions;
  /** Says who is asking. */
  readonly version: string;
}

export interface ToolRequest {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** A server that has been greeted. */
export interface McpConnection {
  readonly server: { readonly name: string; readonly version: string };
  readonly protocolVersion: string | null;
  /** Calls that are under way. */
  readonly calls: number;
  readonly closed: boolean;
  /** @throws McpFailure */
  tools(signal: AbortSignal, fresh?: boolean): Promise<ReadonlyMap<string, McpToolInfo>>;
  /** @throws McpFailure, and what the signal was aborted with */
  call(request: ToolRequest): Promise<CallToolResult>;
  close(): Promise<void>;
}

/**
 * Connects with a server and greets it.
 * @throws McpFailure that says why it cannot be spoken with, and what the signal was aborted with
 */
export async function connect(
  server: McpServerSpec,
  reach: McpReach,
  { signal, onClose }: { readonly signal: AbortSignal; readonly onClose: () => void },
): Promise<McpConnection> {
  const bound = boundElsewhere(server);
  if (bound !== undefined) throw mcpFailure('validation', 'secret_host_refused', bound);
  const client = new Client(
    { name: 'tenuto', version: reach.version },
    // Schemas of servers are checked by our own hand, which nothing can keep busy for long.
    {
      jsonSchemaValidator: {
        getValidator: () => (data) => ({
          valid: true,
          data: data as never,
          errorMessage: undefined,
        }),
      },
    },
  );
  const pending = new Map<string, () => void>();
  const stdio = server.transport === 'stdio' ? stdioTransport(server, reach.commands) : undefined;
  const http =
    stdio === undefined ? httpTransport(server, reach, (id) => pending.get(id)?.()) : undefined;
  const transport: Transport | undefined = stdio ?? http;
  if (transport === undefined) throw new Error('a server has neither transport');
  const state: State = { calls: 0, made: 0, closed: false, trouble: '', fault: undefined };
  client.onclose = () => {
    state.closed = true;
    onClose();
  };
  client.onerror = (error) => {
    state.trouble = error.message;
    if (error instanceof McpFailure) state.fault = error;
    // The transport has given up to take up a stream that was cut off.
    if (error.message.startsWith('Maximum reconnection'))
      for (const lose of pending.values()) lose();
  };
  const complaint = () => stdio?.complaints() || state.trouble;
  try {
    await client.connect(transport, { signal, timeout: MCP_LIMITS.connectMs });
  } catch (error) {
    await client.close().catch(() => undefined);
    await transport.close().catch(() => undefined);
    signal.throwIfAborted();
    throw explained(failureOf(error, { sent: false }), complaint());
  }
  return greeted({ client, state, pending, complaint, end: () => http?.terminateSession() });
}

interface State {
  calls: number;
  made: number;
  closed: boolean;
  trouble: string;
  /** Why we have hung up ourselves. */
  fault: McpFailure | undefined;
}

interface Parts {
  readonly client: Client;
  readonly state: State;
  readonly pending: Map<string, () => void>;
  complaint(): string;
  end(): Promise<void> | undefined;
}

function greeted({ client, state, pending, complaint, end }: Parts): McpConnection {
  let known: Promise<ReadonlyMap<string, McpToolInfo>> | undefined;
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    known = undefined;
  });
  const { name = '', version = '' } = client.getServerVersion() ?? {};
  return {
    server: { name: name.slice(0, 200), version: version.slice(0, 100) },
    protocolVersion: protocolOf(client.transport),
    get calls() {
      return state.calls;
    },
    get closed() {
      return state.closed;
    },
    tools(signal, fresh = false) {
      if (fresh || known === undefined) {
        known = listTools(client, signal).catch((error: unknown) => {
          known = undefined;
          signal.throwIfAborted();
          throw explained(failureOf(error, { sent: false }), complaint());
        });
      }
      return known;
    },
    async call(request) {
      state.calls += 1;
      try {
        state.made += 1;
        return await callTool(client, pending, { ...request, callNumber: state.made });
      } catch (error) {
        request.signal.throwIfAborted();
        const thrown = state.closed && state.fault !== undefined ? state.fault : error;
        throw explained(failureOf(thrown, { sent: true }), state.closed ? complaint() : '');
      } finally {
        state.calls -= 1;
      }
    },
    async close() {
      await end()?.catch(() => undefined);
      await client.close().catch(() => undefined);
    },
  };
}

function protocolOf(transport: Transport | undefined): string | null {
  const version: unknown = transport && Reflect.get(transport, 'protocolVersion');
  return typeof version === 'string' ? version : null;
}

async function callTool(
  client: Client,
  pending: Map<string, () => void>,
  { callNumber, ...request }: ToolRequest & { readonly callNumber: number },
): Promise<CallToolResult> {
  const { tool, arguments: given, idempotencyKey, timeoutMs, signal, progress } = request;
  const stopper = new AbortController();
  const stop = () => stopper.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const id = String(callNumber);
  pending.set(id, () => stopper.abort(new McpError(ErrorCode.ConnectionClosed, CUT_OFF)));
  try {
    const params = {
      name: tool,
      arguments: given,
      _meta: { [KEY]: idempotencyKey, [CALL_KEY]: id },
    };
    return await client.request({ method: 'tools/call', params }, CallToolResultSchema, {
      signal: stopper.signal,
      timeout: timeoutMs,
      onprogress: progress,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    pending.delete(id);
  }
}

const KEY = 'tenuto/idempotency-key';
const CUT_OFF = 'The connection ended before the answer came.';

async function listTools(
  client: Client,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, McpToolInfo>> {
  const tools = new Map<string, McpToolInfo>();
  let cursor: string | undefined;
  for (let page = 0; page < MCP_LIMITS.pages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const options = { signal, timeout: MCP_LIMITS.connectMs };
    const answer = await client.request(
      { method: 'tools/list', params },
      ListToolsResultSchema,
      options,
    );
    for (const tool of answer.tools) tools.set(tool.name, toolInfo(tool));
    if (tools.size > MCP_LIMITS.tools) break;
    cursor = answer.nextCursor;
    if (cursor === undefined || cursor === '') return tools;
  }
  const message = `The server has more than ${MCP_LIMITS.tools} tools, or its list has no end.`;
  throw mcpFailure('permanent', 'mcp_protocol', message);
}

/** Why a server's own secrets may not go to it. */
function boundElsewhere({ transport, secrets, url, name }: McpServerSpec): string | undefined {
  const uses = [...secrets].map(([secret, { allowedHosts }]) => ({
    name: secret,
    ...(allowedHosts !== undefined && { allowedHosts }),
  }));
  const kept = secretKeptFrom(uses, transport === 'stdio' ? '' : url);
  return kept && `The secret ${kept.name} is bound to hosts, and the server "${name}" is none.`;
}

function explained(failure: McpFailure, complaint: string): McpFailure {
  if (complaint === '' || failure.error.message.includes(complaint)) return failure;
  const message = `${failure.error.message} It said: ${complaint}`;
  const error = { ...failure.error, message: message.slice(0, MCP_LIMITS.errorChars) };
  return new McpFailure(error, failure);
}
