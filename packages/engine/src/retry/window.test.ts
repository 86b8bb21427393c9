import type { RetryWindow } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { nextOpening, retryPolicyProblems } from './index.ts';
import { isTimeZone, offsetChange, zoneTime } from './zone-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const window = (text: string, timezone?: string): RetryWindow => {
  const [start = '', end = ''] = text.split('-');
  return { start, end, ...(timezone !== undefined && { timezone }) };
};
const opens = (text: string, zone: string | undefined, at: string): string =>
  new Date(nextOpening(window(text, zone), Date.parse(at))).toISOString();

describe('a window', () => {
  test.each([
    ['09:00-17:00', '2026-03-01T08:59:59.999Z', '2026-03-01T09:00:00.000Z'],
    ['09:00-17:00', '2026-03-01T09:00:00.000Z', '2026-03-01T09:00:00.000Z'],
    ['09:00-17:00', '2026-03-01T12:34:56.789Z', '2026-03-01T12:34:56.789Z'],
    ['09:00-17:00', '2026-03-01T16:59:59.999Z', '2026-03-01T16:59:59.999Z'],
    ['09:00-17:00', '2026-03-01T17:00:00.000Z', '2026-03-02T09:00:00.000Z'],
    ['22:00-06:00', '2026-03-01T05:59:59.999Z', '2026-03-01T05:59:59.999Z'],
    ['22:00-06:00', '2026-03-01T06:00:00.000Z', '2026-03-01T22:00:00.000Z'],
    ['22:00-06:00', '2026-03-01T23:59:00.000Z', '2026-03-01T23:59:00.000Z'],
    ['22:00-00:00', '2026-03-01T23:59:59.999Z', '2026-03-01T23:59:59.999Z'],
    ['22:00-00:00', '2026-03-02T00:00:00.000Z', '2026-03-02T22:00:00.000Z'],
    ['00:00-00:01', '2026-12-31T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('%s in UTC, asked at %s, opens at %s', (text, at, expected) => {
    expect(opens(text, undefined, at)).toBe(expected);
    expect(opens(text, 'UTC', at)).toBe(expected);
  });

  test.each([
    ['Asia/Kathmandu', '09:00-10:00', '2026-03-01T00:00:00.000Z', '2026-03-01T03:15:00.000Z'],
    ['America/St_Johns', '09:00-10:00', '2026-01-15T00:00:00.000Z', '2026-01-15T12:30:00.000Z'],
    ['Pacific/Kiritimati', '09:00-10:00', '2026-03-01T00:00:00.000Z', '2026-03-01T19:00:00.000Z'],
    ['Pacific/Pago_Pago', '09:00-10:00', '2026-03-01T00:00:00.000Z', '2026-03-01T20:00:00.000Z'],
  ])('in %s is open by the clocks there: %s from %s opens at %s', (zone, text, at, expected) => {
    expect(opens(text, zone, at)).toBe(expected);
  });
});

describe('where clocks go forward', () => {
  // Paris, 29 March 2026: 02:00 becomes 03:00, at 01:00 UTC.
  test.each([
    ['02:30-04:00', '2026-03-29T00:59:59.999Z', '2026-03-29T01:00:00.000Z'],
    ['02:00-03:00', '2026-03-29T00:30:00.000Z', '2026-03-30T00:00:00.000Z'],
    ['02:15-02:45', '2026-03-28T12:00:00.000Z', '2026-03-30T00:15:00.000Z'],
    ['03:00-04:00', '2026-03-29T00:30:00.000Z', '2026-03-29T01:00:00.000Z'],
    ['22:00-06:00', '2026-03-29T00:59:00.000Z', '2026-03-29T00:59:00.000Z'],
    ['22:00-06:00', '2026-03-29T04:00:00.000Z', '2026-03-29T20:00:00.000Z'],
  ])('%s, asked at %s, opens at %s', (text, at, expected) => {
    expect(opens(text, 'Europe/Paris', at)).toBe(expected);
  });
});

describe('where clocks go back', () => {
  // Paris, 25 October 2026: 03:00 becomes 02:00, at 01:00 UTC.
  test.each([
    ['02:15-02:45', '2026-10-25T00:00:00.000Z', '2026-10-25T00:15:00.000Z'],
    ['02:15-02:45', '2026-10-25T00:50:00.000Z', '2026-10-25T01:15:00.000Z'],
    ['02:15-02:45', '2026-10-25T01:50:00.000Z', '2026-10-26T01:15:00.000Z'],
    ['02:00-03:00', '2026-10-25T01:00:00.000Z', '2026-10-25T01:00:00.000Z'],
    ['01:00-02:00', '2026-10-25T00:10:00.000Z', '2026-10-26T00:00:00.000Z'],
  ])('%s, asked at %s, opens at %s', (text, at, expected) => {
    expect(opens(text, 'Europe/Paris', at)).toBe(expected);
  });

  it('a zone that left a whole day out opens on the day after', () => {
    // Apia went from 29 December 2011 to the 31st.
    expect(opens('09:00-10:00', 'Pacific/Apia', '2011-12-29T21:00:00.000Z')).toBe(
      '2011-12-30T19:00:00.000Z',
    );
  });
});

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether clocks there show a time in the window: asked of the platform in words. */
function shows({ start, end, timezone = 'UTC' }: RetryWindow, at: number): boolean {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' });
  formats.set(timezone, format);
  const time = format.format(at);
  return start < end ? time >= start && time < end : time >= start || time < end;
}

const zones = [...Intl.supportedValuesOf('timeZone')];
const times = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const windows = fc
  .record({ start: times, end: times, timezone: fc.constantFrom(...zones) })
  .filter(({ start, end }) => start !== end);
/** Moments near a change of the clocks are where mistakes are; these are all of some years. */
const moments = windows.chain((given) =>
  fc.record({
    given: fc.constant(given),
    at: fc.oneof(
      fc.integer({ min: Date.UTC(1990), max: Date.UTC(2045) }),
      fc
        .tuple(
          fc.constantFrom(...changesOf(given.timezone)),
          fc.integer({ min: -DAY_MS, max: DAY_MS }),
        )
        .map(([change, shift]) => change + shift),
    ),
  }),
);

const changes = new Map<string, number[]>();
/** When the offset of a zone changed from 2005 to 2030. */
function changesOf(zone: string): number[] {
  const known = changes.get(zone);
  if (known !== undefined) return known;
  const found = [Date.UTC(2020, 5)];
  const step = 10 * DAY_MS;
  for (let at = Date.UTC(2005); at < Date.UTC(2030); at += step) {
    if (zoneTime(at, zone).offsetMs === zoneTime(at + step, zone).offsetMs) continue;
    found.push(offsetChange(at, at + step, zone));
  }
  changes.set(zone, found);
  return found;
}

describe('any opening', () => {
  it('is in the window, not before it was asked for, and no minute before it is', () => {
    fc.assert(
      fc.property(moments, ({ given, at }) => {
        const opening = nextOpening(given, at);
        expect(opening).toBeGreaterThanOrEqual(at);
        expect(opening).toBeLessThan(at + 3 * DAY_MS);
        expect(shows(given, opening)).toBe(true);
        if (opening === at) return;
        expect(shows(given, opening - 1)).toBe(false);
        // The shortest window is a minute, and none in these years begins within one.
        for (let passed = at; passed < opening; passed += MINUTE_MS) {
          if (zoneTime(passed, given.timezone).offsetMs % MINUTE_MS !== 0) continue;
          expect(shows(given, passed)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is itself when it is asked for again', () => {
    fc.assert(
      fc.property(moments, ({ given, at }) => {
        const opening = nextOpening(given, at);
        expect(nextOpening(given, opening)).toBe(opening);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the clock of a zone', () => {
  it('tells the time of day that the platform tells', () => {
    fc.assert(
      fc.property(moments, ({ given: { timezone }, at }) => {
        const { dayMs } = zoneTime(at, timezone);
        const told = new Date(dayMs).toISOString().slice(11, 19);
        const format = new Intl.DateTimeFormat('en-GB', {
          timeZone: timezone,
          timeStyle: 'medium',
        });
        expect(told).toBe(format.format(at));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the millisecond of a change', () => {
    const [from, to] = [Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 30)];
    expect(offsetChange(from, to, 'Europe/Paris')).toBe(Date.UTC(2026, 2, 29, 1));
    expect(zoneTime(from, 'Europe/Paris').offsetMs).toBe(HOUR_MS);
    expect(zoneTime(to, 'Europe/Paris').offsetMs).toBe(2 * HOUR_MS);
  });

  it('knows more zones than it keeps in memory, and knows what is none', () => {
    for (const zone of zones) expect([zone, isTimeZone(zone)]).toEqual([zone, true]);
    for (const zone of ['', 'Mars/Olympus', 'Europe/Paris ', 'local']) {
      expect([zone, isTimeZone(zone)]).toEqual([zone, false]);
    }
  });
});

describe('a policy with a window', () => {
  it('has no problems when it is a part of the day in a known zone', () => {
    expect(retryPolicyProblems({})).toEqual([]);
    expect(retryPolicyProblems({ retry_window: window('22:00-06:00', 'Europe/Paris') })).toEqual(
      [],
    );
    expect(retryPolicyProblems({ retry_window: window('22:00-06:00') })).toEqual([]);
  });

  it('is told of a zone that nobody knows, and of a window that is no part of the day', () => {
    const problems = retryPolicyProblems({ retry_window: window('06:00-06:00', 'Mars/Olympus') });
    expect(problems).toEqual([
      {
        path: '/retry_window/end',
        message: expect.stringContaining('starts and ends at the same time'),
        value: '06:00',
      },
      {
        path: '/retry_window/timezone',
        message: expect.stringContaining('There is no time zone "Mars/Olympus"'),
        value: 'Mars/Olympus',
      },
    ]);
  });
});
