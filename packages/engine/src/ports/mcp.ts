import type { JsonObject, McpTransport } from '@tenuto/contract';
import type { OpenSecret } from './action-runner.ts';

/** An MCP server as it is reached: with the secrets of its headers and variables put in. */
export interface McpServerSpec {
  readonly serverId: string;
  readonly name: string;
  readonly owner: string;
  readonly transport: McpTransport;
  /** Argument vector, of a server over stdio. */
  readonly command: readonly string[];
  /** Address, of a server over HTTP. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Tools that may be called: names, or how they begin with `*` behind; null for all. */
  readonly toolsAllow: readonly string[] | null;
  /** What is in its headers and variables, by name. */
  readonly secrets: ReadonlyMap<string, OpenSecret>;
}

/** Finds a server of an owner's by its name. */
export type FindMcpServer = (owner: string, name: string) => Promise<McpServerSpec | undefined>;

/** A tool as its server describes it. */
export interface McpToolInfo {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject | null;
  /** What the server says of it; only a hint. */
  readonly readOnly: boolean;
  readonly idempotent: boolean;
  readonly destructive: boolean;
}

/** What came of trying a server. */
export type McpCheckResult =
  | {
      readonly ok: true;
      readonly server: { readonly name: string; readonly version: string };
      readonly protocolVersion: string | null;
      readonly tools: number;
      readonly durationMs: number;
    }
  | { readonly ok: false; readonly type: string; readonly message: string };

/** Speaks with MCP servers on behalf of the API; says what is wrong in words, without secrets. */
export interface McpHands {
  /** @throws Error whose message may be shown, when the server cannot be asked */
  tools(server: McpServerSpec, signal: AbortSignal): Promise<readonly McpToolInfo[]>;
  check(server: McpServerSpec, signal: AbortSignal): Promise<McpCheckResult>;
  /** Why a server could never be reached: its address, or its program; undefined when it may be. */
  fault(server: Pick<McpServerSpec, 'transport' | 'command' | 'url'>): string | undefined;
}
