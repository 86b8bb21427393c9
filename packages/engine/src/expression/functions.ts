/**
 * Functions and methods that an expression may call. What an expression yields depends on
 * nothing but its bindings, so there is none that reads a clock, a file or randomness.
 */
import { type Evaluation, Failure, spend, spendText } from './evaluation.ts';
import { checkedInt } from './operators.ts';
import { type Overload, overload } from './overload.ts';
import { STRING_METHODS, sizeOfText } from './strings.ts';
import {
  checkedTimestamp,
  formatDuration,
  parseDuration,
  parseTimestamp,
  TIME_METHODS,
} from './time.ts';
import { elementAt, keysOf, type List, type Value } from './values.ts';

/** Reading or writing a time is this many times slower than a visit. */
const TIME_STEPS = 15;
const UTF8 = new TextEncoder();
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true', 'TRUE', 'True'].map((text): [string, boolean] => [text, true]),
  ...['0', 'f', 'false', 'FALSE', 'False'].map((text): [string, boolean] => [text, false]),
]);

const SIZES: readonly Overload[] = [
  overload(['string'], 'int', ([text], evaluation) => sizeOfText(text, evaluation)),
  overload(['bytes'], 'int', ([bytes]) => BigInt(bytes.length)),
  overload(['list'], 'int', ([list]) => BigInt(list.length)),
  overload(['map'], 'int', ([map], evaluation) => BigInt(keysOf(map, evaluation).length)),
];

function parseInteger(text: string): bigint {
  if (!/^[+-]?\d{1,20}$/.test(text)) throw new Failure('the string is not an integer');
  return checkedInt(BigInt(text.startsWith('+') ? text.slice(1) : text));
}

function parseDouble(text: string): number {
  if (!/^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?$/.test(text)) {
    throw new Failure('the string is not a number');
  }
  return Number(text);
}

function truncated(double: number): bigint {
  if (!Number.isFinite(double)) throw new Failure('the double is not a finite number');
  return checkedInt(BigInt(Math.trunc(double)));
}

function parseBool(text: string): boolean {
  const truth = TRUTHS.get(text);
  if (truth === undefined) throw new Failure("the string is neither 'true' nor 'false'");
  return truth;
}

function decoded(bytes: Uint8Array, evaluation: Evaluation): string {
  spendText(evaluation, bytes.length);
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    throw new Failure('the bytes are not UTF-8');
  }
}

const CONVERSIONS: readonly [string, readonly Overload[]][] = [
  [
    'string',
    [
      overload(['string'], 'string', ([text]) => text),
      overload(['bool'], 'string', ([truth]) => String(truth)),
      overload(['int'], 'string', ([int]) => String(int)),
      overload(['double'], 'string', ([double]) => String(double)),
      overload(['bytes'], 'string', ([bytes], evaluation) => decoded(bytes, evaluation)),
      overload(['timestamp'], 'string', ([at], evaluation) => {
        spend(evaluation, TIME_STEPS);
        return at.toISOString();
      }),
      overload(['duration'], 'string', ([duration], evaluation) => {
        spend(evaluation, TIME_STEPS);
        return formatDuration(duration);
      }),
    ],
  ],
  [
    'int',
    [
      overload(['int'], 'int', ([int]) => int),
      overload(['double'], 'int', ([double]) => truncated(double)),
      overload(['string'], 'int', ([text]) => parseInteger(text)),
      overload(['timestamp'], 'int', ([at]) => BigInt(Math.floor(at.getTime() / 1000))),
    ],
  ],
  [
    'double',
    [
      overload(['double'], 'double', ([double]) => double),
      overload(['int'], 'double', ([int]) => Number(int)),
      overload(['string'], 'double', ([text]) => parseDouble(text)),
    ],
  ],
  [
    'bool',
    [
      overload(['bool'], 'bool', ([truth]) => truth),
      overload(['string'], 'bool', ([text]) => parseBool(text)),
    ],
  ],
  [
    'bytes',
    [
      overload(['bytes'], 'bytes', ([bytes]) => bytes),
      overload(['string'], 'bytes', ([text], evaluation) => {
        spendText(evaluation, text.length);
        return UTF8.encode(text);
      }),
    ],
  ],
  [
    'timestamp',
    [
      overload(['timestamp'], 'timestamp', ([at]) => at),
      overload(['string'], 'timestamp', ([text], evaluation) => {
        spend(evaluation, TIME_STEPS + text.length);
        return parseTimestamp(text);
      }),
      overload(['int'], 'timestamp', ([seconds]) => checkedTimestamp(Number(seconds) * 1000)),
    ],
  ],
  [
    'duration',
    [
      overload(['duration'], 'duration', ([duration]) => duration),
      overload(['string'], 'duration', ([text], evaluation) => {
        spend(evaluation, TIME_STEPS + text.length);
        return parseDuration(text);
      }),
    ],
  ],
  ['dyn', [overload(['dyn'], 'dyn', ([value]) => value)]],
];

/** Functions, called as `name(...)`. */
export const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> = new Map([
  ['size', SIZES],
  ...CONVERSIONS,
]);

function joined(list: List, separator: string, evaluation: Evaluation): string {
  spend(evaluation, list.length);
  let chars = Math.max(0, list.length - 1) * separator.length;
  const texts: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const text: Value = elementAt(list, i);
    if (typeof text !== 'string') throw new Failure('join needs a list of strings');
    chars += text.length;
    texts.push(text);
  }
  spendText(evaluation, chars);
  return texts.join(separator);
}

/** Methods, called as `receiver.name(...)`; the receiver is the first parameter. */
export const METHODS: ReadonlyMap<string, readonly Overload[]> = new Map([
  ['size', SIZES],
  [
    'join',
    [
      overload(['list'], 'string', ([list], evaluation) => joined(list, '', evaluation)),
      overload(['list', 'string'], 'string', ([list, separator], evaluation) =>
        joined(list, separator, evaluation),
      ),
    ],
  ],
  ...STRING_METHODS,
  ...TIME_METHODS,
]);
