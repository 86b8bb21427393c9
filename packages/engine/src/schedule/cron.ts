/** Cron expressions: five to seven fields, or a macro, as times on the wall. */

import { ScheduleError } from '@tenuto/contract';
import { CYCLE_YEARS, civilDay, DAY_MS, dayNumber, LAST_YEAR } from './civil.ts';
import { type CronDays, daysOfMonth, parseDays } from './cron-days.ts';
import {
  EXPRESSION_PATH,
  FIELDS,
  type FieldKind,
  type NumberRange,
  parseField,
  valuesOf,
} from './cron-field.ts';
import { successors, timesOfDay } from './time-of-day.ts';
import type { WallTimes } from './wall-clock.ts';

export interface CronRule {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly days: CronDays;
  /** Absent: every year. */
  readonly years?: readonly NumberRange[];
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * Minute, hour, day of the month, month, day of the week; seconds before them when there are six
 * fields, a year behind them when there are seven.
 * @throws ScheduleError that says which field cannot be read, and why
 */
export function parseCron(text: string): CronRule {
  const fields = fieldsOf(text.trim());
  const [second = '0', minute = '', hour = '', day = '', month = '', weekday = '', year] =
    fields.length === 5 ? ['0', ...fields] : fields;
  const years = year === undefined ? undefined : parseField(year, FIELDS.year);
  const rule = {
    seconds: values(second, FIELDS.second),
    minutes: values(minute, FIELDS.minute),
    hours: values(hour, FIELDS.hour),
    months: values(month, FIELDS.month),
    days: parseDays(day, weekday),
  };
  return years === undefined || years.star ? rule : { ...rule, years: years.ranges };
}

function fieldsOf(text: string): readonly string[] {
  if (text.startsWith('@')) {
    const macro = MACROS[text.toLowerCase()];
    if (macro !== undefined) return macro.split(' ');
    const known = Object.keys(MACROS).join(', ');
    throw new ScheduleError(EXPRESSION_PATH, `${text.slice(0, 40)} is none of ${known}.`);
  }
  const fields = text.split(/\s+/);
  if (text !== '' && fields.length >= 5 && fields.length <= 7) return fields;
  throw new ScheduleError(
    EXPRESSION_PATH,
    `A cron expression has 5 fields (minute, hour, day, month, weekday), 6 with seconds in front, or 7 with a year behind; this one has ${text === '' ? 0 : fields.length}.`,
  );
}

function values(text: string, kind: FieldKind): readonly number[] {
  return valuesOf(parseField(text, kind), kind);
}

/** Whether a rule fires in every hour of its days: it has a pace then, and names no times of day. */
export function keepsPace({ hours }: CronRule): boolean {
  return hours.length === 24;
}

/** The times of a rule, in order, on a wall without changes of the clocks. */
export function cronTimes(rule: CronRule): WallTimes {
  const times = timesOfDay(rule.hours, rule.minutes, rule.seconds);
  const nextDay = dayFinder(rule);

  return {
    next(fromMs) {
      const from = Math.ceil(fromMs / 1000);
      const start = Math.floor(from / 86_400);
      const day = nextDay(start);
      if (day === undefined) return undefined;
      const time = times.from(day === start ? from - start * 86_400 : 0);
      if (time >= 0) return day * DAY_MS + time * 1000;
      const later = nextDay(day + 1);
      return later === undefined ? undefined : later * DAY_MS + times.at(0) * 1000;
    },
  };
}

function dayFinder(rule: CronRule): (from: number) => number | undefined {
  const month = successors(rule.months, 14);
  let known = { year: 0, month: 0, bits: 0 };

  return (from) => {
    const start = civilDay(from);
    const lastYear = Math.min(LAST_YEAR, start.year + CYCLE_YEARS);
    let year = yearFrom(rule.years, start.year);
    let m = year === start.year ? start.month : 1;
    let left = year === start.year ? start.day : 1;
    while (year <= lastYear) {
      const found = month[m] ?? -1;
      if (found < 0) {
        year = yearFrom(rule.years, year + 1);
        m = 1;
        left = 1;
        continue;
      }
      if (found !== m) left = 1;
      const bits = bitsOf(year, found) & (-1 << left);
      if (bits !== 0) return dayNumber(year, found, 31 - Math.clz32(bits & -bits));
      m = found + 1;
      left = 1;
    }
    return undefined;
  };

  function bitsOf(year: number, month: number): number {
    if (known.year !== year || known.month !== month) {
      known = { year, month, bits: daysOfMonth(rule.days, year, month) };
    }
    return known.bits;
  }
}

function yearFrom(ranges: readonly NumberRange[] | undefined, from: number): number {
  if (ranges === undefined) return from;
  const next = ranges.map(({ from: first, to, step }) => {
    const year = from <= first ? first : first + Math.ceil((from - first) / step) * step;
    return year <= to ? year : Number.POSITIVE_INFINITY;
  });
  return Math.min(...next);
}
