import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScheduleError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { readSchedule, type Schedule } from './schedule.ts';

/** Recurrences of other libraries with the instants that they expand to. */
interface RuleCase {
  readonly id: string;
  readonly rules?: readonly string[];
  readonly dtstart?: string;
  readonly tzid: string | null;
  readonly exdate?: readonly string[];
  readonly rdate?: readonly string[];
  readonly exrules?: readonly { readonly rule: string; readonly dtstart: string }[];
  readonly window: {
    readonly after: string;
    readonly before: string | null;
    readonly inclusive: boolean;
  } | null;
  readonly expected: readonly string[];
  readonly expected_utc?: readonly string[];
  readonly complete: boolean;
  readonly contested: boolean;
}

/** What must not pass, each with its reason. */
const NOT_OURS: Readonly<Record<string, string>> = {
  'rr-851e0ef8e8':
    'it leaves out the hour that comes twice; ours steps by hours that pass, through both changes',
};

/** What a strict parser refuses, but other cases here expand: their parts limit, as in any library. */
const TAKEN: readonly string[] = [
  'FREQ=DAILY;BYWEEKNO=1,5,8',
  'FREQ=WEEKLY;BYYEARDAY=1',
  'FREQ=DAILY;BYWEEKNO=1',
  'FREQ=WEEKLY;BYMONTHDAY=1',
  'FREQ=WEEKLY;BYDAY=1MO',
  'FREQ=MONTHLY;BYYEARDAY=1',
];

const folder = join(process.env.TENUTO_VECTORS ?? '', 'rrule');
const present = existsSync(join(folder, 'cases.json'));

