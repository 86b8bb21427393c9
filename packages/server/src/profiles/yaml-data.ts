/** YAML as plain data: what can be said in JSON, and nothing that grows or runs. */
import type { Json, JsonObject } from '@tenuto/contract';
import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** A profile is a page or two; its prompts are files of their own. */
const MOST_CHARS = 1024 * 1024;
/** Values in a file, those counted each time that an alias stands for. */
const MOST_VALUES = 50_000;
const MOST_LEVELS = 64;

const OPTIONS = {
  ...({ version: '1.2', schema: 'core', merge: false } as const),
  ...{ resolveKnownTags: false, prettyErrors: false, strict: true },
  // The library compares each key with all others of its map; `read` keeps a set.
  uniqueKeys: false,
} as const;

const CORE = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** What is wrong with a text that should be YAML. */
export class YamlFault extends Error {}

/**
 * Reads a text as one YAML 1.2 document of plain data.
 * @throws YamlFault for what is no YAML, and for tags, merge keys, repeated keys, aliases without
 *   end, and what is too large or too deep
 */
export function yamlData(text: string): Json {
  if (text.length > MOST_CHARS) throw new YamlFault(`it has more than ${MOST_CHARS} characters`);
  const document = parsed(text);
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw new YamlFault(`${fault.message} at character ${fault.pos[0]}`);
  return read({ anchors: new Map(), values: 0 }, document.contents, 0);
}

function parsed(text: string): Document.Parsed {
  try {
    return parseDocument(text, OPTIONS);
  } catch (error) {
    // Nested so deeply that the library runs out of stack.
    if (error instanceof RangeError) throw new YamlFault('it is nested too deeply');
    throw error;
  }
}

interface Reading {
  /** What the anchors so far stand for. */
  readonly anchors: Map<string, unknown>;
  values: number;
}

function read(reading: Reading, node: unknown, level: number): Json {
  reading.values += 1;
  if (reading.values > MOST_VALUES) throw new YamlFault(`it has more than ${MOST_VALUES} values`);
  if (level > MOST_LEVELS) throw new YamlFault(`it is nested more than ${MOST_LEVELS} levels deep`);
  if (isAlias(node)) {
    if (!reading.anchors.has(node.source)) {
      throw new YamlFault(`there is no anchor "${node.source}" before its alias`);
    }
    return read(reading, reading.anchors.get(node.source), level + 1);
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
  if (node.anchor !== undefined) reading.anchors.set(node.anchor, node);
  if (node.tag !== undefined && !CORE.test(node.tag)) {
    throw new YamlFault(`the tag "${node.tag}" is not read; only plain data is`);
  }
  if (isSeq(node)) return node.items.map((item) => read(reading, item, level + 1));
  if (isScalar(node)) return scalar(node.value);
  const members = new Map<string, Json>();
  for (const { key, value } of node.items) {
    const name = nameOf(key);
    if (members.has(name)) throw new YamlFault(`the key "${name}" stands twice in one map`);
    members.set(name, read(reading, value, level + 1));
  }
  // Unlike an assignment, this makes `__proto__` a member like any other.
  const object: JsonObject = Object.fromEntries(members);
  return object;
}

function nameOf(key: unknown): string {
  if (!isScalar(key) || typeof key.value !== 'string') throw new YamlFault('a key must be text');
  if (key.value === '<<') throw new YamlFault('merge keys (<<) are not read');
  return key.value;
}

function scalar(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new YamlFault(`${String(value)} cannot be said in JSON; put it in quotes`);
}
