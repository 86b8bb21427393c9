/** Firings of recurrence rules against a walk over every date, or every step, with Temporal. */
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { changesOfClocks, instantsOfWall, ODD_ZONES } from '../../test/wall-oracle.ts';
import { readSchedule } from './schedule.ts';

const DAY_MS = 86_400_000;
const CALENDAR = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'] as const;
const PACE = { HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1_000 } as const;
const DAY_NAMES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const RFC = { gap: 'shift', overlap: 'first' } as const;

type Date = Temporal.PlainDate;
interface Parts {
  readonly month?: readonly number[] | undefined;
  readonly monthDay?: readonly number[] | undefined;
  readonly yearDay?: readonly number[] | undefined;
  readonly weekNo?: readonly number[] | undefined;
  readonly day?: readonly (readonly [nth: number, isoDay: number])[] | undefined;
}

function list(least: number, most: number, signed: boolean): fc.Arbitrary<readonly number[]> {
  const sizes = fc.integer({ min: least, max: most });
  const one = signed
    ? fc.tuple(sizes, fc.boolean()).map(([size, back]) => (back ? -size : size))
    : sizes;
  return fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
}

const maybe = <Of>(arbitrary: fc.Arbitrary<Of>, weight = 1) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight, arbitrary });
const weekdays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
const parts: fc.Arbitrary<Parts> = fc.record({
  month: maybe(list(1, 12, false)),
  monthDay: maybe(list(1, 31, true)),
  yearDay: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, list(1, 366, true)),
  day: maybe(weekdays.map((days) => days.map((day) => [0, day] as const))),
});

function text({ month, monthDay, yearDay, weekNo, day }: Parts): string {
  const days = day?.map(([nth, isoDay]) => `${nth === 0 ? '' : nth}${DAY_NAMES[isoDay - 1]}`);
  const all = {
    BYMONTH: month,
    BYMONTHDAY: monthDay,
    BYYEARDAY: yearDay,
    BYWEEKNO: weekNo,
    BYDAY: days,
  };
  return Object.entries(all)
    .flatMap(([name, values]) => (values === undefined ? [] : [`;${name}=${values.join(',')}`]))
    .join('');
}

const among = (list: readonly number[] | undefined, value: number, size: number) =>
  list === undefined || list.includes(value) || list.includes(value - size - 1);

function allows(rule: Parts & { readonly frequency?: string }, date: Date): boolean {
  const weeks = date
    .with({ month: 12, day: 28 })
    .add({ years: (date.yearOfWeek ?? date.year) - date.year });
  return (
    (rule.month === undefined || rule.month.includes(date.month)) &&
    among(rule.monthDay, date.day, date.daysInMonth) &&
    among(rule.yearDay, date.dayOfYear, date.daysInYear) &&
    (rule.weekNo === undefined ||
      among(rule.weekNo, date.weekOfYear ?? 0, weeks.weekOfYear ?? 52)) &&
    (rule.day === undefined || rule.day.some((one) => isDay(one, date, rule)))
  );
}

function isDay(
  [nth, isoDay]: readonly [number, number],
  date: Date,
  { frequency, month }: Parts & { readonly frequency?: string },
): boolean {
  if (date.dayOfWeek !== isoDay) return false;
  if (nth === 0) return true;
  const yearly = frequency === 'YEARLY' && month === undefined;
  const [place, size] = yearly ? [date.dayOfYear, date.daysInYear] : [date.day, date.daysInMonth];
  return nth > 0 ? Math.ceil(place / 7) === nth : Math.ceil((size - place + 1) / 7) === -nth;
}

/** The number of the period that a date is in, and whether the rule's interval hits it. */
function periodOf(frequency: string, date: Date): number {
  const days = Temporal.PlainDate.from('1969-12-29').until(date).days;
  if (frequency === 'YEARLY') return date.year;
  if (frequency === 'MONTHLY') return date.year * 12 + date.month;
  return frequency === 'WEEKLY' ? Math.floor(days / 7) : days;
}

const rules = fc
  .record({
    frequency: fc.constantFrom(...CALENDAR),
    interval: fc.integer({ min: 1, max: 4 }),
    parts,
    numbered: maybe(
      fc.array(fc.tuple(fc.constantFrom(1, 2, 5, -1, -2), fc.integer({ min: 1, max: 7 })), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    weekNo: maybe(list(1, 53, true)),
    hours: maybe(fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 2 })),
    minutes: maybe(fc.uniqueArray(fc.constantFrom(0, 15, 30, 59), { minLength: 1, maxLength: 2 })),
    positions: maybe(list(1, 3, true)),
    count: maybe(fc.integer({ min: 1, max: 12 })),
  })
  .map(({ parts: plain, numbered, weekNo, ...rest }) => {
    const { frequency } = rest;
    const counts = frequency === 'MONTHLY' || frequency === 'YEARLY';
    const extra = {
      ...(counts && numbered !== undefined && { day: numbered }),
      ...(frequency === 'YEARLY' && numbered === undefined && { weekNo }),
    };
    return { ...rest, parts: { ...plain, ...extra } };
  });
type Rule = typeof rules extends fc.Arbitrary<infer Of> ? Of : never;

function withDefaults({ frequency, parts: given }: Rule, start: Date): Parts {
  const { monthDay, yearDay, weekNo, day } = given;
  if (monthDay ?? yearDay ?? weekNo ?? day) return given;
  if (frequency === 'YEARLY')
    return { ...given, month: given.month ?? [start.month], monthDay: [start.day] };
  if (frequency === 'MONTHLY') return { ...given, monthDay: [start.day] };
  return frequency === 'WEEKLY' ? { ...given, day: [[0, start.dayOfWeek]] } : given;
}

