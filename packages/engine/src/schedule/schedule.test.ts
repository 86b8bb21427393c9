import { ScheduleError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { readSchedule, scheduleDescription } from './schedule.ts';
import type { ScheduleSpec } from './timetable.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function schedule(spec: Partial<ScheduleSpec> & Pick<ScheduleSpec, 'kind' | 'expression'>) {
  return readSchedule({ timezone: 'UTC', anchor: NOW, ...spec });
}

function next(spec: Parameters<typeof schedule>[0], count: number, from = NOW - 1) {
  const { after } = schedule(spec);
  const firings: string[] = [];
  for (let at = after(from); at !== undefined && firings.length < count; at = after(at.at)) {
    firings.push(at.dst === undefined ? at.local : `${at.local} ${at.dst}`);
  }
  return firings;
}

describe('a time that does not exist', () => {
  const paris = { timezone: 'Europe/Paris' };
  const before = Date.parse('2026-03-28T12:00:00Z');
  const daily = { kind: 'cron' as const, expression: '30 2 * * *', ...paris };
  const rule = {
    kind: 'rrule' as const,
    expression: 'DTSTART;TZID=Europe/Paris:20260101T023000\nRRULE:FREQ=DAILY',
  };

  it('fires at the first instant after the gap when cron names it', () => {
    expect(next(daily, 2, before)).toEqual([
      '2026-03-29T03:00:00+02:00 gap',
      '2026-03-30T02:30:00+02:00',
    ]);
  });

  it('fires as long after the gap as it would have been in it when a rule names it', () => {
    expect(next(rule, 2, before)).toEqual([
      '2026-03-29T03:30:00+02:00 gap',
      '2026-03-30T02:30:00+02:00',
    ]);
  });

  it.each([daily, rule])('fires as the policy says, $kind', (one) => {
    expect(next({ ...one, dstPolicy: { gap: 'skip' } }, 1, before)).toEqual([
      '2026-03-30T02:30:00+02:00',
    ]);
    expect(next({ ...one, dstPolicy: { gap: 'next' } }, 1, before)).toEqual([
      '2026-03-29T03:00:00+02:00 gap',
    ]);
  });

  it('fires once when several of a day are in the gap, or one falls on its end', () => {
    const often = { ...daily, expression: '0,20,40 2,3 * * *' };
    expect(next(often, 4, before)).toEqual([
      '2026-03-29T03:00:00+02:00 gap',
      '2026-03-29T03:20:00+02:00',
      '2026-03-29T03:40:00+02:00',
      '2026-03-30T02:00:00+02:00',
    ]);
  });

  it('fires on the next day when a whole day is left out', () => {
    const apia = { ...daily, timezone: 'Pacific/Apia', expression: '0 9 * * *', anchor: 0 };
    expect(next(apia, 3, Date.parse('2011-12-29T10:00:00Z'))).toEqual([
      '2011-12-29T09:00:00-10:00',
      '2011-12-31T00:00:00+14:00 gap',
      '2011-12-31T09:00:00+14:00',
    ]);
  });
});

describe('a time that comes twice', () => {
  const before = Date.parse('2026-10-24T12:00:00Z');
  const daily = { kind: 'cron', expression: '30 2 * * *', timezone: 'Europe/Paris' } as const;

  it('fires at the first, unless the policy says otherwise', () => {
    const [first, second] = [
      '2026-10-25T02:30:00+02:00 overlap',
      '2026-10-25T02:30:00+01:00 overlap',
    ];
    const later = '2026-10-26T02:30:00+01:00';
    const under = (overlap: 'first' | 'second' | 'both') =>
      next({ ...daily, dstPolicy: { overlap } }, 2, before);
    expect(next(daily, 2, before)).toEqual([first, later]);
    expect(under('first')).toEqual([first, later]);
    expect(under('second')).toEqual([second, later]);
    expect(under('both')).toEqual([first, second]);
  });

  it('does not fire again for who asks between the two', () => {
    expect(next(daily, 1, Date.parse('2026-10-25T00:45:00Z'))).toEqual([
      '2026-10-26T02:30:00+01:00',
    ]);
  });
});

