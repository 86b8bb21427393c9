/**
 * JSON Schema as others write it: for parameters of templates, and for tools of MCP servers. It is
 * interpreted, not turned into code, and a check does a bounded number of steps: whoever wrote the
 * schema, neither can hang or run anything. Nothing is fetched; `format` is checked where it can be
 * told for certain, and keywords that are not known are remarks, as the specification says.
 */
import type { Json, ValidationError } from '@tenuto/contract';
import { problemsOf } from './check.ts';
import { withDefaults } from './defaults.ts';
import { readSchema } from './read.ts';

/** A schema that was read. */
export interface JsonSchema {
  /** What is wrong with a value, by JSON pointer; nothing when it fits. */
  problems(value: Json): readonly ValidationError[];
  /** The value with `default`s in place of fields that are not there. */
  completed(value: Json): Json;
}

/** Reads a schema, or says what is wrong with it. */
export function compileJsonSchema(
  written: Json,
): JsonSchema | { readonly faults: readonly ValidationError[] } {
  const { schema, problems } = readSchema(written);
  if (problems.length > 0) return { faults: problems };
  return {
    problems: (value) => problemsOf(schema, value),
    completed: (value) => withDefaults(schema, value),
  };
}
