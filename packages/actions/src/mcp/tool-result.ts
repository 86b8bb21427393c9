import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Json, JsonObject } from '@tenuto/contract';
import type { ActionError, ActionOutcome, McpToolInfo } from '@tenuto/engine';
import { RPC_CODES } from './failure.ts';
import { MCP_LIMITS } from './limits.ts';
import { checkAgainst } from './tool-check.ts';

export type OutputForm = 'auto' | 'full';

/**
 * The outcome of a call. The output is what the tool says in a structure, if it does, else
 * `{text, content}`: its text, and what of its content is not text; `full` gives all as it came.
 */
export function outcomeOf(
  tool: McpToolInfo,
  result: CallToolResult,
  form: OutputForm,
): ActionOutcome {
  const output = outputOf(result, form);
  if (result.isError === true) {
    return { status: 'failed', error: toolError(tool.name, textOf(result)), output };
  }
  const wrong = structureFault(tool, result);
  if (wrong === undefined) return { status: 'completed', output };
  const message = `The answer of ${tool.name} is not what the tool promises: ${wrong}`;
  const error = { classification: 'permanent', type: 'invalid_tool_output', message } as const;
  return { status: 'failed', error, output };
}

function outputOf(result: CallToolResult, form: OutputForm): Json {
  const { content, structuredContent } = result;
  // They came as JSON.
  const blocks = content as Json;
  const structured = structuredContent as JsonObject | undefined;
  if (form === 'full') {
    return { content: blocks, text: textOf(result), structured: structured ?? null };
  }
  const others = content.filter(({ type }) => type !== 'text');
  return structured ?? { text: textOf(result), content: others as Json };
}

function textOf({ content }: CallToolResult): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

/** Libraries of servers answer wrong arguments with a result that begins like this. */
const RPC_ERROR = /^MCP error (-\d+):/;

function toolError(tool: string, text: string): ActionError {
  const code = Number(RPC_ERROR.exec(text)?.[1]);
  const [classification, type] = RPC_CODES.get(code) ?? ['unknown', 'tool_error'];
  const said = text === '' ? 'It does not say why.' : text.slice(0, MCP_LIMITS.errorChars);
  return { classification, type, message: `${tool} failed: ${said}` };
}

function structureFault(tool: McpToolInfo, result: CallToolResult): string | undefined {
  if (tool.outputSchema === null) return undefined;
  const structured = result.structuredContent as JsonObject | undefined;
  if (structured === undefined) return 'it has no structured content.';
  const problems = checkAgainst(tool.outputSchema, structured);
  if ('unusable' in problems) return undefined;
  const [first] = problems;
  return first && `structuredContent${first.path} ${first.message}.`;
}
