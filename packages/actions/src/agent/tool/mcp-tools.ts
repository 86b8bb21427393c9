/** Tools of registered MCP servers, under the same rules as `mcp.call`. */
import { type Json, type JsonObject, OrchestrationError } from '@tenuto/contract';
import type { ActionOutcome, McpToolInfo } from '@tenuto/engine';
import { failureOf } from '../../mcp/failure.ts';
import { type McpCallParts, mcpTool } from '../../mcp/mcp-call.ts';
import { isAllowed } from '../../mcp/tool-info.ts';
import { AgentStop, stop } from '../failure.ts';
import { isObject } from '../json-object.ts';
import { AGENT_LIMITS } from '../limits.ts';
import type { AgentSession } from '../session.ts';
import { type AgentTool, answer, refusal, type Told, type ToolUse } from './agent-tool.ts';
import { derivedCall } from './derived-call.ts';
import { wireName } from './tool-name.ts';

/**
 * The tools that `<server>` or `<server>.<tool>` stands for.
 * @throws AgentStop when there is no such server, or it has no such tool
 */
export async function mcpTools(
  parts: McpCallParts,
  session: AgentSession,
  named: string,
): Promise<readonly AgentTool[]> {
  const dot = named.indexOf('.');
  const server = dot < 0 ? named : named.slice(0, dot);
  const wanted = dot < 0 ? undefined : named.slice(dot + 1);
  const { tools, allow } = await offered(parts, session, server);
  const allowed = tools
    .filter(({ name }) => isAllowed(name, allow) && (wanted === undefined || name === wanted))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (allowed.length === 0) {
    const what = wanted === undefined ? 'no tools' : `no tool "${wanted}"`;
    throw stop(
      'validation',
      'unknown_tool',
      `The MCP server ${server} has ${what} that may be called.`,
    );
  }
  if (allowed.length > AGENT_LIMITS.mcpTools) {
    const message = `The MCP server ${server} has ${allowed.length} tools, and an agent takes ${AGENT_LIMITS.mcpTools}; name those that it needs as ${server}.<tool>.`;
    throw stop('validation', 'too_many_tools', message);
  }
  return allowed.map((tool) => toolOf(parts, server, tool));
}

async function offered(parts: McpCallParts, session: AgentSession, name: string) {
  const { call } = session;
  try {
    const server = await parts.find(call.owner, name);
    if (server === undefined) {
      const message = `There is no tool and no MCP server "${name}".`;
      throw stop('validation', 'unknown_tool', message);
    }
    const connection = await session.alive(parts.pool.connection(server, call.signal));
    const tools = await session.alive(connection.tools(call.signal));
    return { tools: [...tools.values()], allow: server.toolsAllow };
  } catch (thrown) {
    session.check();
    if (thrown instanceof OrchestrationError) {
      throw stop(
        thrown.status < 500 ? 'validation' : 'infrastructure',
        'mcp_server_unusable',
        thrown.message,
      );
    }
    if (thrown instanceof AgentStop) throw thrown;
    const { classification, type, message } = failureOf(thrown, { sent: false }).error;
    throw stop(classification, type, `The MCP server ${name}: ${message}`);
  }
}

function toolOf(parts: McpCallParts, server: string, info: McpToolInfo): AgentTool {
  const name = `${server}.${info.name}`;
  const description = info.description ?? info.title ?? `${info.name} of ${server}`;
  return {
    name,
    spec: { name: wireName(name), description, inputSchema: info.inputSchema },
    repeatable: info.readOnly || info.idempotent,
    run: (input, use) => callTool(parts, name, { input, use }),
  };
}

async function callTool(
  parts: McpCallParts,
  name: string,
  { input, use }: { readonly input: JsonObject; readonly use: ToolUse },
): Promise<Told> {
  const action = mcpTool(parts, name);
  if (action === undefined) return refusal(`${name} cannot be called.`);
  const outcome = await action.run(derivedCall(use, { uses: name, input }));
  use.session.check();
  return toldOf(name, outcome);
}

function toldOf(name: string, outcome: ActionOutcome): Told {
  const output = 'output' in outcome ? outcome.output : undefined;
  const text = output === undefined ? '' : textOf(output);
  if (!('error' in outcome)) return answer(text || `${name} answered nothing.`);
  const { message, outcomeUnknown } = outcome.error;
  const told = refusal([message, text].filter(Boolean).join('\n'));
  return outcomeUnknown === true ? { ...told, outcomeUnknown } : told;
}

function textOf(output: Json): string {
  if (typeof output === 'string') return output;
  if (isObject(output) && typeof output.text === 'string' && isEmpty(output.content)) {
    return output.text;
  }
  return JSON.stringify(output, null, 1);
}

function isEmpty(list: Json | undefined): boolean {
  return Array.isArray(list) && list.length === 0;
}
