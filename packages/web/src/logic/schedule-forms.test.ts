import { describe, expect, it } from 'vitest';
import { CRON_PRESETS, readCron, toggled, writeCron } from './cron-form.ts';
import {
  fieldOfTime,
  RULE_PRESETS,
  readNumbers,
  readRule,
  timeOfField,
  writeRule,
} from './rule-form.ts';

describe('a cron expression in the builder', () => {
  it('is written as it was read', () => {
    for (const [expr] of CRON_PRESETS) {
      const form = readCron(expr);
      expect(form && writeCron(form)).toBe(expr);
    }
  });

  it('is read from other words, too', () => {
    const again = (text: string) => {
      const form = readCron(text);
      return form && writeCron(form);
    };
    expect(again('@daily')).toBe('0 0 * * *');
    expect(again('0 */2 ? JAN,FEB,MAR 7')).toBe('0 */2 * 1-3 SUN');
    expect(again('0 9 * * FRI-MON')).toBe('0 9 * * SUN,MON,FRI,SAT');
    expect(again('*/10 0-30/15 9-17 * * *')).toBe('*/10 0,15,30 9-17 * * *');
    // What is restricted, if to everything, stays so: with both, either day is enough.
    expect(again('0 9 1-31 * MON')).toBe('0 9 1-31 * MON');
  });

  it.each([
    '0 9 LW * *',
    '0 9 * * 5L',
    '0 9 * * +FRI',
    '61 * * * *',
    '* * *',
    '0 9 * * * * 2027 1',
  ])('is left as it is: %s', (text) => {
    expect(readCron(text)).toBeUndefined();
  });

  it('changes by one value at a time', () => {
    expect(toggled({ at: [9, 17] }, 12)).toEqual({ at: [9, 12, 17] });
    expect(toggled({ at: [9] }, 9)).toEqual({ every: 1 });
    expect(toggled({ every: 2 }, 9)).toEqual({ at: [9] });
  });
});

describe('a recurrence rule in the builder', () => {
  it('is written as it was read', () => {
    for (const [expr] of RULE_PRESETS) {
      const form = readRule(expr);
      expect(form && writeRule(form)).toBe(expr);
    }
  });

  it('keeps its start, its zone and single dates', () => {
    const text = [
      'DTSTART;TZID=Europe/Paris:20260105T090000',
      'RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261231T230000Z',
      'RDATE;TZID=Europe/Paris:20260110T120000',
      'EXDATE;TZID=Europe/Paris:20260108T090000',
    ].join('\n');
    const form = readRule(text);
    expect(form).toMatchObject({
      ...{ ends: { kind: 'until', until: '20261231T230000Z' } },
      start: { at: '20260105T090000', zone: 'Europe/Paris' },
      left: [{ at: '20260108T090000', zone: 'Europe/Paris' }],
    });
    expect(form && writeRule(form)).toBe(text);
  });

  it('reads numbers and times as fields have them', () => {
    expect(readNumbers('1, 15, -1', 'monthDays')).toEqual([1, 15, -1]);
    expect(readNumbers('32', 'monthDays')).toBeUndefined();
    expect(readNumbers('-1', 'hours')).toBeUndefined();
    expect(readNumbers('', 'hours')).toEqual([]);
    expect(fieldOfTime('20260105T090000Z')).toBe('2026-01-05T09:00');
    expect(timeOfField('2026-01-05T09:00')).toBe('20260105T090000');
  });
});
