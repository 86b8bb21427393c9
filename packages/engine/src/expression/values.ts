/**
 * What expressions compute with.
 *
 * Data from outside stays as `JSON.parse` made it and is read in place: an integral JSON number
 * is a CEL int, any other a double, and objects are read by own property only, so that
 * `__proto__` or `toString` is a key like any other. Lists made by an expression are marked,
 * because in them 1.0 is a double; maps made by one are `Map`s.
 */
import type { Json } from '@tenuto/contract';
import { type Evaluation, spend } from './evaluation.ts';

const MADE: unique symbol = Symbol('made by an expression');
const NANOS: unique symbol = Symbol('nanoseconds');

export interface Duration {
  readonly [NANOS]: bigint;
}
interface MadeList extends ReadonlyArray<Value> {
  readonly [MADE]: true;
}
interface RawMap {
  readonly [key: string]: Json;
}
export type List = MadeList | readonly Json[];
export type MapKey = string | bigint | boolean;
export type MapValue = ReadonlyMap<MapKey, Value> | RawMap;

/** The runtime type of each kind of value; `dyn` is any of them. */
export interface KindTypes {
  null: null;
  bool: boolean;
  int: bigint;
  double: number;
  string: string;
  bytes: Uint8Array;
  timestamp: Date;
  duration: Duration;
  list: List;
  map: MapValue;
  dyn: Value;
}
export type Kind = keyof KindTypes;
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Date
  | Duration
  | List
  | MapValue;

/** Returns the kind of a value, never `dyn`. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    default:
      if (value === null) return 'null';
      if (isList(value)) return 'list';
      if (value instanceof Date) return 'timestamp';
      if (value instanceof Uint8Array) return 'bytes';
      return isDuration(value) ? 'duration' : 'map';
  }
}

/** Reads a piece of data from outside as a value. */
export function lift(data: Json | Date): Value {
  return typeof data === 'number' && Number.isSafeInteger(data) ? BigInt(data) : data;
}

/** Marks an array as a list made by an expression; the array now belongs to the list. */
export function makeList(items: Value[]): List {
  return Object.assign(items, { [MADE]: true as const });
}

export function isList(value: Value): value is List {
  return Array.isArray(value);
}

export function isMap(value: Value): value is MapValue {
  return kindOf(value) === 'map';
}

export function isMade(list: List): list is MadeList {
  return MADE in list;
}

/** Returns the element at `index`, which must be inside the list. */
export function elementAt(list: List, index: number): Value {
  return isMade(list) ? (list[index] ?? null) : lift(list[index] ?? null);
}

export function makeDuration(nanos: bigint): Duration {
  return { [NANOS]: nanos };
}

export function isDuration(value: Value): value is Duration {
  return typeof value === 'object' && value !== null && NANOS in value;
}

export function nanosOf(duration: Duration): bigint {
  return duration[NANOS];
}

export function isMadeMap(map: MapValue): map is ReadonlyMap<MapKey, Value> {
  return map instanceof Map;
}

/** Returns a value as a map key (2.0 is the key 2), or undefined when it cannot be one. */
export function asKey(value: Value): MapKey | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') {
    return value;
  }
  return undefined;
}

/** Returns what a map holds under a key, or undefined. */
export function lookUp(map: MapValue, key: MapKey): Value | undefined {
  if (isMadeMap(map)) return map.get(key);
  if (typeof key !== 'string' || !Object.hasOwn(map, key)) return undefined;
  const data = map[key];
  return data === undefined ? undefined : lift(data);
}

/** Returns the keys of a map; pays for them. */
export function keysOf(map: MapValue, evaluation: Evaluation): readonly MapKey[] {
  const keys = isMadeMap(map) ? [...map.keys()] : Object.keys(map);
  spend(evaluation, keys.length);
  return keys;
}

/** Says a kind with its article, for messages. */
export function aKind(kind: Kind): string {
  return kind === 'int' ? 'an int' : `a ${kind}`;
}
