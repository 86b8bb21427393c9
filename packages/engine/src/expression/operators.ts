/**
 * Operators. Ints are 64 bits and never wrap; `/` and `%` of two ints truncate, as CEL says.
 * Where CEL wants explicit conversion, a mix of int and double gives a double: JSON has one kind
 * of number, and `params.ratio * 2` must not depend on whether the ratio happens to be 1.
 * Only `/` can surprise (`params.ratio / 2` truncates when the ratio is 1): write `/ 2.0`.
 */

import { equals } from './equality.ts';
import { Failure, spend, spendText } from './evaluation.ts';
import { type Overload, overload } from './overload.ts';
import { addTime, betweenTimes, checkedDuration } from './time.ts';
import { asKey, elementAt, type List, lookUp, makeList, nanosOf, type Value } from './values.ts';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** Returns an int that fits 64 bits; throws Failure otherwise. */
export function checkedInt(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new Failure('the integer does not fit 64 bits');
  return value;
}

function notZero(value: bigint): bigint {
  if (value === 0n) throw new Failure('division by zero');
  return value;
}

function arithmetic(
  int: (a: bigint, b: bigint) => bigint,
  double: (a: number, b: number) => number,
): Overload[] {
  return [
    overload(['int', 'int'], 'int', ([a, b]) => checkedInt(int(a, b))),
    overload(['double', 'double'], 'double', ([a, b]) => double(a, b)),
    overload(['int', 'double'], 'double', ([a, b]) => double(Number(a), b)),
    overload(['double', 'int'], 'double', ([a, b]) => double(a, Number(b))),
  ];
}

function comparison(holds: (order: number) => boolean): Overload[] {
  type Ordered = bigint | number | string | boolean;
  // What is neither less, greater nor equal is not a number, and no comparison holds for it.
  const by = (a: Ordered, b: Ordered) =>
    a < b ? holds(-1) : a > b ? holds(1) : a >= b && holds(0);
  return [
    overload(['int', 'int'], 'bool', ([a, b]) => by(a, b)),
    overload(['double', 'double'], 'bool', ([a, b]) => by(a, b)),
    overload(['int', 'double'], 'bool', ([a, b]) => by(a, b)),
    overload(['double', 'int'], 'bool', ([a, b]) => by(a, b)),
    overload(['string', 'string'], 'bool', ([a, b], evaluation) => {
      spend(evaluation, Math.min(a.length, b.length) >>> 6);
      return by(a, b);
    }),
    overload(['bool', 'bool'], 'bool', ([a, b]) => by(a, b)),
    overload(['timestamp', 'timestamp'], 'bool', ([a, b]) => by(a.getTime(), b.getTime())),
    overload(['duration', 'duration'], 'bool', ([a, b]) => by(nanosOf(a), nanosOf(b))),
  ];
}

function concatenated(a: List, b: List): List {
  const items: Value[] = [];
  for (let i = 0; i < a.length; i++) items.push(elementAt(a, i));
  for (let i = 0; i < b.length; i++) items.push(elementAt(b, i));
  return makeList(items);
}

const ADDITIONS: readonly Overload[] = [
  ...arithmetic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  overload(['string', 'string'], 'string', ([a, b], evaluation) => {
    spendText(evaluation, a.length + b.length);
    return a + b;
  }),
  overload(['bytes', 'bytes'], 'bytes', ([a, b], evaluation) => {
    spendText(evaluation, a.length + b.length);
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  }),
  overload(['list', 'list'], 'list', ([a, b], evaluation) => {
    spend(evaluation, a.length + b.length);
    return concatenated(a, b);
  }),
  overload(['timestamp', 'duration'], 'timestamp', ([a, b]) => addTime(a, nanosOf(b))),
  overload(['duration', 'timestamp'], 'timestamp', ([a, b]) => addTime(b, nanosOf(a))),
  overload(['duration', 'duration'], 'duration', ([a, b]) =>
    checkedDuration(nanosOf(a) + nanosOf(b)),
  ),
];

const SUBTRACTIONS: readonly Overload[] = [
  ...arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  overload(['timestamp', 'timestamp'], 'duration', ([a, b]) => betweenTimes(b, a)),
  overload(['timestamp', 'duration'], 'timestamp', ([a, b]) => addTime(a, -nanosOf(b))),
  overload(['duration', 'duration'], 'duration', ([a, b]) =>
    checkedDuration(nanosOf(a) - nanosOf(b)),
  ),
];

const MEMBERSHIPS: readonly Overload[] = [
  overload(['dyn', 'list'], 'bool', ([value, list], evaluation) => {
    for (let i = 0; i < list.length; i++) {
      if (equals(value, elementAt(list, i), evaluation)) return true;
    }
    return false;
  }),
  overload(['dyn', 'map'], 'bool', ([value, map]) => {
    const key = asKey(value);
    return key !== undefined && lookUp(map, key) !== undefined;
  }),
];

/** Every operator that evaluates all its operands, by its sign in the syntax tree. */
export const OPERATORS: ReadonlyMap<string, readonly Overload[]> = new Map([
  ['+', ADDITIONS],
  ['-', SUBTRACTIONS],
  [
    '*',
    arithmetic(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  [
    '/',
    arithmetic(
      (a, b) => a / notZero(b),
      (a, b) => a / b,
    ),
  ],
  ['%', [overload(['int', 'int'], 'int', ([a, b]) => a % notZero(b))]],
  ['<', comparison((order) => order < 0)],
  ['<=', comparison((order) => order <= 0)],
  ['>', comparison((order) => order > 0)],
  ['>=', comparison((order) => order >= 0)],
  ['==', [overload(['dyn', 'dyn'], 'bool', ([a, b], evaluation) => equals(a, b, evaluation))]],
  ['!=', [overload(['dyn', 'dyn'], 'bool', ([a, b], evaluation) => !equals(a, b, evaluation))]],
  ['in', MEMBERSHIPS],
  ['!_', [overload(['bool'], 'bool', ([a]) => !a)]],
  [
    '-_',
    [
      overload(['int'], 'int', ([a]) => checkedInt(-a)),
      overload(['double'], 'double', ([a]) => -a),
    ],
  ],
]);
