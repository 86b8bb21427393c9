/** What a recurrence says, in English. */

import { DAY_MS } from './civil.ts';
import { dateWords, timeWords } from './local-time.ts';
import { withStartDays } from './rrule-days.ts';
import type { RecurrenceLines } from './rrule-lines.ts';
import { isPaceRule } from './rrule-pace.ts';
import type { Frequency, RecurrenceRule, RuleDay } from './rrule-parts.ts';
import {
  clock,
  everyUnit,
  listed,
  monthWords,
  ordinal,
  position,
  weekdayName,
  weekdayWords,
} from './words.ts';

const UNITS: Readonly<Record<Frequency, string>> = {
  YEARLY: 'year',
  MONTHLY: 'month',
  WEEKLY: 'week',
  DAILY: 'day',
  HOURLY: 'hour',
  MINUTELY: 'minute',
  SECONDLY: 'second',
};
const TIMES_LISTED = 6;

/** `every 2 weeks on Monday and Thursday at 09:00, 10 times` */
export function recurrenceWords(lines: RecurrenceLines, startMs: number): string {
  const rules = lines.rules.map((rule) => ruleWords(rule, startMs));
  const dates = lines.dates.length;
  if (dates > 0)
    rules.push(`${dates === 1 ? 'one date' : `${dates} dates`}${rules.length > 0 ? ' more' : ''}`);
  const excepted = lines.exceptDates.length + lines.exceptRules.length;
  return `${rules.join('; ')}${excepted > 0 ? ', with exceptions' : ''}`;
}

function ruleWords(written: RecurrenceRule, startMs: number): string {
  const rule = withStartDays(written, Math.floor(startMs / DAY_MS));
  const { count, until } = rule;
  const parts = [isPaceRule(rule) ? paceWords(rule) : calendarWords(rule, startMs)];
  if (count !== undefined) parts.push(count === 1 ? 'once' : `${count} times`);
  if (until !== undefined) parts.push(`until ${dateWords(until.wallMs)}`);
  return parts.join(', ');
}

function paceWords(rule: RecurrenceRule): string {
  return `${everyUnit(rule.interval, UNITS[rule.frequency])}${dayWords(rule)}${limits(rule)}`;
}

function calendarWords(rule: RecurrenceRule, startMs: number): string {
  const { frequency, interval, bySetPos } = rule;
  const every = everyUnit(interval, UNITS[frequency]);
  const days = dayWords(rule);
  const times = timesWords(rule, startMs);
  if (bySetPos !== undefined) {
    return `the ${listed(bySetPos.map(position))} in ${every} of the times${days}${times}`;
  }
  if (frequency === 'DAILY' && days === '') return `${every}${times}`;
  // Every Monday of every month is every Monday.
  const told =
    interval === 1 && days.startsWith(' every ')
      ? days.trim()
      : `${every}${days.replace(/^ every /, ' on ')}`;
  return `${told}${times}`;
}

function timesWords({ byHour, byMinute, bySecond }: RecurrenceRule, startMs: number): string {
  const start = new Date(startMs);
  const hours = byHour ?? [start.getUTCHours()];
  const minutes = byMinute ?? [start.getUTCMinutes()];
  const seconds = bySecond ?? [start.getUTCSeconds()];
  const count = hours.length * minutes.length * seconds.length;
  if (count > TIMES_LISTED)
    return ` at ${count} times of the day from ${timeWords(startOf(hours, minutes))}`;
  const all = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clock(h, m, s))));
  return ` at ${listed(all)}`;
}

function startOf([hour = 0]: readonly number[], [minute = 0]: readonly number[]): number {
  return (hour * 60 + minute) * 60_000;
}

function limits({ frequency, byHour, byMinute, bySecond }: RecurrenceRule): string {
  const words: string[] = [];
  if (byHour !== undefined) words.push(` in the hours ${listed(byHour.map(String))}`);
  if (byMinute !== undefined) {
    words.push(
      `${frequency === 'HOURLY' ? ' at' : ' in'} the minutes ${listed(byMinute.map(String))}`,
    );
  }
  if (bySecond !== undefined) words.push(` at the seconds ${listed(bySecond.map(String))}`);
  return words.join('');
}

function dayWords(rule: RecurrenceRule): string {
  const { byDay, byMonthDay, byYearDay, byWeekNo, byMonth, frequency } = rule;
  const words: string[] = [];
  if (byMonthDay !== undefined) words.push(` on ${listed(byMonthDay.map(monthDay))}`);
  if (byDay !== undefined) words.push(weekdays(byDay, frequency, byMonthDay !== undefined));
  if (byYearDay !== undefined) {
    words.push(` on ${listed(byYearDay.map((day) => `the ${position(day)} day`))} of the year`);
  }
  if (byWeekNo !== undefined) {
    words.push(
      ` in ${listed(byWeekNo.map((week) => (week > 0 ? `week ${week}` : `the ${position(week)} week`)))}`,
    );
  }
  if (byMonth !== undefined)
    words.push(` ${byMonthDay === undefined ? 'in' : 'of'} ${monthWords(byMonth)}`);
  return words.join('');
}

function monthDay(day: number): string {
  return day > 0 ? `the ${ordinal(day)}` : `the ${position(day)} day`;
}

function weekdays(days: readonly RuleDay[], frequency: Frequency, limited: boolean): string {
  const numbered = frequency === 'MONTHLY' || frequency === 'YEARLY';
  const plain = days.filter(({ nth }) => nth === undefined || !numbered);
  const nth = days.filter(({ nth: number }) => number !== undefined && numbered);
  const words = nth.map((day) => `the ${position(day.nth ?? 1)} ${weekdayName(day.weekday)}`);
  if (words.length > 0)
    return ` on ${listed([...words, ...plain.map((day) => weekdayName(day.weekday))])}`;
  const names = [...new Set(plain.map(({ weekday }) => weekday))].sort(
    (a, b) => ((a + 6) % 7) - ((b + 6) % 7),
  );
  return limited
    ? ` when it is ${listed(names.map(weekdayName), 'or')}`
    : ` ${weekdayWords(names)}`;
}
