/** One recurrence rule of RFC 5545, read strictly. */

import { ScheduleError } from '@tenuto/contract';
import { type CalendarTime, parseCalendarTime } from './calendar-time.ts';
import { EXPRESSION_PATH } from './cron-field.ts';

export const FREQUENCIES = [
  ...(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'] as const),
];
export type Frequency = (typeof FREQUENCIES)[number];

/** A weekday, 0 being Sunday; with its number in the month or year when it has one. */
export interface RuleDay {
  readonly weekday: number;
  readonly nth?: number;
}

/** What becomes of 30 February (RFC 7529): it is left out, or moved to the day before or after. */
export type Skip = 'OMIT' | 'BACKWARD' | 'FORWARD';

export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count?: number;
  readonly until?: CalendarTime;
  readonly weekStart: number;
  readonly skip: Skip;
  readonly bySecond?: readonly number[];
  readonly byMinute?: readonly number[];
  readonly byHour?: readonly number[];
  readonly byDay?: readonly RuleDay[];
  readonly byMonthDay?: readonly number[];
  readonly byYearDay?: readonly number[];
  readonly byWeekNo?: readonly number[];
  readonly byMonth?: readonly number[];
  readonly bySetPos?: readonly number[];
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const DAY = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/;
const COUNT_MOST = 10_000_000;
const INTERVAL_MOST = 1_000_000;

/** Parts that are lists of numbers: the smallest and the greatest, and whether they count from the end. */
const LISTS = {
  BYSECOND: ['bySecond', 0, 60, false],
  BYMINUTE: ['byMinute', 0, 59, false],
  BYHOUR: ['byHour', 0, 23, false],
  BYMONTHDAY: ['byMonthDay', 1, 31, true],
  BYYEARDAY: ['byYearDay', 1, 366, true],
  BYWEEKNO: ['byWeekNo', 1, 53, true],
  BYMONTH: ['byMonth', 1, 12, false],
  BYSETPOS: ['bySetPos', 1, 366, true],
} as const;
const OTHERS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', 'RSCALE', 'SKIP'];

/** @throws ScheduleError that names the part which is wrong */
export function parseRule(text: string): RecurrenceRule {
  const parts = partsOf(text);
  const frequency = FREQUENCIES.find((one) => one === parts.get('FREQ'));
  if (frequency === undefined) {
    throw ruleError(`FREQ has to be one of ${FREQUENCIES.join(', ')}`);
  }
  const count = parts.get('COUNT');
  const until = parts.get('UNTIL');
  const days = parts.get('BYDAY');
  const rule: RecurrenceRule = {
    frequency,
    interval: wholeNumber('INTERVAL', parts.get('INTERVAL') ?? '1', INTERVAL_MOST),
    weekStart: weekStartOf(parts.get('WKST')),
    skip: skipOf(parts),
    ...(count !== undefined && { count: wholeNumber('COUNT', count, COUNT_MOST) }),
    ...(until !== undefined && { until: parseCalendarTime(until, 'UNTIL') }),
    ...(days !== undefined && { byDay: days.split(',').map(ruleDay) }),
    ...listsOf(parts),
  };
  refuseContradictions(rule);
  return rule;
}

function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(';')) {
    const [name = '', value = '', ...more] = part.split('=');
    if (value === '' || more.length > 0) throw ruleError(`"${shown(part)}" is not NAME=VALUE`);
    if (!(name in LISTS) && !OTHERS.includes(name))
      throw ruleError(`it has no part ${shown(name)}`);
    if (parts.has(name)) throw ruleError(`${name} is there twice`);
    parts.set(name, value);
  }
  return parts;
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw ruleError(`${name} has to be a whole number from 1 to ${most}, not ${shown(text)}`);
}

function weekStartOf(text = 'MO'): number {
  const weekday = WEEKDAYS.indexOf(text);
  if (weekday < 0) throw ruleError(`WKST has to be one of ${WEEKDAYS.join(', ')}`);
  return weekday;
}

function skipOf(parts: ReadonlyMap<string, string>): Skip {
  const scale = parts.get('RSCALE');
  if (scale !== undefined && scale !== 'GREGORIAN') {
    throw ruleError(`RSCALE=${shown(scale)} is not supported; only GREGORIAN is`);
  }
  const text = parts.get('SKIP') ?? 'OMIT';
  const skip = (['OMIT', 'BACKWARD', 'FORWARD'] as const).find((one) => one === text);
  if (skip === undefined) throw ruleError('SKIP has to be one of OMIT, BACKWARD, FORWARD');
  if (scale === undefined && parts.has('SKIP')) throw ruleError('SKIP needs RSCALE=GREGORIAN');
  return skip;
}

function ruleDay(text: string): RuleDay {
  const [, number, day = ''] = DAY.exec(text) ?? [];
  const weekday = WEEKDAYS.indexOf(day);
  if (weekday < 0) throw ruleError(`BYDAY has days like MO, 1MO or -1FR, not ${shown(text)}`);
  if (number === undefined) return { weekday };
  const nth = Number(number);
  if (nth === 0 || Math.abs(nth) > 53)
    throw ruleError(`BYDAY counts days from 1 to 53, not ${nth}`);
  return { weekday, nth };
}

function listsOf(parts: ReadonlyMap<string, string>) {
  const lists: Partial<Record<(typeof LISTS)[keyof typeof LISTS][0], readonly number[]>> = {};
  for (const [name, [key, least, most, signed]] of Object.entries(LISTS)) {
    const text = parts.get(name);
    if (text === undefined) continue;
    const values = text.split(',').map((item) => {
      const value = /^[+-]?\d{1,3}$/.test(item) ? Number(item) : Number.NaN;
      const size = signed ? Math.abs(value) : value;
      if (size >= least && size <= most && (signed || !/^[+-]/.test(item))) return value;
      const range = signed ? `${least} to ${most} or -${least} to -${most}` : `${least} to ${most}`;
      throw ruleError(`${name} has numbers from ${range}, not ${shown(item)}`);
    });
    lists[key] = [...new Set(values)].sort((a, b) => a - b);
  }
  // Clocks without leap seconds take the 60th for the 59th.
  if (lists.bySecond?.includes(60)) {
    lists.bySecond = [...new Set(lists.bySecond.map((second) => Math.min(second, 59)))];
  }
  return lists;
}

function refuseContradictions(rule: RecurrenceRule): void {
  const { count, until, bySetPos, byWeekNo, byDay } = rule;
  if (count !== undefined && until !== undefined) {
    throw ruleError('COUNT and UNTIL exclude each other; leave one out');
  }
  if (byWeekNo !== undefined && byDay?.some(({ nth }) => nth !== undefined)) {
    throw ruleError('BYDAY cannot count days beside BYWEEKNO; give plain days');
  }
  const others = Object.keys(rule).filter((key) => key.startsWith('by') && key !== 'bySetPos');
  if (bySetPos !== undefined && others.length === 0) {
    throw ruleError('BYSETPOS chooses among what another BY part names; add one');
  }
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

export function ruleError(why: string): ScheduleError {
  return new ScheduleError(EXPRESSION_PATH, `The rule cannot be followed: ${why}.`);
}
