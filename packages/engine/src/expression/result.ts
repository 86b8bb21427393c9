/** Turns what an expression yields into JSON. */
import type { Json } from '@tenuto/contract';
import { type Evaluation, Failure, spend, spendOutput } from './evaluation.ts';
import { formatDuration } from './time.ts';
import {
  isDuration,
  isList,
  isMade,
  isMadeMap,
  type List,
  type MapKey,
  type Value,
} from './values.ts';

/**
 * Ints become JSON numbers (an error when a JSON number cannot hold them exactly), timestamps
 * RFC 3339 texts with milliseconds, durations seconds (`3.5s`), bytes base64. Data from outside
 * is not copied, but measured: a small expression must not yield a huge document.
 */
export function toJson(value: Value, evaluation: Evaluation): Json {
  switch (typeof value) {
    case 'bigint':
      return intToJson(value, evaluation);
    case 'number':
      if (!Number.isFinite(value)) throw new Failure(`JSON has no number for ${value}`);
      spendOutput(evaluation, 8);
      // JSON would write -0 as 0 anyway.
      return value + 0;
    case 'string':
      spendOutput(evaluation, value.length + 2);
      return value;
    case 'boolean':
      spendOutput(evaluation, 5);
      return value;
    default:
      return value === null ? null : compositeToJson(value, evaluation);
  }
}

function intToJson(int: bigint, evaluation: Evaluation): number {
  const number = Number(int);
  if (!Number.isSafeInteger(number)) {
    throw new Failure('a JSON number cannot hold the integer exactly; use string(...)');
  }
  spendOutput(evaluation, 8);
  return number;
}

function compositeToJson(value: Exclude<Value, null>, evaluation: Evaluation): Json {
  if (typeof value !== 'object') return null;
  if (value instanceof Date) return toJson(value.toISOString(), evaluation);
  if (isDuration(value)) return toJson(formatDuration(value), evaluation);
  if (value instanceof Uint8Array) return toJson(Buffer.from(value).toString('base64'), evaluation);
  if (isList(value)) return listToJson(value, evaluation);
  return isMadeMap(value) ? mapToJson(value, evaluation) : measured(value, evaluation);
}

function listToJson(list: List, evaluation: Evaluation): Json {
  if (!isMade(list)) return measured(list, evaluation);
  spend(evaluation, list.length);
  spendOutput(evaluation, 2 + list.length);
  return list.map((item) => toJson(item, evaluation));
}

function mapToJson(map: ReadonlyMap<MapKey, Value>, evaluation: Evaluation): Json {
  spend(evaluation, map.size);
  const entries: [string, Json][] = [];
  for (const [key, value] of map) {
    spendOutput(evaluation, String(key).length + 4);
    entries.push([String(key), toJson(value, evaluation)]);
  }
  return Object.fromEntries(entries);
}

/** Pays for a piece of data from outside and returns it. */
function measured(data: Json, evaluation: Evaluation): Json {
  if (typeof data === 'string') spendOutput(evaluation, data.length + 2);
  else if (typeof data !== 'object' || data === null) spendOutput(evaluation, 5);
  else if (Array.isArray(data)) {
    spendOutput(evaluation, 2 + data.length);
    for (const item of data) measured(item, evaluation);
  } else {
    spendOutput(evaluation, 2);
    for (const [key, item] of Object.entries(data)) {
      spendOutput(evaluation, key.length + 4);
      measured(item, evaluation);
    }
  }
  return data;
}