describe('what steps by the hour or finer', () => {
  const zone = { timezone: 'Europe/Paris' };
  const instants = (spec: Parameters<typeof schedule>[0], from: string, count: number) => {
    const { after } = schedule({ ...spec, ...zone });
    const steps: number[] = [];
    let at = after(Date.parse(from))?.at ?? 0;
    for (let left = count; left > 0; left -= 1) {
      const later = after(at)?.at ?? 0;
      steps.push((later - at) / 60_000);
      at = later;
    }
    return steps;
  };

  it.each([
    ['cron', '0 * * * *', 60],
    ['cron', '30 * * * *', 60],
    ['cron', '*/20 * * * *', 20],
    ['rrule', 'FREQ=HOURLY', 60],
    ['rrule', 'FREQ=HOURLY;INTERVAL=2', 120],
    ['rrule', 'FREQ=MINUTELY;INTERVAL=90', 90],
  ] as const)('keeps its pace through both changes: %s %s', (kind, expression, minutes) => {
    for (const from of ['2026-03-28T22:10:00Z', '2026-10-24T22:10:00Z']) {
      expect(new Set(instants({ kind, expression }, from, 10))).toEqual(new Set([minutes]));
      const policy = { gap: 'next', overlap: 'first' } as const;
      const under = instants({ kind, expression, dstPolicy: policy }, from, 10);
      expect(new Set(under)).toEqual(new Set([minutes]));
    }
  });

  it('marks the hour that comes twice', () => {
    const hourly = { kind: 'cron', expression: '0 * * * *', ...zone } as const;
    expect(next(hourly, 3, Date.parse('2026-10-25T00:00:00Z') - 1)).toEqual([
      '2026-10-25T02:00:00+02:00 overlap',
      '2026-10-25T02:00:00+01:00 overlap',
      '2026-10-25T03:00:00+01:00',
    ]);
  });
});

