import { type Json, type JsonObject, LIMITS } from '@tenuto/contract';
import { type Alias, isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import { FileError, type SourceText } from './source-text.ts';

/** Values that aliases may stand for in one file: a few lines of them can mean billions. */
const ALIASED_VALUES = 100_000;

const CORE_TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

interface Anchored {
  readonly value: Json;
  /** Values in it, itself included, aliases resolved. */
  readonly size: number;
  /** Levels below it. */
  readonly height: number;
}

interface Reading {
  readonly source: SourceText;
  /** `open`: the node that has the anchor is still being read. */
  readonly anchors: Map<string, Anchored | 'open'>;
  values: number;
  aliasedValues: number;
  /** How deep the node that is read stands, and the deepest level seen. */
  depth: number;
  deepest: number;
}

/**
 * Turns a YAML node into plain data.
 *
 * @throws FileError for what is not plain data: foreign tags, merge keys, keys that are not text,
 *   repeated keys, numbers that JSON cannot carry, aliases that grow without bound or have no end
 */
export function plainValue(source: SourceText, node: unknown): Json {
  return read(
    { source, anchors: new Map(), values: 0, aliasedValues: 0, depth: 0, deepest: 0 },
    node,
  );
}

function read(reading: Reading, node: unknown): Json {
  if (isAlias(node)) return readAlias(reading, node);
  reading.values += 1;
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
  if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
    refuse(reading, node, `The tag "${node.tag}" is not read; only plain data is.`);
  }
  return node.anchor === undefined
    ? readTagged(reading, node)
    : readAnchored(reading, node, node.anchor);
}

function readAnchored(reading: Reading, node: unknown, anchor: string): Json {
  const valuesBefore = reading.values + reading.aliasedValues - 1;
  const deepestBefore = reading.deepest;
  reading.deepest = reading.depth;
  reading.anchors.set(anchor, 'open');
  const value = readTagged(reading, node);
  const size = reading.values + reading.aliasedValues - valuesBefore;
  reading.anchors.set(anchor, { value, size, height: reading.deepest - reading.depth });
  reading.deepest = Math.max(reading.deepest, deepestBefore);
  return value;
}

/** Reads what stands one level further down. */
function readBelow(reading: Reading, node: unknown): Json {
  reading.depth += 1;
  reading.deepest = Math.max(reading.deepest, reading.depth);
  const value = read(reading, node);
  reading.depth -= 1;
  return value;
}

function readTagged(reading: Reading, node: unknown): Json {
  if (isMap(node)) return readMap(reading, node);
  if (isSeq(node)) return node.items.map((item) => readBelow(reading, item));
  return isScalar(node) ? readScalar(reading, node) : null;
}

function readAlias(reading: Reading, alias: Alias): Json {
  const anchored = reading.anchors.get(alias.source);
  if (anchored === undefined) {
    return refuse(reading, alias, `There is no anchor "${alias.source}" before this alias.`);
  }
  if (anchored === 'open') {
    return refuse(reading, alias, `The alias "${alias.source}" stands for what contains it.`);
  }
  reading.aliasedValues += anchored.size;
  if (reading.aliasedValues > ALIASED_VALUES) {
    refuse(reading, alias, `Up to here aliases stand for more than ${ALIASED_VALUES} values.`);
  }
  reading.deepest = Math.max(reading.deepest, reading.depth + anchored.height);
  if (reading.deepest > LIMITS.jsonDepth) {
    refuse(
      reading,
      alias,
      `With this alias it is nested more than ${LIMITS.jsonDepth} levels deep.`,
    );
  }
  return anchored.value;
}

function readMap(reading: Reading, map: YAMLMap): JsonObject {
  const keys = new Set<string>();
  const members = map.items.map(({ key, value }): [string, Json] => {
    const name = readKey(reading, key);
    if (keys.has(name)) refuse(reading, key, `The key "${name}" stands here a second time.`);
    keys.add(name);
    return [name, readBelow(reading, value)];
  });
  // Unlike an assignment, this makes `__proto__` a member like any other.
  return Object.fromEntries(members);
}

function readKey(reading: Reading, key: unknown): string {
  if (!isScalar(key)) return refuse(reading, key, 'A key must be plain text.');
  const value = read(reading, key);
  if (value === null) return refuse(reading, key, 'A key is missing here.');
  if (value === '<<' && key.type === 'PLAIN') {
    refuse(reading, key, 'Merge keys (<<) are not read; write the fields out.');
  }
  return typeof value === 'string' ? value : (key.source ?? String(value));
}

function readScalar(reading: Reading, scalar: Scalar): Json {
  const { value, source = '' } = scalar;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'number') return refuse(reading, scalar, 'Only plain data is read.');
  if (!Number.isFinite(value)) {
    refuse(reading, scalar, `${source} is no number that JSON can carry; put it in quotes.`);
  }
  if (Number.isInteger(value) && !isExact(value, source)) {
    refuse(reading, scalar, `${source} is too large to be kept exactly; put it in quotes.`);
  }
  return value;
}

/** Whether a number that was written as an integer is the one that was written. */
function isExact(value: number, source: string): boolean {
  if (Number.isSafeInteger(value) || !/^[-+]?\d+$|^0[xo]/.test(source)) return true;
  if (String(value) === source) return true;
  return source.length < 400 && BigInt(source.replace(/^\+/, '')) === BigInt(value);
}

function refuse(reading: Reading, node: unknown, message: string): never {
  const range = isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range : null;
  throw new FileError(reading.source, [{ message, ...(range && { offset: range[0] }) }]);
}
