/** Timestamps (to the millisecond, years 1 to 9999) and durations (to the nanosecond). */
import { type Evaluation, Failure, spend } from './evaluation.ts';
import { type Overload, overload } from './overload.ts';
import { type Duration, makeDuration, nanosOf } from './values.ts';

const TIMESTAMP_MIN_MS = Date.parse('0001-01-01T00:00:00Z');
const TIMESTAMP_MAX_MS = Date.parse('9999-12-31T23:59:59.999Z');
const NANOS_PER_MS = 1_000_000n;
const NANOS_PER_SECOND = 1_000_000_000n;
/** 10,000 years, as CEL has it. */
const DURATION_MAX_NANOS = 315_576_000_000n * NANOS_PER_SECOND;

const UNIT_NANOS: ReadonlyMap<string, bigint> = new Map([
  ['h', 3600n * NANOS_PER_SECOND],
  ['m', 60n * NANOS_PER_SECOND],
  ['s', NANOS_PER_SECOND],
  ['ms', NANOS_PER_MS],
  ['us', 1000n],
  ['µs', 1000n],
  ['ns', 1n],
]);

/** Returns the instant, `ms` after the epoch; throws Failure outside the years 1 to 9999. */
export function checkedTimestamp(ms: number): Date {
  if (ms >= TIMESTAMP_MIN_MS && ms <= TIMESTAMP_MAX_MS) return new Date(ms);
  throw new Failure('the timestamp lies outside the years 1 to 9999');
}

/** Returns a duration of `nanos`; throws Failure above 10,000 years. */
export function checkedDuration(nanos: bigint): Duration {
  if (nanos <= DURATION_MAX_NANOS && nanos >= -DURATION_MAX_NANOS) return makeDuration(nanos);
  throw new Failure('the duration is longer than 10,000 years');
}

/** Returns `instant` moved by `nanos`, cut to milliseconds. */
export function addTime(instant: Date, nanos: bigint): Date {
  return checkedTimestamp(instant.getTime() + Number(nanos / NANOS_PER_MS));
}

/** Returns how long it is from one instant to another. */
export function betweenTimes(from: Date, to: Date): Duration {
  return checkedDuration(BigInt(to.getTime() - from.getTime()) * NANOS_PER_MS);
}

const RFC_3339 =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Reads an RFC 3339 timestamp; throws Failure when it is none. */
export function parseTimestamp(text: string): Date {
  const match = text.length <= 40 ? RFC_3339.exec(text) : null;
  const day = match?.[1];
  // Date.parse takes 30 February for 1 March.
  const isDay = day !== undefined && isoDay(Date.parse(`${day}T00:00:00Z`)) === day;
  if (!isDay) throw new Failure('the string is not an RFC 3339 timestamp (2026-01-31T08:00:00Z)');
  return checkedTimestamp(Date.parse(text));
}

function isoDay(ms: number): string | undefined {
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10);
}

const DURATION_PART = /(\d{1,18})?(?:\.(\d{0,18}))?(h|ms|m|s|us|µs|ns)/y;

/** Reads a duration such as `1h30m`, `-1.5s` or `250ms`; throws Failure when it is none. */
export function parseDuration(text: string): Duration {
  const sign = text.startsWith('-') ? -1n : 1n;
  let at = /^[+-]/.test(text) ? 1 : 0;
  let nanos = 0n;
  const valid = text.length > at && text.length <= 100;
  while (valid && at < text.length) {
    DURATION_PART.lastIndex = at;
    const match = DURATION_PART.exec(text);
    const unit = UNIT_NANOS.get(match?.[3] ?? '');
    const [whole, fraction] = [match?.[1] ?? '', match?.[2] ?? ''];
    if (match === null || unit === undefined || whole + fraction === '') break;
    nanos += BigInt(whole || '0') * unit;
    nanos += (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length);
    at += match[0].length;
  }
  if (!valid || at < text.length) {
    throw new Failure("the string is not a duration (such as '1h30m', '90s', '250ms')");
  }
  return checkedDuration(sign * nanos);
}

/** Writes a duration in seconds: `3.5s`, `-0.25s`, `90s`. */
export function formatDuration(duration: Duration): string {
  const nanos = nanosOf(duration);
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % NANOS_PER_SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  const seconds = `${size / NANOS_PER_SECOND}${fraction === '' ? '' : `.${fraction}`}s`;
  return nanos < 0n ? `-${seconds}` : seconds;
}

const OFFSET = /^([+-])?(\d\d):(\d\d)$/;

/** Making a formatter for a time zone, and using it, is this many times slower than a visit. */
const ZONE_STEPS = 1_500;
const ZONE_USE_STEPS = 40;

/** Returns an instant whose UTC fields read as the wall clock of a time zone. */
function wallClock(instant: Date, timeZone: string, evaluation: Evaluation): Date {
  const offset = OFFSET.exec(timeZone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(instant.getTime() + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  spend(evaluation, ZONE_USE_STEPS);
  const parts = zoneFormat(timeZone, evaluation).formatToParts(instant);
  const field = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = new Date(0);
  wall.setUTCFullYear(field('year'), field('month') - 1, field('day'));
  wall.setUTCHours(field('hour'), field('minute'), field('second'), instant.getUTCMilliseconds());
  return wall;
}

function zoneFormat(timeZone: string, evaluation: Evaluation): Intl.DateTimeFormat {
  const known = evaluation.zones.get(timeZone);
  if (known !== undefined) return known;
  spend(evaluation, ZONE_STEPS);
  const made = newZoneFormat(timeZone);
  evaluation.zones.set(timeZone, made);
  return made;
}

function newZoneFormat(timeZone: string): Intl.DateTimeFormat {
  const numeric = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch {
    throw new Failure('there is no such time zone');
  }
}

const dayOfYear = (at: Date) =>
  Math.floor((at.getTime() - new Date(at).setUTCMonth(0, 1)) / 86_400_000);

const TIMESTAMP_FIELDS: Readonly<Record<string, (at: Date) => number>> = {
  getFullYear: (at) => at.getUTCFullYear(),
  getMonth: (at) => at.getUTCMonth(),
  getDate: (at) => at.getUTCDate(),
  getDayOfMonth: (at) => at.getUTCDate() - 1,
  getDayOfWeek: (at) => at.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (at) => at.getUTCHours(),
  getMinutes: (at) => at.getUTCMinutes(),
  getSeconds: (at) => at.getUTCSeconds(),
  getMilliseconds: (at) => at.getUTCMilliseconds(),
};

const DURATION_FIELDS: Readonly<Record<string, bigint>> = {
  getHours: 3600n * NANOS_PER_SECOND,
  getMinutes: 60n * NANOS_PER_SECOND,
  getSeconds: NANOS_PER_SECOND,
  getMilliseconds: NANOS_PER_MS,
};

/** The accessors of timestamps (UTC, or in a named zone) and durations, by name. */
export const TIME_METHODS: ReadonlyMap<string, readonly Overload[]> = new Map(
  Object.entries(TIMESTAMP_FIELDS).map(([name, read]): [string, Overload[]] => {
    const unit = DURATION_FIELDS[name];
    return [
      name,
      [
        overload(['timestamp'], 'int', ([at]) => BigInt(read(at))),
        overload(['timestamp', 'string'], 'int', ([at, zone], evaluation) =>
          BigInt(read(wallClock(at, zone, evaluation))),
        ),
        ...(unit === undefined
          ? []
          : [overload(['duration'], 'int', ([duration]) => nanosOf(duration) / unit)]),
      ],
    ];
  }),
);
