import { ScheduleError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { readSchedule } from './schedule.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function next(expression: string, count: number): readonly string[] {
  const { after } = readSchedule({ kind: 'cron', expression, timezone: 'UTC', anchor: NOW });
  const firings: string[] = [];
  let firing = after(NOW);
  while (firing !== undefined && firings.length < count) {
    firings.push(firing.local.replace(/(:00)?Z$/, ''));
    firing = after(firing.at);
  }
  return firings;
}

describe('a cron expression', () => {
  it.each([
    [
      'of five fields fires at whole minutes',
      '20 4 * * *',
      ['2026-01-01T04:20', '2026-01-02T04:20'],
    ],
    ['of six has seconds in front', '5 20 4 * * *', ['2026-01-01T04:20:05', '2026-01-02T04:20:05']],
    [
      'of seven has a year behind',
      '0 0 0 1 1 * 2028-2034/3',
      ['2028-01-01T00:00', '2031-01-01T00:00', '2034-01-01T00:00'],
    ],
    [
      'steps from a number to the end',
      '40/15 0 * * *',
      ['2026-01-01T00:40', '2026-01-01T00:55', '2026-01-02T00:40'],
    ],
    [
      'has lists of ranges and steps',
      '0 1-3,20/2 * * *',
      [
        '2026-01-01T01:00',
        '2026-01-01T02:00',
        '2026-01-01T03:00',
        '2026-01-01T20:00',
        '2026-01-01T22:00',
      ],
    ],
    [
      'takes names, long or short, in any case',
      '0 0 * march Mon,friDAY',
      ['2026-03-02T00:00', '2026-03-06T00:00'],
    ],
    [
      'may go over the end of the week',
      '0 0 * * FRI-MON',
      [
        '2026-01-02T00:00',
        '2026-01-03T00:00',
        '2026-01-04T00:00',
        '2026-01-05T00:00',
        '2026-01-09T00:00',
      ],
    ],
    ['has Sunday as 0 and as 7', '0 0 * * 7', ['2026-01-04T00:00', '2026-01-11T00:00']],
    [
      'takes either day when both fields are said',
      '0 0 5 * TUE',
      ['2026-01-05T00:00', '2026-01-06T00:00', '2026-01-13T00:00'],
    ],
    [
      'takes both days behind a plus',
      '0 0 13 * +FRI',
      ['2026-02-13T00:00', '2026-03-13T00:00', '2026-11-13T00:00'],
    ],
    ['takes a question mark for a star', '0 0 ? * 1', ['2026-01-05T00:00', '2026-01-12T00:00']],
    ['knows the last day', '0 0 L * *', ['2026-01-31T00:00', '2026-02-28T00:00']],
    ['knows days before the last', '0 0 L-27 * *', ['2026-01-04T00:00', '2026-02-01T00:00']],
    [
      'goes up to the last day',
      '0 0 25-L/3 2 *',
      ['2026-02-25T00:00', '2026-02-28T00:00', '2027-02-25T00:00'],
    ],
    [
      'knows the weekday nearest to a day',
      '0 0 1W,15W * *',
      ['2026-01-15T00:00', '2026-02-02T00:00', '2026-02-16T00:00'],
    ],
    ['never leaves the month for it', '0 0 31W 1,5 *', ['2026-01-30T00:00', '2026-05-29T00:00']],
    ['knows the last weekday', '0 0 LW * *', ['2026-01-30T00:00', '2026-02-27T00:00']],
    [
      'knows weekdays by their number',
      '0 0 * * MON#1,5#5',
      ['2026-01-05T00:00', '2026-01-30T00:00', '2026-02-02T00:00'],
    ],
    ['knows the last of a weekday', '0 0 * * 5L', ['2026-01-30T00:00', '2026-02-27T00:00']],
    [
      'spells that in four ways',
      '0 0 * * FRIL,L5,FRI#L,5#L',
      ['2026-01-30T00:00', '2026-02-27T00:00'],
    ],
    ['may be a macro in any case', '@Monthly', ['2026-02-01T00:00', '2026-03-01T00:00']],
    ['may have any white space', ' 0\t0  1 *   * ', ['2026-02-01T00:00', '2026-03-01T00:00']],
  ])('%s: %s', (_, expression, expected) => {
    expect(next(expression, expected.length)).toEqual(expected);
  });

  it.each([
    ['', /has 0/],
    ['* * * *', /5 fields .* this one has 4/],
    ['* * * * * * * *', /has 8/],
    ['@fortnightly', /is none of @yearly/],
    ['60 * * * *', /The minute cannot be "60": it is from 0 to 59/],
    ['* 24 * * *', /The hour/],
    ['* * 0 * *', /The day of the month cannot be "0": it is from 1 to 31/],
    ['* * * 13 *', /The month/],
    ['* * * * 8', /The day of the week/],
    ['* * * foo *', /a number or a name from 1 to 12/],
    ['5-1 * * * *', /the range ends before it begins/],
    ['*/0 * * * *', /a step is a number from 1 to 60/],
    ['*/99 * * * *', /a step is a number from 1 to 60/],
    ['1/2/3 * * * *', /two steps/],
    ['1-2-3 * * * *', /two hyphens/],
    ['1,,2 * * * *', /cannot be nothing/],
    ['* * L-31 * *', /no month has so many days/],
    ['* * 32W * *', /it is from 1 to 31/],
    ['* * * * L', /The day of the week cannot be "L"/],
    ['* * * * 1#6', /The day of the week/],
    ['* * * * */2#1', /only a day or a range of days has a number/],
    ['0 0 0 1 1 * */2', /needs the year it starts at/],
    ['0 0 0 1 1 * 10000', /The year/],
    ['1e1 * * * *', /The minute/],
    ['٣ * * * *', /The minute/],
  ])('"%s" is refused with its reason', (expression, reason) => {
    expect(() => next(expression, 1)).toThrow(ScheduleError);
    expect(() => next(expression, 1)).toThrow(reason);
  });
});
