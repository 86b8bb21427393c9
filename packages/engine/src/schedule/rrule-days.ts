/** Which days a recurrence rule takes: those that all of its BY parts allow. */

import { type CivilDay, civilDay, dayNumber, daysInMonth, daysInYear, weekdayOf } from './civil.ts';
import type { RecurrenceRule, RuleDay } from './rrule-parts.ts';

/** Whether a day, by its number since 1970 and its date, is one of the rule's. */
export type DayFilter = (number: number, date: CivilDay) => boolean;

/**
 * A rule with the parts filled in that it takes from its start: a monthly rule without days falls
 * on the day of the month that it starts on.
 */
export function withStartDays(rule: RecurrenceRule, startDay: number): RecurrenceRule {
  const { byWeekNo, byYearDay, byMonthDay, byDay, frequency } = rule;
  if (byWeekNo ?? byYearDay ?? byMonthDay ?? byDay) return rule;
  const { month, day } = civilDay(startDay);
  switch (frequency) {
    case 'YEARLY':
      return { ...rule, byMonth: rule.byMonth ?? [month], byMonthDay: [day] };
    case 'MONTHLY':
      return { ...rule, byMonthDay: [day] };
    case 'WEEKLY':
      return { ...rule, byDay: [{ weekday: weekdayOf(startDay) }] };
    default:
      return rule;
  }
}

export function dayFilter(rule: RecurrenceRule): DayFilter {
  const { byMonth, byMonthDay, byYearDay, byWeekNo, byDay, weekStart } = rule;
  const filters: DayFilter[] = [];
  if (byMonth !== undefined) filters.push((_, { month }) => byMonth.includes(month));
  if (byMonthDay !== undefined) {
    filters.push((_, { year, month, day }) => among(byMonthDay, day, daysInMonth(year, month)));
  }
  if (byYearDay !== undefined) {
    filters.push((number, { year }) => {
      return among(byYearDay, number - dayNumber(year, 1, 1) + 1, daysInYear(year));
    });
  }
  if (byWeekNo !== undefined) {
    filters.push((number, { year }) => {
      const { week, weeks } = weekOf(number, year, weekStart);
      return among(byWeekNo, week, weeks);
    });
  }
  if (byDay !== undefined) filters.push(weekdayFilter(rule, byDay));
  const [first, second] = filters;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (number, date) => filters.every((filter) => filter(number, date));
}

/** Whether a position is one of those asked for, counted from the front or, negative, from the end. */
function among(positions: readonly number[], position: number, size: number): boolean {
  return positions.includes(position) || positions.includes(position - size - 1);
}

function weekdayFilter(
  { frequency, byMonth }: RecurrenceRule,
  byDay: readonly RuleDay[],
): DayFilter {
  const counts = frequency === 'MONTHLY' || frequency === 'YEARLY';
  const plain = byDay
    .filter(({ nth }) => nth === undefined || !counts)
    .map(({ weekday }) => weekday);
  const numbered = counts ? byDay.filter(({ nth }) => nth !== undefined) : [];
  if (numbered.length === 0) return (number) => plain.includes(weekdayOf(number));
  const inYear = frequency === 'YEARLY' && byMonth === undefined;
  return (number, { year, month, day }) => {
    const weekday = weekdayOf(number);
    if (plain.includes(weekday)) return true;
    const place = inYear ? number - dayNumber(year, 1, 1) : day - 1;
    const size = inYear ? daysInYear(year) : daysInMonth(year, month);
    const fromFront = Math.floor(place / 7) + 1;
    const fromEnd = -Math.floor((size - 1 - place) / 7) - 1;
    return numbered.some((one) => {
      return one.weekday === weekday && (one.nth === fromFront || one.nth === fromEnd);
    });
  };
}

/** The number of a day's week, and how many the year has that the week belongs to. */
function weekOf(number: number, year: number, weekStart: number) {
  const monday = number - ((weekdayOf(number) - weekStart + 7) % 7);
  const weekYear = [year + 1, year].find((one) => firstWeek(one, weekStart) <= monday) ?? year - 1;
  const first = firstWeek(weekYear, weekStart);
  const weeks = (firstWeek(weekYear + 1, weekStart) - first) / 7;
  return { week: (monday - first) / 7 + 1, weeks };
}

/** The first day of week 1: the first week of which four days lie in the year. */
function firstWeek(year: number, weekStart: number): number {
  const fourth = dayNumber(year, 1, 4);
  return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
}
