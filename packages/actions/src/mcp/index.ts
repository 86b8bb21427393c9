import type { Clock } from '@tenuto/engine';
import type { CommandOptions } from '../command/options.ts';
import { parseAllowList } from '../http/allow-list.ts';
import { hostLookup, type Lookup } from '../http/connector.ts';
import { guardedAgent } from '../http/guarded-agent.ts';
import type { McpReach } from './connection.ts';

export { type McpCallParts, mcpCall, mcpTool } from './mcp-call.ts';
export { createMcpHands } from './mcp-hands.ts';
export { createMcpPool, type McpPool } from './pool.ts';

interface McpOptions {
  readonly clock: Clock;
  readonly commands: CommandOptions;
  /** `TENUTO_HTTP_ALLOW`. */
  readonly httpAllow: readonly string[];
  readonly version: string;
  readonly lookup?: Lookup;
}

/** What MCP servers may be reached by: the same guards as for requests and commands. */
export function mcpReach(options: McpOptions): McpReach {
  const { clock, commands, httpAllow, version, lookup = hostLookup } = options;
  const allow = parseAllowList(httpAllow);
  return { clock, commands, version, allow, agent: guardedAgent({ allow, lookup }) };
}
