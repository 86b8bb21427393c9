import { ScheduleError } from '@tenuto/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ODD_ZONES } from '../../test/wall-oracle.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import type { ScheduleSpec } from './timetable.ts';

const cronItem = fc.oneof(
  fc.constantFrom(
    '*',
    '?',
    'L',
    'LW',
    '15W',
    '*/7',
    '1-5',
    '5#2',
    'FRIL',
    '+MON',
    'jan',
    '0',
    '59',
  ),
  fc.integer({ min: -2, max: 70 }).map(String),
  fc.string({ maxLength: 4 }),
);
const cronText = fc.oneof(
  fc
    .array(fc.array(cronItem, { minLength: 1, maxLength: 2 }), { minLength: 4, maxLength: 8 })
    .map((fields) => fields.map((items) => items.join(',')).join(' ')),
  fc.constantFrom('@daily', '@HOURLY', '@never'),
);

const rulePart = fc.oneof(
  fc.constantFrom('FREQ=DAILY', 'FREQ=SECONDLY', 'FREQ=YEARLY', 'FREQ=MONTHLY', 'FREQ=WEEKLY'),
  fc.constantFrom(
    'FREQ=HOURLY',
    'FREQ=MINUTELY',
    'BYSETPOS=-1',
    'WKST=SU',
    'UNTIL=20300101T000000Z',
  ),
  fc
    .tuple(
      fc.constantFrom(
        'COUNT',
        'INTERVAL',
        'BYHOUR',
        'BYMINUTE',
        'BYSECOND',
        'BYMONTHDAY',
        'BYMONTH',
      ),
      fc.integer({ min: -1, max: 61 }),
    )
    .map(([name, value]) => `${name}=${value}`),
  fc.constantFrom('BYDAY=MO,-1FR', 'BYWEEKNO=53', 'BYYEARDAY=-366,366', 'BYDAY=', 'EXTRA=1'),
);
const rule = fc.array(rulePart, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(';'));
const ruleText = fc.oneof(
  rule,
  fc
    .tuple(
      fc.constantFrom('DTSTART:20260101T090000', 'DTSTART;TZID=Europe/Paris:20260329T023000', 'X'),
      rule,
      rule,
    )
    .map(
      ([start, one, other]) => `${start}\nRRULE:${one}\nEXRULE:${other}\nRDATE:20270101T000000Z`,
    ),
);
const onceText = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.string({ maxLength: 30, unit: fc.constantFrom(...'0123456789-+:.TZ') }),
);

const specs: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    text: fc.oneof(
      cronText.map((expression) => ({ kind: 'cron' as const, expression })),
      ruleText.map((expression) => ({ kind: 'rrule' as const, expression })),
      onceText.map((expression) => ({ kind: 'once' as const, expression })),
      fc.string().map((expression) => ({ kind: 'rrule' as const, expression })),
    ),
    timezone: fc.constantFrom(...ODD_ZONES),
    dstPolicy: fc.record({
      gap: fc.constantFrom('next' as const, 'skip' as const),
      overlap: fc.constantFrom('first' as const, 'second' as const, 'both' as const),
    }),
    anchor: fc.integer({ min: 0, max: Date.UTC(2090, 0, 1) }),
  })
  .map(({ text, ...rest }) => ({ ...text, ...rest }));

function read(spec: ScheduleSpec): Schedule | undefined {
  try {
    return readSchedule(spec);
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
}

it('whatever is sent is refused with a reason, or fires in order and at what clocks show', () => {
  fc.assert(
    fc.property(specs, (spec) => {
      const schedule = read(spec);
      if (schedule === undefined) return;
      expect(schedule.description).toMatch(/^\S.*, \S+$/);
      let last = spec.anchor - 1;
      for (let left = 4; left > 0; left -= 1) {
        const firing = schedule.after(last);
        if (firing === undefined) return;
        expect(firing.at).toBeGreaterThan(last);
        expect(Date.parse(firing.local)).toBe(firing.at);
        // Whoever asks from anywhere before it is told the same.
        expect(schedule.after(firing.at - 1)).toEqual(firing);
        last = firing.at;
      }
    }),
    { numRuns: 1_500 },
  );
});
