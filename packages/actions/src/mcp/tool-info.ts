import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '@tenuto/contract';
import type { McpToolInfo } from '@tenuto/engine';

const NAME_CHARS = 200;
const TEXT_CHARS = 10_000;

/** What a server says of a tool, shortened to what can be shown. */
export function toolInfo(tool: Tool): McpToolInfo {
  const { annotations, description, title } = tool;
  return {
    name: tool.name,
    title: title?.slice(0, NAME_CHARS) ?? null,
    description: description?.slice(0, TEXT_CHARS) ?? null,
    // They came as JSON.
    inputSchema: tool.inputSchema as JsonObject,
    outputSchema: (tool.outputSchema ?? null) as JsonObject | null,
    readOnly: annotations?.readOnlyHint === true,
    idempotent: annotations?.idempotentHint === true,
    destructive: annotations?.destructiveHint === true,
  };
}

/** Whether a tool may be called: by its name, or by how it begins. */
export function isAllowed(tool: string, allow: readonly string[] | null): boolean {
  if (allow === null) return true;
  return allow.some((entry) =>
    entry.endsWith('*') ? tool.startsWith(entry.slice(0, -1)) : tool === entry,
  );
}
