import type { Json, JsonObject, ValidationError } from '@tenuto/contract';
import { compileJsonSchema, type JsonSchema } from '@tenuto/engine';
import { MCP_LIMITS } from './limits.ts';

type Compiled = ReturnType<typeof compileJsonSchema>;

/** Schemas as they were sent, each read once for as long as somebody holds it. */
const READ = new WeakMap<JsonObject, Compiled>();

/**
 * Holds a value against a schema that a server sent.
 * @returns what is wrong with the value; `unusable` when the schema is none
 */
export function checkAgainst(
  schema: JsonObject,
  value: Json,
): readonly ValidationError[] | { readonly unusable: string } {
  const compiled = read(schema);
  if (isUsable(compiled)) return compiled.problems(value);
  const [fault] = compiled.faults;
  return { unusable: fault === undefined ? 'it is none' : `${fault.path || '/'} ${fault.message}` };
}

function isUsable(compiled: Compiled): compiled is JsonSchema {
  return 'problems' in compiled;
}

function read(schema: JsonObject): Compiled {
  const known = READ.get(schema);
  if (known !== undefined) return known;
  const long = JSON.stringify(schema).length > MCP_LIMITS.schemaChars;
  const compiled = long
    ? { faults: [{ path: '', message: `has more than ${MCP_LIMITS.schemaChars} characters` }] }
    : compileJsonSchema(schema);
  READ.set(schema, compiled);
  return compiled;
}
