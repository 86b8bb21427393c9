import type { Json, JsonObject } from '@tenuto/contract';
import { isObject } from '../json-object.ts';

const DEEPEST = 8;

/** A small value that fits a plain JSON schema: what the schema itself proposes, where it does. */
export function sampleOf(schema: Json | undefined, text: string, depth = 0): Json {
  if (!isObject(schema)) return text;
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  for (const list of [schema.enum, schema.examples]) {
    if (Array.isArray(list) && list[0] !== undefined) return list[0];
  }
  for (const list of [schema.anyOf, schema.oneOf]) {
    if (Array.isArray(list) && list[0] !== undefined) return sampleOf(list[0], text, depth + 1);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return objectOf(schema, text, depth);
    case 'array':
      return listOf(schema, text, depth);
    case 'number':
    case 'integer':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case undefined:
      return schema.properties === undefined ? text : objectOf(schema, text, depth);
    default:
      return textOf(schema, text);
  }
}

function objectOf({ properties, required }: JsonObject, text: string, depth: number): Json {
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  const fields = isObject(properties) ? properties : {};
  const wanted = depth > DEEPEST ? names : [...new Set([...names, ...Object.keys(fields)])];
  return Object.fromEntries(
    wanted.map((name) => [
      name,
      sampleOf(Object.hasOwn(fields, name) ? fields[name] : {}, text, depth + 1),
    ]),
  );
}

function listOf({ items, minItems }: JsonObject, text: string, depth: number): Json {
  const least = typeof minItems === 'number' ? minItems : 1;
  return Array.from({ length: Math.min(least, 100) }, () => sampleOf(items, text, depth + 1));
}

function numberOf({ minimum, exclusiveMinimum, maximum }: JsonObject): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1;
  return typeof maximum === 'number' && maximum < 1 ? maximum : 1;
}

function textOf({ minLength, maxLength }: JsonObject, text: string): string {
  const most = typeof maxLength === 'number' ? maxLength : 200;
  const least = typeof minLength === 'number' ? minLength : 0;
  return text.slice(0, most).padEnd(least, '.');
}
