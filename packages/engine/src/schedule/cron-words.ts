/** What a cron expression says, in English. */

import type { CronRule } from './cron.ts';
import type { CronDays, MonthDay, NthWeekday } from './cron-days.ts';
import {
  clock,
  evenStep,
  everyUnit,
  listed,
  monthWords,
  ordinal,
  position,
  weekdayName,
  weekdayWords,
} from './words.ts';

/** So many times of day are listed; more are told as hours and minutes. */
const TIMES_LISTED = 6;

/** `every weekday at 09:00`, `every 15 minutes from 09:00 to 17:59, every Monday` */
export function cronWords(rule: CronRule): string {
  const days = dayWords(rule.days, rule.months);
  const years = yearWords(rule);
  const times = timesOfDay(rule);
  if (times !== undefined) return `${days || 'every day'} at ${times}${years}`;
  return `${paceWords(rule)}${days === '' ? '' : `, ${days}`}${years}`;
}

function timesOfDay({ hours, minutes, seconds }: CronRule): string | undefined {
  if (hours.length * minutes.length * seconds.length > TIMES_LISTED) return undefined;
  const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clock(h, m, s))));
  return listed(times);
}

function paceWords({ hours, minutes, seconds }: CronRule): string {
  const hourly = hourWords(hours);
  const onlyMinute = minutes.length === 1 && seconds.length === 1 ? minutes[0] : undefined;
  if (onlyMinute !== undefined) {
    const step = evenStep(hours, 24);
    const past = onlyMinute === 0 ? '' : ` at ${onlyMinute} minutes past`;
    const second = seconds[0] === 0 ? '' : `${past === '' ? ' at' : ' and'} ${seconds[0]} seconds`;
    if (step !== undefined) return `${everyUnit(step, 'hour')}${past}${second}`;
    return `every hour${past}${second}${hourly}`;
  }
  return `${finePace(minutes, seconds)}${hourly}`;
}

function finePace(minutes: readonly number[], seconds: readonly number[]): string {
  const minuteStep = evenStep(minutes, 60);
  const inMinutes =
    minuteStep === undefined
      ? `at minutes ${listed(minutes.map(String))} of the hour`
      : everyUnit(minuteStep, 'minute');
  if (seconds.length === 1 && seconds[0] === 0) return inMinutes;
  const secondStep = evenStep(seconds, 60);
  if (secondStep !== undefined && secondStep < 60) {
    const pace = everyUnit(secondStep, 'second');
    return minuteStep === 1 ? pace : `${pace} in the minutes that come ${inMinutes}`;
  }
  return `${inMinutes} at ${listed(seconds.map(String))} seconds`;
}

function hourWords(hours: readonly number[]): string {
  if (hours.length === 24) return '';
  const first = hours[0] ?? 0;
  const last = hours.at(-1) ?? first;
  if (last - first + 1 === hours.length) return ` from ${clock(first, 0)} to ${clock(last, 59)}`;
  return ` in the hours ${listed(hours.map(String))}`;
}

function dayWords(rule: CronDays, months: readonly number[]): string {
  const everyMonth = months.length === 12;
  const monthly = everyMonth ? 'every month' : monthWords(months);
  const inMonths = everyMonth ? '' : ` in ${monthly}`;
  const byDay = `on ${listed(monthDays(rule))} of ${monthly}`;
  const byWeekday = weekdays(rule, monthly);
  switch (rule.combine) {
    case 'every':
      return everyMonth ? '' : `every day${inMonths}`;
    case 'day':
      return byDay;
    case 'weekday':
      return `${byWeekday}${rule.nthWeekdays.length > 0 ? '' : inMonths}`;
    case 'either':
      return `${byDay} and ${byWeekday}`;
    case 'both':
      return `${byDay} that is also ${byWeekday.replace(/^every /, 'a ').replace(/^on /, '')}`;
  }
}

function monthDays({ days, specialDays }: CronDays): readonly string[] {
  const plain = days.length === 0 ? [] : [`the ${listed(days.map(ordinal))}`];
  return [...plain, ...specialDays.map(specialDay)];
}

function specialDay({ day, nearestWeekday }: MonthDay): string {
  const text = day > 0 ? `the ${ordinal(day)}` : `the ${position(day - 1)} day`;
  if (!nearestWeekday) return text;
  return day === 0 ? 'the last weekday' : `the weekday nearest to ${text}`;
}

function weekdays({ weekdays: plain, nthWeekdays }: CronDays, monthly: string): string {
  const parts = plain.length === 0 ? [] : [weekdayWords(plain)];
  if (nthWeekdays.length > 0) parts.push(`on ${listed(nthWeekdays.map(nthWord))} of ${monthly}`);
  return listed(parts);
}

function nthWord({ weekday, nth }: NthWeekday): string {
  return `the ${position(nth === 0 ? -1 : nth)} ${weekdayName(weekday)}`;
}

function yearWords({ years }: CronRule): string {
  if (years === undefined) return '';
  const parts = years.map(({ from, to, step }) => {
    if (from === to) return String(from);
    return step === 1 ? `${from} to ${to}` : `every ${ordinal(step)} year from ${from} to ${to}`;
  });
  return ` in ${listed(parts)}`;
}
