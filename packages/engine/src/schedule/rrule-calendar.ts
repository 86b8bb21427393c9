/** Rules that step by days, weeks, months or years: times on the wall, whatever the clocks do. */

import {
  CYCLE_YEARS,
  civilDay,
  DAY_MS,
  dayNumber,
  daysInMonth,
  daysInYear,
  LAST_YEAR,
  weekdayOf,
} from './civil.ts';
import type { Effort } from './effort.ts';
import { type DayFilter, dayFilter, withStartDays } from './rrule-days.ts';
import type { RecurrenceRule } from './rrule-parts.ts';
import { type TimesOfDay, timesOfDay } from './time-of-day.ts';
import type { WallTimes } from './wall-clock.ts';

/** The periods of a rule, from the one that it starts in. */
interface Periods {
  /** The number of the period that a day lies in, or of the one before it. */
  numberOf(day: number): number;
  firstDay(number: number): number;
  /** The rule's days in a period, in order. */
  days(number: number): readonly number[];
}

const LAST_DAY = dayNumber(LAST_YEAR, 12, 31);
/** Days whose date is known are looked at quickly. */
const MONTH_STEPS = 2;
const YEAR_STEPS = 24;
const NO_DAYS: readonly number[] = [];
const HORIZON_DAYS = CYCLE_YEARS * 365 + 97;

/** @param startMs the wall time of DTSTART; it belongs to the rule only if it fits it */
export function calendarTimes(
  written: RecurrenceRule,
  { startMs, effort }: { readonly startMs: number; readonly effort: Effort },
): WallTimes {
  const startDay = Math.floor(startMs / DAY_MS);
  const rule = withStartDays(written, startDay);
  const times = timesOf(rule, startMs - startDay * DAY_MS);
  const periods = periodsOf(rule, startDay, effort);
  // A date that does not exist may be moved into the next period.
  const overlap = rule.skip === 'FORWARD' ? 1 : 0;
  const { bySetPos } = rule;

  return {
    next(fromMs) {
      const from = Math.ceil(Math.max(fromMs, startMs) / 1000);
      const day = Math.floor(from / 86_400);
      const horizon = Math.min(LAST_DAY, day + HORIZON_DAYS);
      let number = Math.max(0, periods.numberOf(day) - overlap);
      for (; periods.firstDay(number) <= horizon; number += 1) {
        if (!effort.take()) return undefined;
        const days = periods.days(number);
        if (days.length === 0) continue;
        const seconds =
          bySetPos === undefined
            ? firstTime(days, times, from)
            : firstChosen(days, times, bySetPos, from);
        if (seconds !== undefined) return seconds * 1000;
      }
      return undefined;
    },
  };
}

function timesOf({ byHour, byMinute, bySecond }: RecurrenceRule, startMs: number): TimesOfDay {
  const time = Math.floor(startMs / 1000);
  return timesOfDay(
    byHour ?? [Math.floor(time / 3600)],
    byMinute ?? [Math.floor(time / 60) % 60],
    bySecond ?? [time % 60],
  );
}

function firstTime(days: readonly number[], times: TimesOfDay, from: number): number | undefined {
  for (const day of days) {
    const midnight = day * 86_400;
    if (midnight >= from) return midnight + times.at(0);
    if (from - midnight >= 86_400) continue;
    const time = times.from(from - midnight);
    if (time >= 0) return midnight + time;
  }
  return undefined;
}

/** Of all times in a period only those with a number that BYSETPOS gives. */
function firstChosen(
  days: readonly number[],
  times: TimesOfDay,
  positions: readonly number[],
  from: number,
): number | undefined {
  const size = days.length * times.count;
  let first: number | undefined;
  for (const position of positions) {
    const index = position > 0 ? position - 1 : size + position;
    const day = days[Math.floor(index / times.count)];
    if (index < 0 || day === undefined) continue;
    const time = day * 86_400 + times.at(index % times.count);
    if (time >= from && (first === undefined || time < first)) first = time;
  }
  return first;
}

