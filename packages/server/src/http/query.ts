import type { TSchema } from 'typebox';

/** Gives the texts of a query string the types that its schema asks for, and no others. */
export function convertQuery(schema: TSchema, query: unknown): unknown {
  if (typeof query !== 'object' || query === null) return query;
  const properties: unknown = Reflect.get(schema, 'properties');
  const types = new Map(
    typeof properties === 'object' && properties !== null ? Object.entries(properties) : [],
  );
  const converted: [string, unknown][] = Object.entries(query).map(([name, value]) => [
    name,
    convert(typeOf(types.get(name)), value),
  ]);
  return Object.fromEntries(converted);
}

function typeOf(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'type') : undefined;
}

function convert(type: unknown, value: unknown): unknown {
  if (type === 'array') {
    const values = Array.isArray(value) ? value : [value];
    return values.flatMap((item) => (typeof item === 'string' ? item.split(',') : [item]));
  }
  if (typeof value !== 'string') return value;
  if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  return value;
}
