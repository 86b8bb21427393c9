import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { civilDay, dayNumber } from './civil.ts';
import { dayFilter } from './rrule-days.ts';
import { parseRule } from './rrule-parts.ts';

const epoch = Temporal.PlainDate.from('1970-01-01');
const days = fc.integer({ min: dayNumber(1900, 1, 1), max: dayNumber(2200, 1, 1) });

function allowed(rule: string, day: number): boolean {
  return dayFilter(parseRule(rule))(day, civilDay(day));
}

describe('days by their number', () => {
  it('have the dates of Temporal', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (number) => {
        const { year, month, day } = epoch.add({ days: number });
        expect(civilDay(number)).toEqual({ year, month, day });
        expect(dayNumber(year, month, day)).toBe(number);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are in the ISO weeks of Temporal, from the front and from the end', () => {
    fc.assert(
      fc.property(days, (number) => {
        const date = epoch.add({ days: number });
        const week = date.weekOfYear ?? 0;
        const last = Temporal.PlainDate.from({ year: date.yearOfWeek ?? 0, month: 12, day: 28 });
        const weeks = last.weekOfYear ?? 0;
        for (let one = 1; one <= 53; one += 1) {
          const back = weeks - one + 1;
          expect(allowed(`FREQ=YEARLY;BYWEEKNO=${one}`, number)).toBe(one === week);
          expect(allowed(`FREQ=YEARLY;BYWEEKNO=-${one}`, number)).toBe(back === week);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('are in weeks that may begin on another day', () => {
    // 2026 begins on a Thursday: weeks from Sunday on have four days of it in the one of 28 December.
    const first = dayNumber(2026, 1, 1);
    expect(allowed('FREQ=YEARLY;BYWEEKNO=1', first)).toBe(true);
    expect(allowed('FREQ=YEARLY;BYWEEKNO=1;WKST=SU', first)).toBe(false);
    expect(allowed('FREQ=YEARLY;BYWEEKNO=53;WKST=SU', first)).toBe(true);
  });
});
