import { type Evaluation, spend } from './evaluation.ts';
import {
  elementAt,
  isDuration,
  isList,
  keysOf,
  kindOf,
  type List,
  lookUp,
  type MapValue,
  nanosOf,
  type Value,
} from './values.ts';

/**
 * Whether two values are equal: numbers by what they are worth whatever their kind, lists and
 * maps by their contents, values of different kinds never. Throws Failure when the comparison
 * costs too much.
 */
export function equals(a: Value, b: Value, evaluation: Evaluation): boolean {
  spend(evaluation, 1);
  if (typeof a === 'string' && typeof b === 'string') return equalTexts(a, b, evaluation);
  if (a === b) return true;
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isInteger(b) && BigInt(b) === a;
  if (typeof a === 'number' && typeof b === 'bigint') return Number.isInteger(a) && BigInt(a) === b;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (kindOf(a) !== kindOf(b)) return false;
  if (isList(a)) return isList(b) && equalLists(a, b, evaluation);
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b, evaluation);
  if (isDuration(a)) return isDuration(b) && nanosOf(a) === nanosOf(b);
  if (isList(b) || b instanceof Date || b instanceof Uint8Array || isDuration(b)) return false;
  return equalMaps(a, b, evaluation);
}

function equalTexts(a: string, b: string, evaluation: Evaluation): boolean {
  if (a.length !== b.length) return false;
  spend(evaluation, a.length >>> 6);
  return a === b;
}

function equalBytes(a: Uint8Array, b: Uint8Array, evaluation: Evaluation): boolean {
  if (a.length !== b.length) return false;
  spend(evaluation, a.length >>> 5);
  return a.every((byte, i) => byte === b[i]);
}

function equalLists(a: List, b: List, evaluation: Evaluation): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!equals(elementAt(a, i), elementAt(b, i), evaluation)) return false;
  }
  return true;
}

function equalMaps(a: MapValue, b: MapValue, evaluation: Evaluation): boolean {
  const keys = keysOf(a, evaluation);
  if (keys.length !== keysOf(b, evaluation).length) return false;
  for (const key of keys) {
    const left = lookUp(a, key);
    const right = lookUp(b, key);
    if (left === undefined || right === undefined) return false;
    if (!equals(left, right, evaluation)) return false;
  }
  return true;
}