function load<T>(file: string): readonly T[] {
  if (!present) return [];
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

const all = load<RuleCase>('cases.json');

describe.skipIf(!present)('the rrule cases of other libraries', () => {
  it.each(
    all
      .filter(({ id, contested }) => !contested && !(id in NOT_OURS))
      .map((one) => [`${one.rules?.join(' + ') ?? 'dates'} (${one.id})`, one] as const),
  )('%s', (_, one) => {
    expect(firingsOf(one)).toEqual(expectedOf(one));
  });

  it.each(all.filter(({ id }) => id in NOT_OURS))('$rules keeps its pace ($id)', (one) => {
    const firings = firingsOf(one).map((text) => Date.parse(text));
    expect(firings.slice(1).map((at, i) => at - (firings[i] ?? 0))).toEqual([
      3.6e6, 3.6e6, 3.6e6, 3.6e6,
    ]);
  });

  it.each(
    load<{ readonly rule: string }>('invalid.json').filter(({ rule }) => !TAKEN.includes(rule)),
  )('$rule cannot be read', ({ rule }) => {
    expect(() => scheduleOf(`DTSTART:19970902T090000\nRRULE:${rule}`, 'UTC', 0)).toThrow(
      ScheduleError,
    );
  });

  it.each(load<Equivalent>('equivalent.json'))('$equivalent_rules are the same', (one) => {
    const start = /^\d{8}$/.test(one.dtstart) ? one.dtstart : '20200201';
    const [first, ...others] = one.equivalent_rules.map((rule) => {
      const schedule = scheduleOf(`DTSTART;VALUE=DATE:${start}\nRRULE:${rule}`, 'UTC', LONG_AGO);
      return take(schedule, LONG_AGO, one.compare_first);
    });
    expect(first).toHaveLength(one.compare_first);
    for (const other of others) expect(other).toEqual(first);
  });
});

/** Rules that fire seldom or never, however often they are looked at. */
const RARE = [
  'FREQ=DAILY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=HOURLY;INTERVAL=23;BYHOUR=3;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=MINUTELY;INTERVAL=1439;BYHOUR=3;BYMINUTE=7;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=SECONDLY;INTERVAL=61;BYMONTH=2;BYMONTHDAY=29;BYHOUR=3;BYMINUTE=7;BYSECOND=11',
  'FREQ=YEARLY;BYYEARDAY=366;BYDAY=FR;BYSETPOS=1',
];
const rareAmong = (rules: readonly string[]) => `DTSTART:00010101T000000\n${rules.join('\n')}`;

describe('however rare what a rule asks for is', () => {
  const vectors = all.flatMap(({ rules = [] }) => rules).filter((rule) => !rule.includes(':'));
  const hostile = [
    ...RARE.map((rule) => [rule, `RRULE:${rule}`]),
    ['all of them', ...RARE.map((rule) => `RRULE:${rule}`)],
    ['each without the others', 'RRULE:FREQ=DAILY', ...RARE.map((rule) => `EXRULE:${rule}`)],
    ...vectors.map((rule) => [
      `days of leap years without ${rule}`,
      `RRULE:${RARE[0]}`,
      `EXRULE:${rule}`,
    ]),
  ];

  it.each(
    hostile,
  )('its firings of two thousand years are found at once, or refused: %s', (...one) => {
    const expression = rareAmong(one.slice(1));
    const to = Date.UTC(2026, 0, 1);
    const from = to - 2_000 * 365 * 86_400_000;
    const look = () => {
      const schedule = scheduleOf(expression, 'Europe/Paris', from);
      expect(schedule.upcoming(from, 1_000).length).toBeGreaterThanOrEqual(0);
      return schedule.between(from, to, 10_000);
    };
    let answer: unknown;
    try {
      answer = look().length;
    } catch (error) {
      answer = error;
    }
    if (typeof answer !== 'number') expect(answer).toBeInstanceOf(ScheduleError);
  });
});

interface Equivalent {
  readonly equivalent_rules: readonly string[];
  readonly dtstart: string;
  readonly compare_first: number;
}

const LONG_AGO = Date.UTC(1900, 0, 1);

function scheduleOf(expression: string, timezone: string, anchor: number): Schedule {
  return readSchedule({ kind: 'rrule', expression, timezone, anchor });
}

function take({ after }: Schedule, from: number, most: number): readonly number[] {
  const firings: number[] = [];
  for (let at = after(from)?.at; at !== undefined && firings.length < most; at = after(at)?.at) {
    firings.push(at);
  }
  return firings;
}

function expectedOf({ expected, expected_utc }: RuleCase): readonly string[] {
  return (expected_utc ?? expected.map((text) => `${text}Z`)).map((text) =>
    new Date(text).toISOString(),
  );
}

/** As many firings as are expected, and one more where the list is the whole set. */
function firingsOf(one: RuleCase): readonly string[] {
  const { window, complete, expected } = one;
  const from = window === null ? LONG_AGO : Date.parse(window.after) - (window.inclusive ? 1 : 0);
  const before = Date.parse(window?.before ?? '9999-12-31T00:00:00Z') + (window?.inclusive ? 1 : 0);
  const most = window !== null || complete ? expected.length + 1 : expected.length;
  try {
    const schedule = scheduleOf(linesOf(one), one.tzid ?? 'UTC', LONG_AGO);
    const firings = take(schedule, from, most).filter((at) => at < before);
    return firings.map((at) => new Date(at).toISOString());
  } catch (error) {
    // What never fires is refused.
    expect(error).toBeInstanceOf(ScheduleError);
    expect(expected).toEqual([]);
    return [];
  }
}

function linesOf(one: RuleCase): string {
  const start = one.dtstart ?? one.exrules?.[0]?.dtstart ?? '';
  return [
    property('DTSTART', start, one.tzid),
    ...(one.rules ?? []).map((rule) => `RRULE:${rule}`),
    ...(one.exrules ?? []).map(({ rule }) => `EXRULE:${rule}`),
    ...(one.rdate ?? []).map((date) => property('RDATE', date, one.tzid)),
    ...(one.exdate ?? []).map((date) => property('EXDATE', date, one.tzid)),
  ].join('\n');
}

function property(name: string, written: string, tzid: string | null): string {
  const [time = '', zone] = written.replace(/\]$/, '').split('[');
  const value = time.replace(/[-:]/g, '');
  const zoned = zone ?? tzid;
  if (!value.includes('T')) return `${name};VALUE=DATE:${value}`;
  return value.endsWith('Z') || zoned === null
    ? `${name}:${value}`
    : `${name};TZID=${zoned}:${value}`;
}
