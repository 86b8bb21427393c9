/** One field of a cron expression: lists, ranges, steps and names, as numbers. */

import { ScheduleError } from '@tenuto/contract';

export interface FieldKind {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Full lower-case names; three letters are enough. The first one stands for `min`. */
  readonly names?: readonly string[];
  /** A range may go over the end: Friday to Monday. */
  readonly wraps?: boolean;
}

/** A step through numbers, both ends included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface CronField {
  /** `*`, `?` or a step of one over them: every value, and not said as a restriction. */
  readonly star: boolean;
  readonly ranges: readonly NumberRange[];
}

const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august'],
  ...['september', 'october', 'november', 'december'],
];
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export const FIELDS = {
  second: { label: 'second', min: 0, max: 59 },
  minute: { label: 'minute', min: 0, max: 59 },
  hour: { label: 'hour', min: 0, max: 23 },
  day: { label: 'day of the month', min: 1, max: 31 },
  month: { label: 'month', min: 1, max: 12, names: MONTHS },
  weekday: { label: 'day of the week', min: 0, max: 7, names: WEEKDAYS, wraps: true },
  year: { label: 'year', min: 1, max: 9999 },
} as const satisfies Record<string, FieldKind>;

/** What a schedule's text is called in the requests that bring it. */
export const EXPRESSION_PATH = '/schedule_expr';

/** @throws ScheduleError that says which part of which field cannot be read, and why */
export function parseField(text: string, kind: FieldKind): CronField {
  const ranges: NumberRange[] = [];
  let star = false;
  for (const item of text.split(',')) {
    const range = parseItem(item, kind);
    star ||= isEvery(item) && range.step === 1;
    ranges.push(range);
  }
  return { star, ranges };
}

/** All the values of a field, in order. Sunday is 0. */
export function valuesOf({ ranges }: CronField, kind: FieldKind): readonly number[] {
  const size = kind.wraps === true ? kind.max : Number.POSITIVE_INFINITY;
  const values = new Set<number>();
  for (const { from, to, step } of ranges) {
    for (let value = from; value <= to; value += step) values.add(value % size);
  }
  return [...values].sort((a, b) => a - b);
}

export function fieldProblem(kind: FieldKind, item: string, why: string): ScheduleError {
  const shown = item === '' ? 'nothing' : `"${item.slice(0, 40)}"`;
  return new ScheduleError(EXPRESSION_PATH, `The ${kind.label} cannot be ${shown}: ${why}.`);
}

function isEvery(item: string): boolean {
  return item.startsWith('*') || item.startsWith('?');
}

function parseItem(item: string, kind: FieldKind): NumberRange {
  const [range = '', stepText, ...more] = item.split('/');
  if (more.length > 0) throw fieldProblem(kind, item, 'it has two steps');
  const step = stepText === undefined ? 1 : parseStep(stepText, item, kind, range === '');
  // Sunday is 0 and 7; every weekday is once in a star.
  const last = kind.wraps === true ? kind.max - 1 : kind.max;
  if (range === '*' || range === '?' || (range === '' && stepText !== undefined)) {
    if (kind === FIELDS.year && stepText !== undefined) {
      throw fieldProblem(kind, item, 'a step of years needs the year it starts at, as in 2026/2');
    }
    return { from: kind.min, to: last, step };
  }
  const [first = '', end, ...rest] = range.split('-');
  if (rest.length > 0) throw fieldProblem(kind, item, 'it has two hyphens');
  const from = parseValue(first, item, kind);
  if (end === undefined) {
    return stepText === undefined
      ? { from, to: from, step }
      : { from: from > last ? 0 : from, to: last, step };
  }
  return { ...orderedRange(from, parseValue(end, item, kind), item, kind), step };
}

function orderedRange(from: number, to: number, item: string, kind: FieldKind) {
  if (from <= to) return { from, to };
  if (kind.wraps !== true) throw fieldProblem(kind, item, 'the range ends before it begins');
  return { from: from % kind.max, to: to + (from === kind.max ? 0 : kind.max) };
}

function parseStep(text: string, item: string, kind: FieldKind, bare: boolean): number {
  // Behind nothing at all a step must at least be one: `/60` of 60 minutes is a slip.
  const most = kind.max - kind.min + (bare ? 0 : 1);
  const step = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (step < 1 || step > most)
    throw fieldProblem(kind, item, `a step is a number from 1 to ${most}`);
  return step;
}

/** @throws ScheduleError when it is neither a number in the field's bounds nor one of its names */
export function parseValue(text: string, item: string, kind: FieldKind): number {
  if (/^\d{1,4}$/.test(text)) {
    const value = Number(text);
    if (value >= kind.min && value <= kind.max) return value;
    throw fieldProblem(kind, item, `it is from ${kind.min} to ${kind.max}`);
  }
  const name = text.toLowerCase();
  const index = kind.names?.findIndex((full) => full === name || full.slice(0, 3) === name) ?? -1;
  if (index >= 0) return kind.min + index;
  const known = kind.names === undefined ? 'a number' : 'a number or a name';
  throw fieldProblem(kind, item, `${known} from ${kind.min} to ${kind.max} is expected`);
}
