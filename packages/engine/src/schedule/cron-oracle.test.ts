/** Firings of cron expressions against what Temporal says of each day and each minute. */
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  changesOfClocks,
  instantsOfWall,
  ODD_ZONES,
  type OracleChanges,
} from '../../test/wall-oracle.ts';
import { readSchedule } from './schedule.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A field as text, with what it means said once more. */
interface Field<Of> {
  readonly text: string;
  has(of: Of): boolean;
}

interface Expression {
  readonly text: string;
  readonly hourly: boolean;
  onDay(day: Temporal.PlainDate): boolean;
  atMinute(minute: number): boolean;
  inHour(hour: number): boolean;
}

const every: Field<unknown> = { text: '*', has: () => true };

function numbers(least: number, most: number): fc.Arbitrary<Field<number>> {
  const value = fc.integer({ min: least, max: most });
  return fc.oneof(
    fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((list) => ({
      text: list.join(','),
      has: (one: number) => list.includes(one),
    })),
    fc.tuple(value, value).map(([a, b]) => ({
      text: `${Math.min(a, b)}-${Math.max(a, b)}`,
      has: (one: number) => one >= Math.min(a, b) && one <= Math.max(a, b),
    })),
    fc.tuple(value, fc.integer({ min: 2, max: most - least })).map(([from, step]) => ({
      text: `${from}/${step}`,
      has: (one: number) => one >= from && (one - from) % step === 0,
    })),
  );
}

const monthDay: fc.Arbitrary<Field<Temporal.PlainDate>> = fc.oneof(
  numbers(1, 31).map((field) => ({
    text: field.text,
    has: (date: Temporal.PlainDate) => field.has(date.day),
  })),
  fc.integer({ min: 0, max: 27 }).map((back) => ({
    text: back === 0 ? 'L' : `L-${back}`,
    has: (date: Temporal.PlainDate) => date.day === date.daysInMonth - back,
  })),
  fc.integer({ min: 1, max: 31 }).map((day) => ({
    text: `${day}W`,
    has: (date: Temporal.PlainDate) => nearestWeekday(date, day) === date.day,
  })),
);

/** The nearest Monday to Friday, looked for outwards: the day itself, before it, behind it. */
function nearestWeekday(date: Temporal.PlainDate, day: number): number | undefined {
  if (day > date.daysInMonth) return undefined;
  return [day, day - 1, day + 1, day - 2, day + 2].find((one) => {
    return one >= 1 && one <= date.daysInMonth && date.with({ day: one }).dayOfWeek <= 5;
  });
}

const NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const weekday: fc.Arbitrary<Field<Temporal.PlainDate>> = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }).map((days) => ({
    text: days.map((day) => (day % 2 === 0 ? String(day) : NAMES[day])).join(','),
    has: (date: Temporal.PlainDate) => days.includes(date.dayOfWeek % 7),
  })),
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 5 })).map(([day, nth]) => ({
    text: `${day}#${nth}`,
    has: (date: Temporal.PlainDate) =>
      date.dayOfWeek % 7 === day && Math.ceil(date.day / 7) === nth,
  })),
  fc.integer({ min: 0, max: 6 }).map((day) => ({
    text: `${day}L`,
    has: (date: Temporal.PlainDate) =>
      date.dayOfWeek % 7 === day && date.day > date.daysInMonth - 7,
  })),
);

const expressions: fc.Arbitrary<Expression> = fc
  .record({
    minute: numbers(0, 59),
    // Most changes of the clocks come in the first hours of the day.
    hour: fc.oneof(fc.constant(every), numbers(0, 3), numbers(0, 23)),
    day: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, monthDay),
    weekday: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, weekday),
    both: fc.boolean(),
  })
  .map(({ minute, hour, day, weekday: onWeekday, both }) => ({
    text: `${minute.text} ${hour.text} ${day?.text ?? '*'} * ${both && onWeekday ? '+' : ''}${onWeekday?.text ?? '*'}`,
    hourly: Array.from({ length: 24 }, (_, one) => one).every((one) => hour.has(one)),
    atMinute: minute.has,
    inHour: hour.has,
    onDay(date: Temporal.PlainDate) {
      if (day === undefined || onWeekday === undefined) {
        return (day ?? every).has(date) && (onWeekday ?? every).has(date);
      }
      return both ? day.has(date) && onWeekday.has(date) : day.has(date) || onWeekday.has(date);
    },
  }));

const zones = fc.oneof(
  fc.constantFrom(...ODD_ZONES),
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
);
const policies = fc.record({
  gap: fc.constantFrom('next' as const, 'skip' as const),
  overlap: fc.constantFrom('first' as const, 'second' as const, 'both' as const),
});
const times = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2099, 0, 1) });

/** Every day of the window and every time that the expression names. */
function namedTimes(
  one: Expression,
  zone: string,
  changes: OracleChanges,
  from: number,
  to: number,
) {
  const firings = new Set<number>();
  const dateAt = (ms: number) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate();
  const last = dateAt(to + 2 * DAY_MS);
  for (
    let date = dateAt(from - 2 * DAY_MS);
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  ) {
    if (!one.onDay(date)) continue;
    for (let hour = 0; hour < 24; hour += 1) {
      for (let minute = 0; one.inHour(hour) && minute < 60; minute += 1) {
        if (!one.atMinute(minute)) continue;
        const wall = date.toPlainDateTime({ hour, minute });
        for (const at of instantsOfWall(wall, zone, changes)) firings.add(at);
      }
    }
  }
  return [...firings].filter((at) => at > from && at <= to).sort((a, b) => a - b);
}

/** Every minute that passes. */
function passingMinutes(one: Expression, zone: string, from: number, to: number) {
  const firings: number[] = [];
  for (let at = Math.floor(from / MINUTE_MS + 1) * MINUTE_MS; at <= to; at += MINUTE_MS) {
    const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
    if (one.atMinute(wall.minute) && one.onDay(wall.toPlainDate())) firings.push(at);
  }
  return firings;
}

function firingsBetween(text: string, zone: string, dstPolicy: object, from: number, to: number) {
  let schedule: ReturnType<typeof readSchedule>;
  try {
    schedule = readSchedule({
      ...{ kind: 'cron', expression: text, timezone: zone, dstPolicy, anchor: from },
    });
  } catch {
    return [];
  }
  const firings: number[] = [];
  for (
    let at = schedule.after(from)?.at;
    at !== undefined && at <= to;
    at = schedule.after(at)?.at
  ) {
    firings.push(at);
  }
  return firings;
}

describe('a cron expression fires when Temporal says', () => {
  it('around two changes of the clocks, in any zone and under any policy', () => {
    fc.assert(
      fc.property(expressions, zones, times, policies, (one, zone, at, policy) => {
        for (const change of [...changesOfClocks(zone, at, 2), at]) {
          const from = change - (one.hourly ? 5 * HOUR_MS : 2 * DAY_MS);
          const to = change + (one.hourly ? 5 * HOUR_MS : 2 * DAY_MS);
          const expected = one.hourly
            ? passingMinutes(one, zone, from, to)
            : namedTimes(one, zone, policy, from, to);
          expect(firingsBetween(one.text, zone, policy, from, to)).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('through months without one', () => {
    fc.assert(
      fc.property(expressions, times, (one, from) => {
        const to = from + 70 * DAY_MS;
        const plain = { gap: 'next', overlap: 'first' } as const;
        expect(firingsBetween(one.text, 'UTC', plain, from, to)).toEqual(
          namedTimes(one, 'UTC', plain, from, to),
        );
      }),
      { numRuns: 40 },
    );
  });
});
