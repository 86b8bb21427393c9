/** The days that a cron expression names: of the month, of the week, and both. */

import { dayNumber, daysInMonth, weekdayOf } from './civil.ts';
import {
  type CronField,
  FIELDS,
  fieldProblem,
  parseField,
  parseValue,
  valuesOf,
} from './cron-field.ts';

/** A day counted from the front of a month or from its end, moved to a weekday or not. */
export interface MonthDay {
  /** 1 is the first day; 0 is the last one, -1 the day before it. */
  readonly day: number;
  /** The nearest Monday to Friday in the same month. */
  readonly nearestWeekday: boolean;
}

/** A weekday of a month by its number; 0 is the last. */
export interface NthWeekday {
  readonly weekday: number;
  readonly nth: number;
}

export interface CronDays {
  readonly days: readonly number[];
  readonly specialDays: readonly MonthDay[];
  readonly weekdays: readonly number[];
  readonly nthWeekdays: readonly NthWeekday[];
  /** Neither field restricts, one does, either day is enough, or both must hold. */
  readonly combine: 'every' | 'day' | 'weekday' | 'either' | 'both';
}

const SPECIAL_DAY = /^(?:(\d{1,2})W|L(?:-(\d{1,2}))?(W)?)$/;
const NTH = /^(.+)#([1-5]|L)$/;
const LAST = /^(?:L(\d)|(.+)L)$/;

/** @throws ScheduleError when either field cannot be read */
export function parseDays(dayText: string, weekdayText: string): CronDays {
  const day = parseMonthDays(dayText.toUpperCase());
  const both = weekdayText.startsWith('+');
  const weekday = parseWeekdays((both ? weekdayText.slice(1) : weekdayText).toUpperCase());
  return {
    days: valuesOf(day.field, FIELDS.day),
    specialDays: day.special,
    weekdays: valuesOf(weekday.field, FIELDS.weekday),
    nthWeekdays: weekday.nth,
    combine: combination(day.field.star, weekday.field.star, both),
  };
}

function combination(anyDay: boolean, anyWeekday: boolean, both: boolean): CronDays['combine'] {
  if (anyDay) return anyWeekday ? 'every' : 'weekday';
  if (anyWeekday) return 'day';
  return both ? 'both' : 'either';
}

function parseMonthDays(text: string): { field: CronField; special: readonly MonthDay[] } {
  const special: MonthDay[] = [];
  const plain: string[] = [];
  for (const item of text.split(',')) {
    const match = SPECIAL_DAY.exec(item);
    if (match === null) plain.push(item.replace(/^(\d{1,2})-L(?=\/|$)/, '$1-31'));
    else special.push(monthDay(match, item));
  }
  return { field: fieldOf(plain, FIELDS.day), special };
}

function monthDay([, day, before, weekday]: RegExpExecArray, item: string): MonthDay {
  if (day !== undefined) {
    return { day: parseValue(day, item, FIELDS.day), nearestWeekday: true };
  }
  const back = Number(before ?? 0);
  if (back > 30) throw fieldProblem(FIELDS.day, item, 'no month has so many days');
  return { day: -back, nearestWeekday: weekday !== undefined };
}

function parseWeekdays(text: string): { field: CronField; nth: readonly NthWeekday[] } {
  const nth: NthWeekday[] = [];
  const plain: string[] = [];
  for (const item of text.split(',')) {
    const found = nthOf(item);
    if (found === undefined) plain.push(item);
    else nth.push(...found);
  }
  return { field: fieldOf(plain, FIELDS.weekday), nth };
}

function nthOf(item: string): readonly NthWeekday[] | undefined {
  const numbered = NTH.exec(item);
  const last = numbered === null ? LAST.exec(item) : null;
  const days = numbered?.[1] ?? last?.[1] ?? last?.[2];
  if (days === undefined) return undefined;
  if (days.includes('/') || days.includes('*') || days.includes('?')) {
    throw fieldProblem(FIELDS.weekday, item, 'only a day or a range of days has a number');
  }
  const nth = numbered === null || numbered[2] === 'L' ? 0 : Number(numbered[2]);
  const field = parseField(days, FIELDS.weekday);
  return valuesOf(field, FIELDS.weekday).map((weekday) => ({ weekday, nth }));
}

function fieldOf(items: readonly string[], kind: typeof FIELDS.day | typeof FIELDS.weekday) {
  if (items.length === 0) return { star: false, ranges: [] };
  return parseField(items.join(','), kind);
}

/** The days of a month that match, as bits: bit 1 is the first day. */
export function daysOfMonth(rule: CronDays, year: number, month: number): number {
  const length = daysInMonth(year, month);
  const whole = (2 ** (length + 1) - 2) | 0;
  if (rule.combine === 'every') return whole;
  const first = weekdayOf(dayNumber(year, month, 1));
  const byDay = rule.combine === 'weekday' ? 0 : bitsByDay(rule, length, first);
  const byWeekday = rule.combine === 'day' ? 0 : bitsByWeekday(rule, length, first);
  return (rule.combine === 'both' ? byDay & byWeekday : byDay | byWeekday) & whole;
}

function bitsByDay({ days, specialDays }: CronDays, length: number, first: number): number {
  let bits = 0;
  for (const day of days) bits |= 1 << day;
  for (const { day, nearestWeekday } of specialDays) {
    const date = day > 0 ? day : length + day;
    if (date < 1 || date > length) continue;
    bits |= 1 << (nearestWeekday ? weekdayNear(date, length, first) : date);
  }
  return bits;
}

function weekdayNear(date: number, length: number, first: number): number {
  const weekday = (first + date - 1) % 7;
  if (weekday === 6) return date > 1 ? date - 1 : date + 2;
  if (weekday === 0) return date < length ? date + 1 : date - 2;
  return date;
}

function bitsByWeekday({ weekdays, nthWeekdays }: CronDays, length: number, first: number): number {
  let bits = 0;
  for (const weekday of weekdays) {
    for (let day = firstOn(weekday, first); day <= length; day += 7) bits |= 1 << day;
  }
  for (const { weekday, nth } of nthWeekdays) {
    const start = firstOn(weekday, first);
    const day = nth > 0 ? start + (nth - 1) * 7 : start + Math.floor((length - start) / 7) * 7;
    if (day <= length) bits |= 1 << day;
  }
  return bits;
}

function firstOn(weekday: number, first: number): number {
  return 1 + ((weekday - first + 7) % 7);
}
