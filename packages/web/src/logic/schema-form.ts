/**
 * Forms that a JSON Schema asks for. What is typed is a draft, as text; it is read as JSON when it is
 * needed. Whatever a schema says that no field can be drawn for is a field of JSON.
 */
import type { Json, JsonObject } from '@tenuto/contract';
import { isObject } from './json-place.ts';

/** What every field has. */
interface Common {
  /** Key in the object around it; empty for the whole and for items of lists. */
  readonly name: string;
  readonly label: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly initial: Json | undefined;
}

export type Field = Common &
  (
    | { readonly kind: 'text'; readonly pattern: string | undefined; readonly hint: TextHint }
    | { readonly kind: 'number'; readonly whole: boolean; readonly range: Range }
    | { readonly kind: 'boolean' }
    | { readonly kind: 'choice'; readonly options: readonly Json[] }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
    | { readonly kind: 'list'; readonly item: Field }
    | { readonly kind: 'json' }
  );

/** What a text is: one line, several, or something that a browser helps with. */
type TextHint = 'line' | 'email' | 'url' | 'date' | 'time';

interface Range {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** What stands in a form: text for what is typed, and fields in fields. */
export type Draft = string | readonly Draft[] | { readonly [name: string]: Draft };

/** What is wrong with what was typed, before any server is asked. */
export interface Problem {
  /** JSON pointer of the value. */
  readonly pointer: string;
  readonly kind: 'required' | 'number' | 'whole' | 'small' | 'large' | 'pattern' | 'json';
  readonly detail?: string;
}

const DEEPEST = 6;
/** What changes how a value is checked in ways that a field cannot show. */
const UNDRAWN = ['allOf', 'oneOf', 'not', 'if', 'patternProperties', 'dependentSchemas'];

/** The field that stands for all of a schema. Without a schema anything is allowed: a field of JSON. */
export function fieldOf(schema: unknown): Field {
  if (schema === false) return { ...commonOf('', {}, true), kind: 'group', fields: [] };
  return read(schema, { root: schema, name: '', required: true, depth: 0 });
}

interface Place {
  readonly root: unknown;
  readonly name: string;
  readonly required: boolean;
  readonly depth: number;
}

function read(schema: unknown, place: Place): Field {
  const said = withoutNull(resolved(schema, place.root));
  const common = commonOf(place.name, said, place.required);
  if (place.depth > DEEPEST || UNDRAWN.some((word) => word in said) || 'anyOf' in said) {
    return { ...common, kind: 'json' };
  }
  if ('const' in said) return { ...common, kind: 'choice', options: [jsonOf(said.const)] };
  if (Array.isArray(said.enum)) {
    return { ...common, kind: 'choice', options: said.enum.map(jsonOf) };
  }
  switch (typeOf(said)) {
    case 'string':
      return { ...common, kind: 'text', pattern: textOf(said.pattern), hint: hintOf(said) };
    case 'integer':
      return { ...common, kind: 'number', whole: true, range: rangeOf(said) };
    case 'number':
      return { ...common, kind: 'number', whole: false, range: rangeOf(said) };
    case 'boolean':
      return { ...common, kind: 'boolean' };
    case 'object':
      return groupOf(said, common, place);
    case 'array':
      return listOf(said, common, place);
    default:
      return { ...common, kind: 'json' };
  }
}

function groupOf(said: JsonObject, common: Common, { root, depth }: Place): Field {
  const properties = objectOf(said.properties);
  const names = Object.keys(properties);
  if (names.length === 0) return { ...common, kind: 'json' };
  const required = Array.isArray(said.required) ? said.required : [];
  const fields = names.map((name) =>
    read(properties[name], {
      ...{ root, name, depth: depth + 1, required: required.includes(name) },
    }),
  );
  return { ...common, kind: 'group', fields };
}

function listOf(said: JsonObject, common: Common, { root, depth }: Place): Field {
  const items = said.items ?? (isTexts(said.default) ? { type: 'string' } : undefined);
  if (!isObject(items)) return { ...common, kind: 'json' };
  const item = read(items, { root, name: '', required: true, depth: depth + 1 });
  return { ...common, kind: 'list', item };
}

/** What a schema refers to within its root. */
function resolved(schema: unknown, root: unknown): JsonObject {
  const said = objectOf(schema);
  const ref = textOf(said.$ref);
  if (ref === undefined) return said;
  const parts = ref.startsWith('#/') ? ref.slice(2).split('/') : [];
  const found = parts.reduce<unknown>(
    (value, part) => objectOf(value)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  );
  const { $ref: _ref, ...beside } = said;
  // What refers to itself without end is cut off by the depth; a chain of references is not followed.
  return parts.length === 0 || '$ref' in objectOf(found)
    ? { not: {} }
    : { ...objectOf(found), ...beside };
}

/** What may also be null is left out instead. */
function withoutNull(said: JsonObject): JsonObject {
  const { anyOf, ...rest } = said;
  if (!Array.isArray(anyOf)) return said;
  const others = anyOf.map(objectOf).filter(({ type }) => type !== 'null');
  const [only] = others;
  return others.length === 1 && only !== undefined ? { ...only, ...rest } : said;
}

function typeOf(said: JsonObject): string | undefined {
  const types = (Array.isArray(said.type) ? said.type : [said.type]).filter(
    (type) => type !== 'null' && type !== undefined,
  );
  if (types.length === 0) return 'properties' in said ? 'object' : typeByDefault(said.default);
  return types.length === 1 && typeof types[0] === 'string' ? types[0] : undefined;
}

/** What says no type is taken to be what its default is. */
function typeByDefault(value: Json | undefined): string | undefined {
  if (isTexts(value)) return 'array';
  return ['string', 'number', 'boolean'].find((type) => typeof value === type);
}

function isTexts(value: Json | undefined): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function commonOf(name: string, said: JsonObject, required: boolean): Common {
  return {
    ...{ name, label: textOf(said.title) ?? name, description: textOf(said.description) },
    ...{ required, initial: said.default },
  };
}

function hintOf({ format }: JsonObject): TextHint {
  if (format === 'email' || format === 'date' || format === 'time') return format;
  return format === 'uri' ? 'url' : 'line';
}

function rangeOf(said: JsonObject): Range {
  const number = (value: Json | undefined) => (typeof value === 'number' ? value : undefined);
  return { min: number(said.minimum), max: number(said.maximum) };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Schemas come as JSON; what else might stand in one is no value. */
function jsonOf(value: unknown): Json {
  return isJson(value) ? value : null;
}

function isJson(value: unknown): value is Json {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}