function periodsOf(rule: RecurrenceRule, startDay: number, effort: Effort): Periods {
  const filter = dayFilter(rule);
  switch (rule.frequency) {
    case 'YEARLY':
      return counted(years(rule, filter, startDay), YEAR_STEPS, effort);
    case 'MONTHLY':
      return counted(months(rule, filter, startDay), MONTH_STEPS, effort);
    case 'WEEKLY':
      return weeks(rule, filter, startDay);
    default:
      return spans(startDay, rule.interval, (day) =>
        filter(day, civilDay(day)) ? [day] : NO_DAYS,
      );
  }
}

/** Periods of a fixed number of days. */
function spans(start: number, step: number, days: (first: number) => readonly number[]): Periods {
  return {
    numberOf: (day) => Math.floor((day - start) / step),
    firstDay: (number) => start + number * step,
    days: (number) => days(start + number * step),
  };
}

function weeks(
  { interval, weekStart }: RecurrenceRule,
  filter: DayFilter,
  startDay: number,
): Periods {
  const start = startDay - ((weekdayOf(startDay) - weekStart + 7) % 7);
  return spans(start, 7 * interval, (first) => daysFrom(first, 7, filter));
}

function months(rule: RecurrenceRule, filter: DayFilter, startDay: number): Periods {
  const { interval } = rule;
  const start = monthIndex(startDay);
  const yearOf = (number: number) => Math.floor((start + number * interval) / 12);
  const monthOf = (number: number) => ((start + number * interval) % 12) + 1;
  return {
    numberOf: (day) => Math.floor((monthIndex(day) - start) / interval),
    firstDay: (number) => dayNumber(yearOf(number), monthOf(number), 1),
    days: (number) => daysOfMonth(rule, filter, yearOf(number), monthOf(number)),
  };
}

function years(rule: RecurrenceRule, filter: DayFilter, startDay: number): Periods {
  const { interval } = rule;
  const start = civilDay(startDay).year;
  return {
    numberOf: (day) => Math.floor((civilDay(day).year - start) / interval),
    firstDay: (number) => dayNumber(start + number * interval, 1, 1),
    days: (number) => daysOfYear(rule, filter, start + number * interval),
  };
}

function monthIndex(day: number): number {
  const { year, month } = civilDay(day);
  return year * 12 + month - 1;
}

/** Keeps the last answer: one firing after the other asks for the same period. */
function counted(periods: Periods, steps: number, effort: Effort): Periods {
  let known: { readonly number: number; readonly days: readonly number[] } | undefined;
  return {
    ...periods,
    days(number) {
      if (known?.number === number) return known.days;
      effort.take(steps);
      known = { number, days: periods.days(number) };
      return known.days;
    },
  };
}

function daysFrom(first: number, count: number, filter: DayFilter): readonly number[] {
  const days: number[] = [];
  for (let day = first; day < first + count; day += 1) {
    if (filter(day, civilDay(day))) days.push(day);
  }
  return days;
}

function daysOfYear(rule: RecurrenceRule, filter: DayFilter, year: number): readonly number[] {
  const days: number[] = [];
  for (let month = 1; month <= 12; month += 1) {
    if (rule.byMonth === undefined || rule.byMonth.includes(month)) {
      days.push(...daysOfMonth(rule, filter, year, month));
    }
  }
  const last = rule.byYearDay?.includes(366) === true && daysInYear(year) === 365;
  return last ? withMoved(rule, days, dayNumber(year, 12, 31)) : days;
}

function daysOfMonth(rule: RecurrenceRule, filter: DayFilter, year: number, month: number) {
  const first = dayNumber(year, month, 1);
  const length = daysInMonth(year, month);
  const days: number[] = [];
  for (let day = 1; day <= length; day += 1) {
    if (filter(first + day - 1, { year, month, day })) days.push(first + day - 1);
  }
  const missing = rule.byMonthDay?.some((day) => day > length) === true;
  const named = rule.byMonth === undefined || rule.byMonth.includes(month);
  return missing && named ? withMoved(rule, days, first + length - 1) : days;
}

/** Puts what would come behind the last day of a month or year where SKIP says. */
function withMoved(
  { skip, byDay }: RecurrenceRule,
  days: number[],
  last: number,
): readonly number[] {
  if (skip === 'OMIT') return days;
  const moved = skip === 'BACKWARD' ? last : last + 1;
  const fits = byDay === undefined || byDay.some(({ weekday }) => weekday === weekdayOf(moved));
  return !fits || days.at(-1) === moved ? days : [...days, moved];
}
