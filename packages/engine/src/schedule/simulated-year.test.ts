import { expect, it } from 'vitest';
import { ODD_ZONES } from '../../test/wall-oracle.ts';
import { readSchedule } from './schedule.ts';

const FROM = Date.parse('2026-01-01T12:00:00Z');
const TO = Date.parse('2027-01-01T12:00:00Z');
const TASKS = 10_000;

/** Each with how often it fires in the year whatever the zone: a change of the clocks costs nothing. */
const SCHEDULES = [
  ['cron', (minute: number) => `${minute} ${minute % 24} * * *`, 365],
  ['cron', (minute: number) => `${minute} 2 * * *`, 365],
  ['cron', (minute: number) => `${minute} 3 1 * *`, 12],
  ['cron', (minute: number) => `${minute} ${minute % 24} 15 * *`, 12],
  ['cron', (minute: number) => `${minute} 7 L * *`, 12],
  ['rrule', (minute: number) => `FREQ=WEEKLY;BYDAY=TU;BYHOUR=2;BYMINUTE=${minute};BYSECOND=0`, 52],
  ['rrule', (minute: number) => `FREQ=DAILY;BYHOUR=1;BYMINUTE=${minute};BYSECOND=0`, 365],
  ['rrule', (minute: number) => `FREQ=MONTHLY;BYDAY=2MO;BYHOUR=8;BYMINUTE=${minute}`, 12],
  ['rrule', (minute: number) => `FREQ=HOURLY;INTERVAL=${24 + minute}`, 0],
] as const;

it('ten thousand tasks fire through a year as often as their schedules say', () => {
  let firings = 0;
  for (let task = 0; task < TASKS; task += 1) {
    const minute = task % 60;
    const [kind, expressionOf, expected] = SCHEDULES[task % SCHEDULES.length]!;
    const timezone = ODD_ZONES[task % ODD_ZONES.length]!;
    const expression = expressionOf(minute);
    const { after } = readSchedule({ kind, expression, timezone, anchor: FROM });
    let count = 0;
    let last = FROM;
    for (let next = after(FROM); next !== undefined && next.at <= TO; next = after(next.at)) {
      if (next.at <= last)
        throw new Error(`${expression} in ${timezone} goes back at ${next.local}`);
      last = next.at;
      count += 1;
    }
    firings += count;
    const hours = Math.floor((TO - FROM) / 3_600_000);
    expect([expression, timezone, count]).toEqual([
      expression,
      timezone,
      expected === 0 ? Math.floor(hours / (24 + minute)) : expected,
    ]);
  }
  expect(firings).toBeGreaterThan(1_400_000);
});
