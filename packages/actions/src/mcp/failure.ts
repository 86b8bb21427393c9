import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Classification } from '@tenuto/contract';
import type { ActionError } from '@tenuto/engine';
import { Refusal } from '../command/refusal.ts';
import { notStarted } from '../command/verdict.ts';
import { classifyFailure, HttpFailure } from '../http/failure.ts';
import { statusError } from '../http/status.ts';
import { errorCode } from '../system-error.ts';

/** A failure whose meaning is known already. */
export class McpFailure extends Error {
  readonly error: ActionError;
  /** The request may have been carried out. */
  readonly sent: boolean;

  constructor(error: ActionError, { sent = false }: { readonly sent?: boolean } = {}) {
    super(error.message);
    this.name = new.target.name;
    this.error = error;
    this.sent = sent;
  }
}

export function mcpFailure(
  classification: Classification,
  type: string,
  message: string,
  { sent = false }: { readonly sent?: boolean } = {},
): McpFailure {
  return new McpFailure({ classification, type, message }, { sent });
}

type Meaning = readonly [classification: Classification, type: string];

/** What the codes of JSON-RPC and MCP mean for a retry. */
export const RPC_CODES: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [ErrorCode.ParseError, ['permanent', 'mcp_protocol']],
  [ErrorCode.InvalidRequest, ['permanent', 'mcp_protocol']],
  [ErrorCode.MethodNotFound, ['permanent', 'mcp_not_supported']],
  [ErrorCode.InvalidParams, ['validation', 'invalid_arguments']],
  [ErrorCode.InternalError, ['unknown', 'mcp_internal']],
  [ErrorCode.RequestTimeout, ['timeout', 'timeout']],
  [ErrorCode.ConnectionClosed, ['transient', 'mcp_connection_lost']],
]);

/** What anything means that was thrown while a server was spoken with. */
export function failureOf(thrown: unknown, { sent }: { readonly sent: boolean }): McpFailure {
  if (thrown instanceof McpFailure) return thrown;
  if (thrown instanceof HttpFailure) return new McpFailure(thrown.error);
  if (thrown instanceof Refusal) {
    return mcpFailure('validation', thrown.type, thrown.message);
  }
  if (thrown instanceof McpError) return new McpFailure(rpcError(thrown), { sent });
  if (thrown instanceof StreamableHTTPError) return httpFailure(thrown, sent);
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof Error) return failureOf(cause, { sent });
  if (errorCode(thrown) !== '') return new McpFailure(systemError(thrown), { sent });
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const message = `The server does not speak MCP as it should: ${text.slice(0, 500)}`;
  return mcpFailure('permanent', 'mcp_protocol', message, { sent });
}

function rpcError({ code, message }: McpError): ActionError {
  const [classification, type] = RPC_CODES.get(code) ?? ['unknown', 'mcp_error'];
  return { classification, type, message: message.slice(0, 2_000), details: { code } };
}

/** A status that the transport did not expect; the request was not carried out then. */
function httpFailure(thrown: StreamableHTTPError, sent: boolean): McpFailure {
  const { code: status, message } = thrown;
  if (status === undefined || status < 400) {
    return mcpFailure('permanent', 'mcp_protocol', message.slice(0, 2_000), { sent });
  }
  const subject = 'The MCP server';
  const error = statusError({ status, retryAfter: undefined, subject, nowMs: 0 });
  return new McpFailure(error, { sent: sent && status >= 500 });
}

function systemError(thrown: unknown): ActionError {
  const isSpawn =
    thrown instanceof Error && 'syscall' in thrown && String(thrown.syscall).startsWith('spawn');
  return isSpawn ? notStarted(thrown) : classifyFailure(thrown);
}
