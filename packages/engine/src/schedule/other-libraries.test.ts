/** Where the libraries that others schedule with can do what we do, they say the same. */
import { Cron } from 'croner';
import fc from 'fast-check';
import { RRuleTemporal } from 'rrule-temporal';
import { describe, expect, it } from 'vitest';
import { readSchedule } from './schedule.ts';

const times = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });

function field(least: number, most: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: least, max: most });
  return fc.oneof(
    fc.constant('*'),
    value.map(String),
    fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((list) => list.join(',')),
    fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    // A step of one is a star to us, and a restriction to the other.
    fc.integer({ min: 2, max: most - least }).map((step) => `*/${step}`),
  );
}

function firings(schedule: ReturnType<typeof readSchedule>, from: number, most: number) {
  const all: number[] = [];
  for (let at = schedule.after(from)?.at; at !== undefined && all.length < most; ) {
    all.push(at);
    at = schedule.after(at)?.at;
  }
  return all;
}

describe('other libraries agree', () => {
  it('on cron expressions', () => {
    const expressions = fc
      .tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
      .map((fields) => fields.join(' '));
    fc.assert(
      fc.property(expressions, times, (expression, from) => {
        const theirs = new Cron(expression, { timezone: 'UTC', paused: true });
        const ours = readSchedule({ kind: 'cron', expression, timezone: 'UTC', anchor: from });
        const expected = theirs.nextRuns(5, new Date(from)).map((date) => date.getTime());
        expect(firings(ours, from, expected.length)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('on recurrence rules', () => {
    const days = fc
      .uniqueArray(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), { minLength: 1 })
      .map((list) => `;BYDAY=${list.join(',')}`);
    const rules = fc
      .tuple(
        fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
        fc.integer({ min: 1, max: 5 }),
        fc.oneof(fc.constant(''), days),
        fc.oneof(fc.constant(''), fc.constantFrom(';BYHOUR=6,18', ';BYHOUR=12;BYMINUTE=0,30')),
      )
      .map(([frequency, interval, by, hours]) => {
        return `FREQ=${frequency};INTERVAL=${interval}${by}${hours};COUNT=10`;
      });
    fc.assert(
      fc.property(rules, times, (rule, at) => {
        const start = new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '');
        const expression = `DTSTART;TZID=UTC:${start}\nRRULE:${rule}`;
        const expected = new RRuleTemporal({ rruleString: expression })
          .all()
          .map(({ epochMilliseconds }) => epochMilliseconds);
        const ours = readSchedule({
          kind: 'rrule',
          expression,
          timezone: 'UTC',
          anchor: at - 1000,
        });
        expect(firings(ours, at - 2000, 11)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
