import { ExpressionError, type Json } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compileExpression, type Scope } from './index.ts';

const SCOPE: Scope = { steps: 'any', nodes: 'any', variables: new Set(['now', 'item']) };
const NOW = new Date('2026-03-29T01:30:15.250Z');

function run(source: string, item: Json = {}): Json {
  return compileExpression(source, SCOPE).evaluate({ now: NOW, item });
}

describe('timestamps', () => {
  test.each<[string, Json]>([
    ['timestamp("2026-01-31T08:00:00Z")', '2026-01-31T08:00:00.000Z'],
    ['timestamp("2026-01-31T08:00:00.1234567Z")', '2026-01-31T08:00:00.123Z'],
    ['timestamp("2026-01-31T08:00:00+02:30")', '2026-01-31T05:30:00.000Z'],
    ['timestamp("0001-01-01T00:00:00Z")', '0001-01-01T00:00:00.000Z'],
    ['timestamp("9999-12-31T23:59:59.999Z")', '9999-12-31T23:59:59.999Z'],
    ['timestamp("2024-02-29T00:00:00Z")', '2024-02-29T00:00:00.000Z'],
    ['timestamp(-1)', '1969-12-31T23:59:59.000Z'],
    ['now + duration("24h")', '2026-03-30T01:30:15.250Z'],
    ['duration("24h") + now', '2026-03-30T01:30:15.250Z'],
    ['now - duration("500ms")', '2026-03-29T01:30:14.750Z'],
    ['now - timestamp("2026-03-29T00:00:00Z")', '5415.25s'],
    ['timestamp("2026-01-01T00:00:00Z") < now', true],
    ['timestamp("2026-01-01T01:00:00+01:00") == timestamp("2026-01-01T00:00:00Z")', true],
    ['timestamp(item.at) > now', true],
  ])('%s is %j', (source, value) => {
    expect(run(source, { at: '2027-01-01T00:00:00Z' })).toBe(value);
  });

  test.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
    'tomorrow',
    '',
  ])('%j is none', (text) => {
    expect(() => run('timestamp(item.at)', { at: text })).toThrow(/not an RFC 3339 timestamp/);
  });

  test.each([
    'timestamp("9999-12-31T23:59:59Z") + duration("1h")',
    'timestamp("0001-01-01T00:00:00Z") - duration("1s")',
    'timestamp(253402300800)',
    'timestamp(-9223372036854775807)',
  ])('%s lies outside the years 1 to 9999', (source) => {
    expect(() => run(source)).toThrow(/outside the years 1 to 9999/);
  });

  test.each<[string, number, number]>([
    ['getFullYear', 2026, 2026],
    ['getMonth', 2, 2],
    ['getDate', 29, 29],
    ['getDayOfMonth', 28, 28],
    ['getDayOfWeek', 0, 0],
    ['getDayOfYear', 87, 87],
    ['getHours', 1, 3],
    ['getMinutes', 30, 30],
    ['getSeconds', 15, 15],
    ['getMilliseconds', 250, 250],
  ])('%s is %i in UTC and %i in Berlin, just after its clocks went forward', (name, utc, berlin) => {
    expect(run(`now.${name}()`)).toBe(utc);
    expect(run(`now.${name}("UTC")`)).toBe(utc);
    expect(run(`now.${name}("Europe/Berlin")`)).toBe(berlin);
  });

  it('read offsets and zones on the other side of midnight', () => {
    expect(run('now.getDate("-02:00")')).toBe(28);
    expect(run('now.getHours("+05:45")')).toBe(7);
    expect(run('now.getHours("02:00")')).toBe(3);
    expect(run('now.getDayOfWeek("America/Los_Angeles")')).toBe(6);
    expect(run('timestamp("2026-01-01T00:30:00Z").getDayOfYear("America/New_York")')).toBe(364);
    expect(run('timestamp("2026-12-31T23:30:00Z").getFullYear("Asia/Tokyo")')).toBe(2027);
    expect(run('timestamp("2026-01-01T00:00:00Z").getHours("UTC")')).toBe(0);
  });

  it('know no zones that do not exist', () => {
    expect(() => run('now.getHours("Mars/Olympus")')).toThrow(/no such time zone/);
    expect(() => run('now.getHours("")')).toThrow(ExpressionError);
  });

  it('are read back from the text they are written as', () => {
    const instant = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (at) => {
        expect(run('timestamp(string(timestamp(item)))', at.toISOString())).toBe(at.toISOString());
      }),
    );
  });
});

describe('durations', () => {
  test.each([
    ['1h', '3600s'],
    ['1h30m', '5400s'],
    ['90s', '90s'],
    ['3.5s', '3.5s'],
    ['1.5h', '5400s'],
    ['250ms', '0.25s'],
    ['1us', '0.000001s'],
    ['1µs', '0.000001s'],
    ['1ns', '0.000000001s'],
    ['-1.5s', '-1.5s'],
    ['+1s', '1s'],
    ['.5s', '0.5s'],
    ['1.s', '1s'],
    ['0s', '0s'],
    ['-0s', '0s'],
    ['1h1m1s1ms', '3661.001s'],
    ['0.0000000001s', '0s'],
  ])('%s is %s', (text, value) => {
    expect(run('duration(item)', text)).toBe(value);
  });

  test.each([
    '',
    '-',
    '1',
    's',
    '.s',
    '1x',
    '1h 30m',
    '1d',
    '--1s',
    '1s-1s',
    'h1',
    '1'.repeat(101),
  ])('%j is none', (text) => {
    expect(() => run('duration(item)', text)).toThrow(/not a duration/);
  });

  test.each<[string, Json]>([
    ['duration("1h") + duration("30m")', '5400s'],
    ['duration("1h") - duration("90m")', '-1800s'],
    ['duration("90m").getHours()', 1],
    ['duration("90m").getMinutes()', 90],
    ['duration("1.5s").getSeconds()', 1],
    ['duration("1.5s").getMilliseconds()', 1500],
    ['duration("-90m").getHours()', -1],
    ['duration("1h") > duration("59m59s")', true],
    ['[duration("1s")] == [duration("1000ms")]', true],
  ])('%s is %j', (source, value) => {
    expect(run(source)).toBe(value);
  });

  it('end at 10,000 years', () => {
    expect(run('duration("315576000000s")')).toBe('315576000000s');
    expect(() => run('duration("315576000001s")')).toThrow(/longer than 10,000 years/);
    expect(() => run('duration("315576000000s") + duration("1ns")')).toThrow(/10,000 years/);
  });

  it('are read back from the text they are written as', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(999_999_999), (seconds, nanos) => {
        const text = run('duration(item)', `${seconds}.${String(nanos).padStart(9, '0')}s`);
        expect(run('duration(item)', text)).toBe(text);
      }),
    );
  });
});
