import type { Json } from '@tenuto/contract';
import { isList, isObject, type JsonFields, numberIn, own } from './json-fields.ts';
import type { ListRules, NamedPattern, ObjectRules, Schema } from './schema.ts';

type ReadPart = (name: string, value: Json) => Schema;

/** What a schema says of lists; undefined for nothing. */
export function readListRules(written: JsonFields, part: ReadPart): ListRules | undefined {
  const items = own(written, 'items');
  // Before 2020-12 a list of schemas stood in `items`, and the rest in `additionalItems`.
  const prefix = own(written, 'prefixItems') ?? (isList(items) ? items : []);
  const rest = isList(items) ? own(written, 'additionalItems') : items;
  const contains = own(written, 'contains');
  const minItems = numberIn(written, 'minItems');
  const maxItems = numberIn(written, 'maxItems');
  const unique = own(written, 'uniqueItems') === true;
  const place = isList(items) ? 'items' : 'prefixItems';
  const rules: ListRules = {
    prefix: isList(prefix) ? prefix.map((value, i) => part(`${place}/${i}`, value)) : [],
    ...(rest !== undefined && { items: part(isList(items) ? 'additionalItems' : 'items', rest) }),
    ...(contains !== undefined && {
      contains: {
        schema: part('contains', contains),
        least: numberIn(written, 'minContains') ?? 1,
        most: numberIn(written, 'maxContains') ?? Number.POSITIVE_INFINITY,
      },
    }),
    ...(minItems !== undefined && { minItems }),
    ...(maxItems !== undefined && { maxItems }),
    unique,
  };
  return Object.keys(rules).length > 2 || rules.prefix.length > 0 || unique ? rules : undefined;
}

interface ObjectReader {
  readonly part: ReadPart;
  readonly pattern: (source: string) => NamedPattern | undefined;
}

/** What a schema says of objects; undefined for nothing. */
export function readObjectRules(
  written: JsonFields,
  { part, pattern }: ObjectReader,
): ObjectRules | undefined {
  const properties = partsOf(written, 'properties', part);
  const patterns = [...partsOf(written, 'patternProperties', part)].flatMap(([source, schema]) => {
    const name = pattern(source);
    return name === undefined ? [] : [{ name, schema }];
  });
  const additional = own(written, 'additionalProperties');
  const names = own(written, 'propertyNames');
  const minProperties = numberIn(written, 'minProperties');
  const maxProperties = numberIn(written, 'maxProperties');
  const dependent = dependentsOf(written, part);
  const required = textsOf(own(written, 'required'));
  const rules: ObjectRules = {
    ...{ properties, patterns, required, dependent },
    ...(additional !== undefined && { additional: part('additionalProperties', additional) }),
    ...(names !== undefined && { names: part('propertyNames', names) }),
    ...(minProperties !== undefined && { minProperties }),
    ...(maxProperties !== undefined && { maxProperties }),
  };
  const parts = properties.size + patterns.length + required.length + dependent.size;
  return parts > 0 || Object.keys(rules).length > 4 ? rules : undefined;
}

function partsOf(written: JsonFields, field: string, part: ReadPart): Map<string, Schema> {
  const parts = own(written, field);
  if (!isObject(parts)) return new Map();
  return new Map(
    Object.entries(parts).map(([name, value]) => [name, part(`${field}/${escaped(name)}`, value)]),
  );
}

function escaped(name: string): string {
  return encodeURI(name.replaceAll('~', '~0').replaceAll('/', '~1').toWellFormed());
}

function dependentsOf(
  written: JsonFields,
  part: ReadPart,
): ReadonlyMap<string, readonly string[] | Schema> {
  const all = new Map<string, readonly string[] | Schema>();
  for (const field of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
    const given = own(written, field);
    for (const [name, value] of Object.entries(isObject(given) ? given : {})) {
      all.set(name, isList(value) ? textsOf(value) : part(`${field}/${escaped(name)}`, value));
    }
  }
  return all;
}

function textsOf(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}
