import type { Json } from '@tenuto/contract';
import { isList, isObject } from './json-fields.ts';
import type { Schema, SchemaNode } from './schema.ts';

/** Schemas refer to themselves; data that is completed is not nested deeper than that. */
const MAX_DEPTH = 32;
/** Fields that are filled in at most: a schema may have defaults in defaults. */
const MAX_FIELDS = 10_000;

/** The value with `default`s in place of fields that are not there. */
export function withDefaults(schema: Schema, value: Json): Json {
  return completed(schema, value, { left: MAX_FIELDS, depth: 0 });
}

interface Filling {
  left: number;
  readonly depth: number;
}

function completed(schema: Schema, value: Json, filling: Filling): Json {
  if (typeof schema === 'boolean' || filling.depth > MAX_DEPTH) return value;
  filling.left -= 1;
  if (filling.left < 0) return value;
  const { ref, allOf, object, list } = schema;
  let result = value;
  const within = (part: Schema, of: Json): Json => {
    const inner = { left: filling.left, depth: filling.depth + 1 };
    const made = completed(part, of, inner);
    filling.left = inner.left;
    return made;
  };
  for (const part of [...(ref === undefined ? [] : [ref.target]), ...(allOf ?? [])]) {
    result = within(part, result);
  }
  if (isObject(result) && object !== undefined) {
    const fields = new Map(Object.entries(result));
    for (const [name, part] of object.properties) {
      const present = fields.get(name) ?? defaultOf(part);
      if (present !== undefined) fields.set(name, within(part, present));
    }
    result = Object.fromEntries(fields);
  }
  const items = list?.items;
  if (isList(result) && items !== undefined) result = result.map((item) => within(items, item));
  return result;
}

/** It stood in a document of JSON. */
function defaultOf(schema: Schema): Json | undefined {
  if (typeof schema === 'boolean') return undefined;
  const own: SchemaNode['default'] = schema.default;
  if (own !== undefined) return own.value as Json;
  return schema.ref === undefined || schema.ref.target === schema
    ? undefined
    : defaultOfTarget(schema.ref.target);
}

function defaultOfTarget(target: Schema): Json | undefined {
  return typeof target === 'boolean' ? undefined : (target.default?.value as Json | undefined);
}
