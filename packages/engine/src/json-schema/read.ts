/** Reads a JSON Schema (draft 7 or 2020-12) that somebody else has written, and may mean no good. */
import type { Json, ValidationError } from '@tenuto/contract';
import { canonicalJson } from '@tenuto/contract';
import { compilePattern } from '../expression/pattern.ts';
import { isList, isObject, type JsonFields, numberIn, own } from './json-fields.ts';
import { readListRules, readObjectRules } from './read-rules.ts';
import type {
  NamedPattern,
  NumberRules,
  Schema,
  SchemaNode,
  TextRules,
  TypeName,
} from './schema.ts';

const MAX_DEPTH = 64;
const MAX_PARTS = 20_000;
const MAX_PROBLEMS = 20;
const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']);

export interface Reading {
  readonly root: Json;
  readonly problems: ValidationError[];
  /** By pointer: a part that is referred to is read once. */
  readonly parts: Map<string, Schema>;
  count: number;
}

/** @returns the schema, with what is wrong with it */
export function readSchema(root: Json): {
  readonly schema: Schema;
  readonly problems: readonly ValidationError[];
} {
  const reading: Reading = { root, problems: [], parts: new Map(), count: 0 };
  const schema = readPart(root, '', reading, 0);
  return { schema, problems: reading.problems };
}

/** Reads one part; a part that was read before is the same one, so that schemas may be recursive. */
export function readPart(written: Json, path: string, reading: Reading, depth: number): Schema {
  const known = reading.parts.get(path);
  if (known !== undefined) return known;
  if (typeof written === 'boolean') return written;
  if (!isObject(written)) return wrong(reading, path, 'is neither an object nor a boolean');
  reading.count += 1;
  if (depth > MAX_DEPTH) return wrong(reading, path, `is nested deeper than ${MAX_DEPTH}`);
  if (reading.count > MAX_PARTS) return wrong(reading, path, `has more than ${MAX_PARTS} parts`);
  const node: SchemaNode = {};
  reading.parts.set(path, node);
  const part = (name: string, value: Json) =>
    readPart(value, `${path}/${name}`, reading, depth + 1);
  readReference(written, { path, reading, depth, node });
  readTypes(written, path, reading, node);
  readNumbers(written, node);
  readTexts(written, path, reading, node);
  const list = readListRules(written, part);
  if (list !== undefined) node.list = list;
  const object = readObjectRules(written, { part, pattern: (s) => patternOf(s, path, reading) });
  if (object !== undefined) node.object = object;
  readCombinations(written, part, node);
  if (Object.hasOwn(written, 'default')) node.default = { value: written.default };
  return node;
}

function wrong({ problems }: Reading, path: string, message: string): true {
  if (problems.length < MAX_PROBLEMS) problems.push({ path, message });
  return true;
}

function readReference(
  written: JsonFields,
  at: {
    readonly path: string;
    readonly reading: Reading;
    readonly depth: number;
    readonly node: SchemaNode;
  },
): void {
  const pointer = own(written, '$ref');
  if (pointer === undefined) return;
  const { path, reading, depth, node } = at;
  const place = typeof pointer === 'string' ? pointed(pointer, reading.root) : undefined;
  if (place === undefined || typeof pointer !== 'string') {
    wrong(reading, `${path}/$ref`, 'refers to nothing inside this schema');
    return;
  }
  const target = readPart(place, pointer.slice(1), reading, depth + 1);
  node.ref = { pointer, target };
}

/** What `#/$defs/name` points at; nothing is ever fetched. */
function pointed(pointer: string, root: Json): Json | undefined {
  if (pointer === '#') return root;
  if (!pointer.startsWith('#/')) return undefined;
  let at: Json | undefined = root;
  for (const written of pointer.slice(2).split('/')) {
    const step = decoded(written)?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (step === undefined) return undefined;
    if (isList(at)) at = /^\d+$/.test(step) ? at[Number(step)] : undefined;
    else at = isObject(at) ? own(at, step) : undefined;
  }
  return at;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readTypes(written: JsonFields, path: string, reading: Reading, node: SchemaNode): void {
  const type = own(written, 'type');
  if (type !== undefined) {
    const types = isList(type) ? type : [type];
    if (types.every(isType)) node.types = types;
    else wrong(reading, `${path}/type`, `is none of ${[...TYPES].join(', ')}`);
  }
  const values = own(written, 'enum');
  if (isList(values)) node.values = new Set(values.map(canonicalJson));
  else if (values !== undefined) wrong(reading, `${path}/enum`, 'is not a list');
  if (Object.hasOwn(written, 'const')) {
    const only = canonicalJson(own(written, 'const'));
    node.values = node.values === undefined || node.values.has(only) ? new Set([only]) : new Set();
  }
}

function isType(value: Json): value is TypeName {
  return typeof value === 'string' && TYPES.has(value);
}

function readNumbers(written: JsonFields, node: SchemaNode): void {
  const names = [
    'multipleOf',
    'maximum',
    'exclusiveMaximum',
    'minimum',
    'exclusiveMinimum',
  ] as const;
  const rules: { -readonly [Name in keyof NumberRules]: number } = {};
  for (const name of names) {
    const value = numberIn(written, name);
    if (value !== undefined) rules[name] = value;
  }
  if (Object.keys(rules).length > 0) node.numbers = rules;
}

function readTexts(written: JsonFields, path: string, reading: Reading, node: SchemaNode): void {
  const maxLength = numberIn(written, 'maxLength');
  const minLength = numberIn(written, 'minLength');
  const format = own(written, 'format');
  const source = own(written, 'pattern');
  const pattern = typeof source === 'string' ? patternOf(source, path, reading) : undefined;
  const rules: TextRules = {
    ...(maxLength !== undefined && { maxLength }),
    ...(minLength !== undefined && { minLength }),
    ...(pattern !== undefined && { pattern }),
    ...(typeof format === 'string' && { format }),
  };
  if (Object.keys(rules).length > 0) node.text = rules;
}

/** Patterns are RE2: whatever they say, matching them takes linear time. */
function patternOf(source: string, path: string, reading: Reading): NamedPattern | undefined {
  const pattern = compilePattern(source);
  if ('problem' in pattern) {
    wrong(reading, `${path}/pattern`, pattern.problem);
    return undefined;
  }
  return { source, pattern };
}

function readCombinations(
  written: JsonFields,
  part: (name: string, value: Json) => Schema,
  node: SchemaNode,
): void {
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = own(written, name);
    if (isList(parts)) node[name] = parts.map((value, i) => part(`${name}/${i}`, value));
  }
  const not = own(written, 'not');
  if (not !== undefined) node.not = part('not', not);
  const test = own(written, 'if');
  if (test === undefined) return;
  const [yes, no] = [own(written, 'then'), own(written, 'else')];
  node.condition = {
    test: part('if', test),
    ...(yes !== undefined && { yes: part('then', yes) }),
    ...(no !== undefined && { no: part('else', no) }),
  };
}
