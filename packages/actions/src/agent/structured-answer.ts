import type { Json, JsonObject } from '@tenuto/contract';
import { compileJsonSchema, type JsonSchema } from '@tenuto/engine';
import { stop } from './failure.ts';
import { AGENT_LIMITS } from './limits.ts';

/** Reads the last answer of an agent as JSON that fits a schema. */
export interface AnswerReader {
  readonly schema: JsonObject;
  read(text: string): { readonly object: Json } | { readonly problems: readonly string[] };
}

/** @throws AgentStop when the schema is none */
export function answerReader(schema: JsonObject): AnswerReader {
  const compiled = compileJsonSchema(schema);
  if ('faults' in compiled) {
    const [fault] = compiled.faults;
    const message = `output_schema${fault?.path ?? ''} ${fault?.message ?? 'is no schema'}.`;
    throw stop('validation', 'invalid_output_schema', message);
  }
  return { schema, read: (text) => readWith(compiled, text) };
}

function readWith(schema: JsonSchema, text: string): ReturnType<AnswerReader['read']> {
  const object = jsonIn(text);
  if (object === undefined) return { problems: ['it is not one JSON value'] };
  const problems = schema.problems(object).slice(0, AGENT_LIMITS.schemaProblems);
  if (problems.length === 0) return { object };
  return { problems: problems.map(({ path, message }) => `${path || '/'} ${message}`) };
}

/** The value that is the text, or that is fenced in it, or that it begins and ends with. */
function jsonIn(text: string): Json | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n```/.exec(text)?.[1];
  const braced = text.slice(
    indexOfFirst(text),
    Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1,
  );
  for (const candidate of [text, fenced, braced]) {
    const value = candidate === undefined ? undefined : parsed(candidate);
    if (value !== undefined) return value;
  }
  return undefined;
}

function indexOfFirst(text: string): number {
  const at = text.search(/[{[]/);
  return at < 0 ? text.length : at;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
