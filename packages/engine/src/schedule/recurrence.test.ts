import { ScheduleError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { readSchedule } from './schedule.ts';
import type { ScheduleSpec } from './timetable.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function next(expression: string, count: number, more: Partial<ScheduleSpec> = {}) {
  const spec = {
    kind: 'rrule',
    expression,
    timezone: 'Europe/Paris',
    anchor: NOW,
    ...more,
  } as const;
  const { after } = readSchedule(spec);
  const firings: string[] = [];
  let firing = after(NOW - 1);
  while (firing !== undefined && firings.length < count) {
    firings.push(firing.local);
    firing = after(firing.at);
  }
  return firings;
}

/** Whoever writes it, nothing else happens in the process while it is followed. */
describe('a recurrence that is dear to follow', () => {
  const leap = 'BYMONTH=2;BYMONTHDAY=29;BYDAY=MO';
  const lines = (length: number, rule: (index: number) => string) =>
    Array.from({ length }, (_, index) => rule(index)).join('\n');
  const read = (expression: string) =>
    readSchedule({ kind: 'rrule', expression, timezone: 'UTC', anchor: NOW });
  const counted = lines(
    10,
    (i) => `RRULE:FREQ=SECONDLY;INTERVAL=${86_401 + 2 * i};${leap};COUNT=100000`,
  );

  it.each([
    ['many rules with COUNT', `DTSTART:00010101T000000Z\n${counted}`],
    [
      'many rules that are all taken away',
      `RRULE:FREQ=SECONDLY;INTERVAL=86399;${leap}\n${lines(9, () => `EXRULE:FREQ=SECONDLY;INTERVAL=86399;${leap}`)}`,
    ],
  ])('is refused: %s', (_, expression) => {
    const begun = performance.now();
    expect(() => read(expression)).toThrow(/too long|never fires/);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it.each([
    'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=50000',
    'FREQ=YEARLY;BYDAY=MO;COUNT=100000',
    'FREQ=DAILY;COUNT=100000',
    'FREQ=HOURLY;BYMINUTE=0,30;COUNT=100000',
  ])('is none for its COUNT alone: %s', (expression) => {
    expect(read(expression).upcoming(NOW, 1_000)).toHaveLength(1_000);
  });

  it('is shown as far as it is found', () => {
    const seconds = 'BYHOUR=3;BYSETPOS=1;BYSECOND=1,2,3,4';
    const schedule = read(
      lines(
        2,
        (i) => `RRULE:FREQ=SECONDLY;INTERVAL=${3607 + i};BYMONTH=2;BYMONTHDAY=29;${seconds}`,
      ),
    );
    const begun = performance.now();
    const shown = schedule.upcoming(NOW, 1_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(shown[0]).toEqual(schedule.after(NOW));
    expect(shown.length).toBeGreaterThan(1);
    expect(new Set(shown.map(({ at }) => at)).size).toBe(shown.length);
  });
});

const START = 'DTSTART;TZID=America/New_York:20260102T090000';

describe('the lines of a recurrence', () => {
  it('start on the wall of the zone that they name, and show its time', () => {
    expect(next(`${START}\nRRULE:FREQ=WEEKLY;COUNT=2`, 3)).toEqual([
      '2026-01-02T09:00:00-05:00',
      '2026-01-09T09:00:00-05:00',
    ]);
  });

  it('without a zone stand on the wall of the task', () => {
    expect(next('DTSTART:20260102T090000\nRRULE:FREQ=DAILY', 1)).toEqual([
      '2026-01-02T09:00:00+01:00',
    ]);
  });

  it('in UTC stay there through changes of the clocks', () => {
    const firings = next('DTSTART:20260327T090000Z\nRRULE:FREQ=DAILY', 3);
    expect(firings.at(0)).toBe('2026-03-27T10:00:00+01:00');
    expect(firings.at(2)).toBe('2026-03-29T11:00:00+02:00');
  });

  it('may be dates: their firings come at midnight', () => {
    expect(next('DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;UNTIL=20260112', 3)).toEqual([
      '2026-01-05T00:00:00+01:00',
      '2026-01-12T00:00:00+01:00',
    ]);
  });

  it('add dates, take dates and whole days away, and count neither', () => {
    const lines = [
      ...[START, 'RRULE:FREQ=DAILY;COUNT=4'],
      'RDATE;TZID=America/New_York:20260103T120000,20260103T090000',
      'EXDATE:20260104T140000Z',
      'EXDATE;VALUE=DATE:20260105',
    ];
    expect(next(lines.join('\r\n'), 9)).toEqual([
      '2026-01-02T09:00:00-05:00',
      '2026-01-03T09:00:00-05:00',
      '2026-01-03T12:00:00-05:00',
    ]);
  });

  it('may be dates only, and periods', () => {
    expect(next('RDATE:20260301T120000Z\nRDATE;VALUE=PERIOD:20260201T120000Z/PT1H', 3)).toEqual([
      '2026-02-01T13:00:00+01:00',
      '2026-03-01T13:00:00+01:00',
    ]);
  });

  it('unite several rules and take others away', () => {
    const lines = [
      ...[START, 'RRULE:FREQ=DAILY;BYHOUR=9', 'RRULE:FREQ=WEEKLY;BYHOUR=15'],
      'EXRULE:FREQ=DAILY;INTERVAL=2',
    ];
    expect(next(lines.join('\n'), 3)).toEqual([
      '2026-01-02T15:00:00-05:00',
      '2026-01-03T09:00:00-05:00',
      '2026-01-05T09:00:00-05:00',
    ]);
  });

  it('may be folded and in any case', () => {
    expect(
      next('dtstart;tzid="Europe/Paris":20260102T090000\r\nrrule:freq=daily;by\r\n hour=10', 1),
    ).toEqual(['2026-01-02T10:00:00+01:00']);
  });

  it('leave the start out when the rule does not fall on it', () => {
    expect(next(`${START}\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=1`, 2)).toEqual([
      '2026-01-05T09:00:00-05:00',
    ]);
  });

  it.each([
    ['DTSTART:20260101T090000', /RRULE is missing/],
    [
      'DTSTART:20260101T090000\nDTSTART:20260102T090000\nRRULE:FREQ=DAILY',
      /DTSTART is there twice/,
    ],
    ['DTSTART;TZID=Mars/Olympus:20260101T090000\nRRULE:FREQ=DAILY', /no time zone/],
    [
      'DTSTART;TZID=Europe/Paris:20260101T090000Z\nRRULE:FREQ=DAILY',
      /has a TZID and a time in UTC/,
    ],
    ['DTSTART:20260230T090000\nRRULE:FREQ=DAILY', /DTSTART has to be like/],
    ['DTSTART:2026-01-01T09:00:00\nRRULE:FREQ=DAILY', /DTSTART has to be like/],
    ['BEGIN:VEVENT\nRRULE:FREQ=DAILY\nEND:VEVENT', /is none of the lines/],
    ['SUMMARY:hello\nRRULE:FREQ=DAILY', /is none of the lines/],
    [`RRULE:FREQ=DAILY${'\nRRULE:FREQ=DAILY'.repeat(30)}`, /too often/],
    ['RDATE;VALUE=TEXT:20260101T090000', /has no VALUE=TEXT/],
  ])('%s is refused', (expression, reason) => {
    expect(() => next(expression, 1)).toThrow(ScheduleError);
    expect(() => next(expression, 1)).toThrow(reason);
  });
});

describe('a recurrence rule', () => {
  it('ends with UNTIL, on the wall or in UTC', () => {
    const daily = (until: string) => next(`${START}\nRRULE:FREQ=DAILY;UNTIL=${until}`, 9).length;
    expect(daily('20260104T090000')).toBe(3);
    expect(daily('20260104T085959')).toBe(2);
    expect(daily('20260104T140000Z')).toBe(3);
    expect(daily('20260104T135959Z')).toBe(2);
  });

  it('of months leaves months without the day out, or moves it as SKIP says', () => {
    const monthly = (more: string) =>
      next(`DTSTART:20260131T090000\nRRULE:FREQ=MONTHLY${more}`, 4).map((text) =>
        text.slice(5, 10),
      );
    expect(monthly('')).toEqual(['01-31', '03-31', '05-31', '07-31']);
    expect(monthly(';RSCALE=GREGORIAN;SKIP=BACKWARD')).toEqual([
      '01-31',
      '02-28',
      '03-31',
      '04-30',
    ]);
    expect(monthly(';RSCALE=GREGORIAN;SKIP=FORWARD')).toEqual(['01-31', '03-01', '03-31', '05-01']);
  });

  it('of leap days does the same', () => {
    const yearly = (more: string) =>
      next(`DTSTART:20240229T090000\nRRULE:FREQ=YEARLY${more}`, 2).map((text) => text.slice(0, 10));
    expect(yearly('')).toEqual(['2028-02-29', '2032-02-29']);
    expect(yearly(';RSCALE=GREGORIAN;SKIP=FORWARD')).toEqual(['2026-03-01', '2027-03-01']);
    expect(yearly(';RSCALE=GREGORIAN;SKIP=BACKWARD')).toEqual(['2026-02-28', '2027-02-28']);
  });

  it('counts plain steps of real time as far as one likes', () => {
    const many = `${START}\nRRULE:FREQ=MINUTELY;COUNT=5000000`;
    const { after } = readSchedule({
      kind: 'rrule',
      expression: many,
      timezone: 'UTC',
      anchor: NOW,
    });
    const last = Date.parse('2026-01-02T14:00:00Z') + 4_999_999 * 60_000;
    expect(after(last - 1)?.at).toBe(last);
    expect(after(last)).toBeUndefined();
  });

  it('whose steps have to be counted one by one is refused beyond a bound', () => {
    expect(() => next(`${START}\nRRULE:FREQ=DAILY;BYHOUR=1,2;COUNT=5000000`, 1)).toThrow(
      /say UNTIL instead/,
    );
  });

  it.each([
    ['FREQ=DAILY;COUNT=3;UNTIL=20260301T000000Z', /exclude each other/],
    ['FREQ=DAILY;BYSETPOS=1', /add one/],
    ['FREQ=FORTNIGHTLY', /FREQ has to be one of/],
    ['INTERVAL=2', /FREQ has to be one of/],
    ['FREQ=DAILY;', /is not NAME=VALUE/],
    ['FREQ=DAILY;BYHOUR=24', /BYHOUR has numbers from 0 to 23/],
    ['FREQ=DAILY;BYHOUR=+9', /BYHOUR has numbers/],
    ['FREQ=DAILY;X-NAME=1', /it has no part X-NAME/],
    ['FREQ=DAILY;INTERVAL=0', /INTERVAL has to be a whole number from 1/],
    ['FREQ=YEARLY;RSCALE=HEBREW', /only GREGORIAN is/],
    ['FREQ=MONTHLY;SKIP=FORWARD', /SKIP needs RSCALE/],
    ['FREQ=MONTHLY;BYDAY=54MO', /BYDAY counts days from 1 to 53/],
    ['every day', /is not NAME=VALUE/],
  ])('%s is refused', (expression, reason) => {
    expect(() => next(expression, 1)).toThrow(ScheduleError);
    expect(() => next(expression, 1)).toThrow(reason);
  });
});
