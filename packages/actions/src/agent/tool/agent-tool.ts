import type { JsonObject } from '@tenuto/contract';
import { compileJsonSchema } from '@tenuto/engine';
import { AGENT_LIMITS } from '../limits.ts';
import type { AgentSession, CallPlace } from '../session.ts';
import type { ToolAnswer, ToolSpec } from '../turn.ts';

/** One use of a tool. */
export interface ToolUse {
  readonly session: AgentSession;
  readonly place: CallPlace;
  /** Stable over all attempts: send it with effects. */
  readonly key: string;
}

export type Told = ToolAnswer & { readonly outcomeUnknown?: boolean };

/** Something that a model may call. */
export interface AgentTool {
  /** As people name it: `workspace.read`. */
  readonly name: string;
  readonly spec: ToolSpec;
  /** Making it twice does no harm. */
  readonly repeatable: boolean;
  /** Its own calls are recorded, one by one. */
  readonly keepsItsCalls?: boolean;
  /** @throws AgentStop; anything else that goes wrong is an answer */
  run(input: JsonObject, use: ToolUse): Promise<Told>;
}

export function answer(text: string, paths: readonly string[] = []): Told {
  return { text: bounded(text), isError: false, ...(paths.length > 0 && { paths: [...paths] }) };
}

export function refusal(text: string): Told {
  return { text: bounded(text), isError: true };
}

/** What does not fit is cut in the middle: beginnings and ends say most. */
function bounded(text: string): string {
  const most = AGENT_LIMITS.toolResultBytes;
  const well = text.toWellFormed().replaceAll('\0', '\uFFFD');
  if (Buffer.byteLength(well) <= most) return well;
  const bytes = Buffer.from(well);
  const head = bytes
    .subarray(0, Math.floor(most * 0.7))
    .toString()
    .replace(/\uFFFD+$/, '');
  const tail = bytes
    .subarray(bytes.length - Math.floor(most * 0.25))
    .toString()
    .replace(/^\uFFFD+/, '');
  return `${head}\n[${bytes.length - Buffer.byteLength(head) - Buffer.byteLength(tail)} bytes left out]\n${tail}`;
}

/** What is wrong with what a model gave a tool; undefined when nothing is, or the schema is none. */
export function inputFault(
  { spec: { inputSchema } }: AgentTool,
  input: JsonObject,
): string | undefined {
  const compiled = compileJsonSchema(inputSchema);
  if ('faults' in compiled) return undefined;
  const problems = compiled.problems(input).slice(0, AGENT_LIMITS.schemaProblems);
  if (problems.length === 0) return undefined;
  return problems.map(({ path, message }) => `${path || '/'} ${message}`).join('; ');
}
