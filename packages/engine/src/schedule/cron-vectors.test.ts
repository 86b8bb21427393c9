import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScheduleError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { readSchedule, type Schedule } from './schedule.ts';

/** Expressions of others and what their libraries make of them, rewritten into our dialect. */
interface CronCase {
  readonly id: string;
  readonly kind: 'next' | 'next_inclusive' | 'prev' | 'prev_inclusive' | 'match';
  readonly expr: string;
  readonly expr_seconds_first?: string;
  readonly fields_style: string;
  readonly tz: string | null;
  readonly from?: string;
  readonly at?: string;
  readonly matches?: boolean;
  readonly nth?: number;
  readonly expected_next?: readonly string[];
  readonly dialect: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly contested?: boolean;
}

interface InvalidCase {
  readonly id: string;
  readonly expr: string;
  readonly field_only?: boolean;
  readonly accepted_by?: readonly string[];
}

const LONG_AGO = Date.UTC(1900, 0, 1);

/** What must not pass, each with its reason. */
const GAP = 'it moves a time in a gap by the length of the gap; ours fires at the end of the gap';
const NOT_OURS: Readonly<Record<string, string>> = {
  'cr-c863dd3f79': GAP,
  'cr-388164ba68': GAP,
  'cr-3972ae8723': GAP,
};
/** Four fields: a library that fills in the rest guesses what is missing. */
const REFUSED = '20 15 * *';

const folder = join(process.env.TENUTO_VECTORS ?? '', 'cron');
const present = existsSync(join(folder, 'cases.json'));

function load<T>(file: string): readonly T[] {
  if (!present) return [];
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

const all = load<CronCase>('cases.json');
const ours = all.filter(
  ({ id, contested, expr }) => contested !== true && expr !== REFUSED && !(id in NOT_OURS),
);

describe.skipIf(!present)('the cron cases of other schedulers', () => {
  it.each(
    ours.map((one) => [`${one.dialect} ${one.kind} ${one.expr} (${one.id})`, one] as const),
  )('%s', (_, one) => {
    check(one);
  });

  it('of four fields is refused', () => {
    expect(() => schedule(REFUSED, 'UTC')).toThrow(ScheduleError);
  });

  it.each(
    all.filter(({ id }) => id in NOT_OURS),
  )('$expr ($id) fires at the end of the gap', (one) => {
    const { after } = schedule(inOurDialect(one), one.tz ?? 'UTC');
    const at = after(instantOf(one.from ?? '', one.tz ?? 'UTC'));
    const theirs = Date.parse(one.expected_next?.[0] ?? '');
    expect(at).toMatchObject({ at: Math.floor(theirs / 3_600_000) * 3_600_000, dst: 'gap' });
  });

  it.each(
    load<InvalidCase>('invalid.json').filter(
      ({ field_only, accepted_by }) => field_only !== true && accepted_by?.length === 0,
    ),
  )('$expr cannot be read', ({ expr }) => {
    expect(() => schedule(expr, 'UTC')).toThrow(ScheduleError);
  });
});

function schedule(expression: string, timezone: string, dialect = 'ours'): Schedule {
  // One dialect fires at the second of two equal times, which is a policy of ours.
  const dstPolicy = dialect === 'php-cron-expression' ? ({ overlap: 'second' } as const) : {};
  return readSchedule({ kind: 'cron', expression, timezone, dstPolicy, anchor: LONG_AGO });
}

function check(one: CronCase): void {
  const timezone =
    one.tz === 'fixed-offset-of-from' ? (one.from ?? '').slice(-6) : (one.tz ?? 'UTC');
  const instant = (text: string) => instantOf(text, timezone);
  const expected = (one.expected_next ?? []).map(instant);
  if (one.kind !== 'match' && expected.length === 0) {
    expect(firingsOrNone(one, timezone)).toEqual([]);
    return;
  }
  const { after } = schedule(inOurDialect(one), timezone, one.dialect);
  if (one.kind === 'match') {
    const at = instant(one.at ?? '');
    expect(after(at - 1)?.at === at).toBe(one.matches);
  } else if (one.kind.startsWith('prev')) {
    const [latest = 0] = expected;
    expect(after(latest)?.at ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(
      instant(one.from ?? ''),
    );
    expect(expected.map((at) => after(at - 1)?.at)).toEqual(expected);
    expect(expected.slice(1).map((at) => after(at)?.at)).toEqual(expected.slice(0, -1));
  } else {
    let at = instant(one.from ?? '') - (one.kind === 'next_inclusive' ? 1 : 0);
    for (let skip = one.nth ?? 0; skip > 0; skip -= 1) at = after(at)?.at ?? 0;
    for (const next of expected) {
      at = after(at)?.at ?? 0;
      expect(new Date(at).toISOString()).toBe(new Date(next).toISOString());
    }
  }
}

function firingsOrNone(one: CronCase, timezone: string): readonly unknown[] {
  try {
    const next = schedule(inOurDialect(one), timezone, one.dialect).after(
      instantOf(one.from ?? '', timezone),
    );
    return next === undefined ? [] : [next];
  } catch (error) {
    expect(error).toBeInstanceOf(ScheduleError);
    return [];
  }
}

/** Seconds in front, Sunday 0, and a plus where both days must hold. */
function inOurDialect(one: CronCase): string {
  const fields = (one.expr_seconds_first ?? one.expr).trim().split(/\s+/);
  if (one.fields_style === 'm h dom mon dow s year') fields.unshift(...fields.splice(5, 1));
  const weekday = fields.length === 5 ? 4 : 5;
  const text = fields[weekday];
  if (text === undefined) return fields.join(' ');
  const { domAndDow, day_or, alternativeWeekdays } = one.options ?? {};
  const sundayIsOne = one.dialect === 'quartz' || alternativeWeekdays === true;
  const counted = sundayIsOne ? text.replace(/\d(?!#)/g, (day) => String(Number(day) - 1)) : text;
  const both = one.dialect === 'spring' || domAndDow === true || day_or === false;
  fields[weekday] =
    both && !counted.startsWith('+') && !/^[*?]/.test(counted) ? `+${counted}` : counted;
  return fields.join(' ');
}

/** An instant as the cases write it: with an offset, or on the wall of the zone. */
function instantOf(text: string, timezone: string): number {
  const written = text.replace(' ', 'T');
  if (/(Z|[+-]\d{2}:\d{2})$/.test(written)) return Date.parse(written);
  const wall = Date.parse(`${written.includes('T') ? written : `${written}T00:00:00`}Z`);
  if (timezone === 'UTC' || timezone === 'Etc/UTC') return wall;
  const once = readSchedule({
    kind: 'once',
    expression: written.slice(0, 19),
    timezone,
    anchor: LONG_AGO,
  });
  return once.after(LONG_AGO)?.at ?? Number.NaN;
}
