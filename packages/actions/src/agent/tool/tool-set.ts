/** Which tools an agent has, from the names that it was given. */
import type { CommandOptions } from '../../command/index.ts';
import type { McpCallParts } from '../../mcp/mcp-call.ts';
import type { AgentSession } from '../session.ts';
import type { AgentTool } from './agent-tool.ts';
import { commandTool } from './command-tool.ts';
import { mcpTools } from './mcp-tools.ts';
import { wireName } from './tool-name.ts';
import { type NoteOf, workspaceTools } from './workspace-tools.ts';

export interface ToolParts {
  readonly commands: CommandOptions;
  readonly mcp: McpCallParts;
}

/** Of an agent that names no tools: its files. */
export const DEFAULT_TOOLS = [
  'workspace.read',
  'workspace.write',
  'workspace.list',
  'workspace.search',
];

interface Wanted {
  readonly names: readonly string[];
  readonly noteOf: NoteOf;
  /** Sub-agents that it may call, by `agent.<name>`. */
  readonly agents: ReadonlyMap<string, AgentTool>;
}

/** @throws AgentStop for a name that stands for nothing */
export async function toolSet(
  parts: ToolParts,
  session: AgentSession,
  { names, noteOf, agents }: Wanted,
): Promise<readonly AgentTool[]> {
  const own = new Map(workspaceTools(noteOf).map((tool) => [tool.name, tool]));
  const tools: AgentTool[] = [];
  for (const name of new Set(names)) {
    const known = own.get(name) ?? agents.get(name);
    if (known !== undefined) tools.push(known);
    else if (name === 'workspace') tools.push(...own.values());
    else if (name === 'command.run') tools.push(...command(parts, session, noteOf));
    else tools.push(...(await mcpTools(parts.mcp, session, name)));
  }
  return distinct(tools);
}

/** Where commands are off, an agent works without them, and is not told of them. */
function command(
  { commands }: ToolParts,
  session: AgentSession,
  noteOf: NoteOf,
): readonly AgentTool[] {
  if (commands.allow !== 'none') return [commandTool(commands, noteOf)];
  session.say(
    'command.run is off here: the operator sets TENUTO_ALLOW_COMMANDS to the programs that may be run.',
  );
  return [];
}

/** Two tools that are told to the model by one name would be one. */
function distinct(tools: readonly AgentTool[]): readonly AgentTool[] {
  const byName = new Map<string, AgentTool>();
  for (const tool of tools) {
    const taken = byName.get(tool.spec.name);
    if (taken?.name === tool.name) continue;
    // Any character that is not plain makes the name carry a hash.
    const name = taken === undefined ? tool.spec.name : wireName(`${tool.name}/`);
    byName.set(name, { ...tool, spec: { ...tool.spec, name } });
  }
  return [...byName.values()];
}