describe('a schedule', () => {
  it('is described without a look at when it fires, also when it never does', () => {
    const never = { kind: 'rrule', expression: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' } as const;
    expect(scheduleDescription({ ...never, timezone: 'UTC', anchor: NOW })).toBe(
      'every day on the 30th of February at 00:00, UTC',
    );
  });

  it('tells its firings of a range, and refuses one in which they take too long to find', () => {
    const rare = {
      kind: 'rrule',
      expression: 'FREQ=HOURLY;INTERVAL=23;BYHOUR=3;BYMONTHDAY=29',
    } as const;
    const { between } = schedule(rare);
    expect(between(NOW, Date.parse('2026-04-01T00:00:00Z'), 10).length).toBeLessThan(10);
    const late = () => between(NOW, Date.parse('9000-01-01T00:00:00Z'), 10_000);
    expect(late).toThrow(ScheduleError);
    const daily = schedule({ kind: 'cron', expression: '0 9 * * *' });
    const [from, to] = [Date.parse('2026-01-01T09:00:00Z'), Date.parse('2026-01-03T09:00:00Z')];
    expect(daily.between(from, to, 5).map(({ local }) => local.slice(0, 10))).toEqual([
      '2026-01-01',
      '2026-01-02',
      '2026-01-03',
    ]);
    expect(daily.between(from, to, 2)).toHaveLength(2);
  });

  it('fires neither before its start nor after its end, but at both', () => {
    const bounded = {
      kind: 'cron' as const,
      expression: '0 9 * * *',
      startAt: Date.parse('2026-02-01T09:00:00Z'),
      endAt: Date.parse('2026-02-03T09:00:00Z'),
    };
    expect(next(bounded, 9)).toEqual([
      '2026-02-01T09:00:00Z',
      '2026-02-02T09:00:00Z',
      '2026-02-03T09:00:00Z',
    ]);
  });

  it('of a bare rule begins at its start, or when it was made', () => {
    const bare = { kind: 'rrule', expression: 'FREQ=DAILY;INTERVAL=2' } as const;
    expect(next({ ...bare, anchor: NOW + 1_500 }, 1)).toEqual(['2026-01-01T00:00:02Z']);
    expect(next({ ...bare, startAt: Date.parse('2026-05-02T10:00:00Z') }, 2)).toEqual([
      '2026-05-02T10:00:00Z',
      '2026-05-04T10:00:00Z',
    ]);
  });

  it.each([
    ['cron', '0 0 30 2 *'],
    ['cron', '0 0 31 2,4,6,9,11 *'],
    ['cron', '0 0 30W 2 *'],
    ['cron', '0 0 0 1 1 * 2025'],
    ['once', '2025-12-31T23:59:59Z'],
    ['rrule', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
    ['rrule', 'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30'],
    ['rrule', 'FREQ=SECONDLY;INTERVAL=2;BYSECOND=1'],
    ['rrule', 'FREQ=HOURLY;INTERVAL=24;BYHOUR=5'],
    ['rrule', 'FREQ=DAILY;BYHOUR=1;BYSETPOS=3'],
    ['rrule', 'FREQ=YEARLY;INTERVAL=1000000;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=1'],
    ['rrule', 'FREQ=DAILY;UNTIL=20251231T000000Z'],
    ['rrule', 'DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY\nEXRULE:FREQ=SECONDLY'],
    ['rrule', 'DTSTART:20250101T000000Z\nRRULE:FREQ=DAILY;COUNT=3'],
  ] as const)('that never fires is refused: %s %s', (kind, expression) => {
    expect(() => schedule({ kind, expression })).toThrow(/never fires at or after 2026-01-01/);
  });

  it('that ends before it fires is refused', () => {
    const short = {
      kind: 'cron',
      expression: '0 0 1 6 *',
      endAt: Date.parse('2026-05-01T00:00:00Z'),
    };
    expect(() => schedule({ ...short, kind: 'cron' })).toThrow(/give a later end_at/);
  });

  it('in no time zone is refused with the field that is wrong', () => {
    const attempt = () =>
      schedule({ kind: 'cron', expression: '@daily', timezone: 'Mars/Olympus' });
    expect(attempt).toThrow(ScheduleError);
    expect(attempt).toThrow(
      expect.objectContaining({ path: '/timezone', code: 'invalid_schedule', status: 422 }),
    );
  });

  it('far in the future is still read', () => {
    const leap = { kind: 'cron', expression: '0 0 29 2 *', timezone: 'America/New_York' } as const;
    expect(next(leap, 2, Date.parse('2096-03-01T00:00:00Z'))).toEqual([
      '2104-02-29T00:00:00-05:00',
      '2108-02-29T00:00:00-05:00',
    ]);
  });
});

describe('once', () => {
  const once = (expression: string, more: Partial<ScheduleSpec> = {}) =>
    next({ kind: 'once', expression, anchor: 0, ...more }, 5, 0);

  it.each([
    ['2026-01-15T09:30:00Z', '2026-01-15T09:30:00Z'],
    ['2026-01-15T09:30:00.250+01:00', '2026-01-15T08:30:00.250Z'],
    ['2026-01-15T09:30-0530', '2026-01-15T15:00:00Z'],
    ['2026-01-15T09:30:00+01', '2026-01-15T08:30:00Z'],
    ['20260115T093000Z', '2026-01-15T09:30:00Z'],
    ['2026-01-15T09:30', '2026-01-15T09:30:00Z'],
    ['2026-01-15', '2026-01-15T00:00:00Z'],
  ])('%s is %s', (written, at) => {
    expect(once(written)).toEqual([at]);
  });

  it('without an offset stands on the wall of the zone', () => {
    expect(once('2026-07-01T09:00', { timezone: 'Asia/Tokyo' })).toEqual([
      '2026-07-01T09:00:00+09:00',
    ]);
    const both = { timezone: 'Europe/Paris', dstPolicy: { overlap: 'both' } } as const;
    expect(once('2026-10-25T02:30', both)).toEqual(['2026-10-25T02:30:00+02:00 overlap']);
    expect(once('2026-03-29T02:30', both)).toEqual(['2026-03-29T03:00:00+02:00 gap']);
  });

  it.each([
    ...['tomorrow', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-15T24:00:00Z'],
    ...[
      '2026-01-15T09:60:00Z',
      '2026-01-15 09:30:00',
      '15.01.2026',
      '1768469400',
      '',
      '2026-W03-4',
    ],
    ...['2026-01-15T09:30:00+25:00', '2026-1-5', '2026-01-15T9:30Z', '+2026-01-15T09:30:00Z'],
  ])('"%s" is refused', (written) => {
    expect(() => once(written)).toThrow(ScheduleError);
  });
});