function expand(
  rule: Rule,
  start: Temporal.PlainDateTime,
  zone: string,
  days: number,
): readonly number[] {
  const { frequency, interval, positions, count } = rule;
  const filled = { ...withDefaults(rule, start.toPlainDate()), frequency };
  const first = periodOf(frequency, start.toPlainDate());
  const hours = [...(rule.hours ?? [start.hour])].sort((a, b) => a - b);
  const minutes = [...(rule.minutes ?? [start.minute])].sort((a, b) => a - b);
  const periods = new Map<number, Temporal.PlainDateTime[]>();
  const begin = start.toPlainDate().with({ month: 1, day: 1 }).subtract({ days: 7 });
  for (let date = begin, left = days + 373; left > 0; left -= 1, date = date.add({ days: 1 })) {
    const period = periodOf(frequency, date);
    if (period < first || (period - first) % interval !== 0 || !allows(filled, date)) continue;
    const walls = periods.get(period) ?? [];
    for (const hour of hours) {
      for (const minute of minutes) walls.push(date.toPlainDateTime({ hour, minute }));
    }
    periods.set(period, walls);
  }
  const walls = [...periods.values()].flatMap((all) => {
    return positions === undefined
      ? all
      : all.filter((_, i) => positions.includes(i + 1) || positions.includes(i - all.length));
  });
  const real = walls.filter((wall) => Temporal.PlainDateTime.compare(wall, start) >= 0);
  const instants = real.slice(0, count).flatMap((wall) => instantsOfWall(wall, zone, RFC));
  return [...new Set(instants)].sort((a, b) => a - b);
}

function firings(
  rule: string,
  start: Temporal.PlainDateTime,
  zone: string,
  to: number,
): readonly number[] {
  const anchor = Date.UTC(1970, 0, 1);
  const from = `DTSTART;TZID=${zone}:${start.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}`;
  let schedule: ReturnType<typeof readSchedule>;
  try {
    schedule = readSchedule({
      ...{ kind: 'rrule', expression: `${from}\nRRULE:${rule}`, timezone: 'UTC', anchor },
    });
  } catch {
    return [];
  }
  const all: number[] = [];
  for (
    let at = schedule.after(anchor)?.at;
    at !== undefined && at <= to;
    at = schedule.after(at)?.at
  ) {
    all.push(at);
  }
  return all;
}

const starts = fc
  .record({
    zone: fc.constantFrom(...ODD_ZONES),
    at: fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2090, 0, 1) }),
    nearChange: fc.boolean(),
    back: fc.integer({ min: 0, max: 40 * 1440 }),
  })
  .map(({ zone, at, nearChange, back }) => {
    const [change = at] = nearChange ? changesOfClocks(zone, at, 1) : [at];
    const instant = Math.floor((change - back * 60_000) / 60_000) * 60_000;
    return { zone, instant };
  });

describe('a recurrence rule fires when Temporal says', () => {
  it('for rules that step by days, weeks, months or years', () => {
    fc.assert(
      fc.property(rules, starts, (rule, { zone, instant }) => {
        const start = Temporal.Instant.fromEpochMilliseconds(instant)
          .toZonedDateTimeISO(zone)
          .toPlainDateTime();
        const days = rule.frequency === 'YEARLY' ? 1500 : 400;
        // The last period may go beyond the walk.
        const to = instant + (days - 366) * DAY_MS;
        const { frequency, interval, hours, minutes, positions, count } = rule;
        const named = text(rule.parts);
        const choosable = named !== '' || hours !== undefined || minutes !== undefined;
        const one = { ...rule, positions: choosable ? positions : undefined };
        const written = [
          `FREQ=${frequency};INTERVAL=${interval}${named}`,
          hours && `BYHOUR=${hours.join(',')}`,
          minutes && `BYMINUTE=${minutes.join(',')}`,
          one.positions && `BYSETPOS=${one.positions.join(',')}`,
          count !== undefined && `COUNT=${count}`,
        ];
        const expected = expand(one, start, zone, days).filter((at) => at <= to);
        expect(firings(written.filter(Boolean).join(';'), start, zone, to)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('for rules that step by hours, minutes or seconds', () => {
    const paces = fc.record({
      frequency: fc.constantFrom('HOURLY' as const, 'MINUTELY' as const, 'SECONDLY' as const),
      interval: fc.integer({ min: 1, max: 50 }),
      parts,
      hours: maybe(fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 })),
      minutes: maybe(
        fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 9 }),
      ),
    });
    fc.assert(
      fc.property(
        paces,
        starts,
        ({ frequency, interval, parts: given, hours, minutes }, { zone, instant }) => {
          // Seconds are scarce: only every so many of them is looked at.
          const every = frequency === 'SECONDLY' ? interval * 60 : interval;
          const limits = frequency === 'HOURLY' ? undefined : minutes;
          const step = PACE[frequency] * every;
          const to = instant + Math.min(50 * DAY_MS, 3_000 * step);
          const expected: number[] = [];
          for (let at = instant; at <= to; at += step) {
            const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
            if (hours !== undefined && !hours.includes(wall.hour)) continue;
            if (limits !== undefined && !limits.includes(wall.minute)) continue;
            if (allows(given, wall.toPlainDate())) expected.push(at);
          }
          const start = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
          // What comes twice begins at the first: the second cannot be written as a start.
          fc.pre(start.toPlainDateTime().toZonedDateTime(zone).epochMilliseconds === instant);
          const written = [
            `FREQ=${frequency};INTERVAL=${every}${text(given)}`,
            hours && `BYHOUR=${hours.join(',')}`,
            limits && `BYMINUTE=${limits.join(',')}`,
          ];
          expect(
            firings(written.filter(Boolean).join(';'), start.toPlainDateTime(), zone, to),
          ).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });
});
