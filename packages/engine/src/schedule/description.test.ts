import { expect, it } from 'vitest';
import { readSchedule } from './schedule.ts';

const anchor = Date.parse('2026-01-05T09:30:00Z');

it.each([
  ['cron', '0 9 * * MON-FRI', 'every weekday at 09:00'],
  ['cron', '30 2 * * *', 'every day at 02:30'],
  ['cron', '0 9,12,18 * * *', 'every day at 09:00, 12:00 and 18:00'],
  ['cron', '15 30 2 * * 1', 'every Monday at 02:30:15'],
  ['cron', '* * * * *', 'every minute'],
  ['cron', '*/15 * * * *', 'every 15 minutes'],
  ['cron', '*/15 9-17 * * 1-5', 'every 15 minutes from 09:00 to 17:59, every weekday'],
  ['cron', '@hourly', 'every hour'],
  ['cron', '5 * * * *', 'every hour at 5 minutes past'],
  ['cron', '0 */2 * * *', 'every 2 hours'],
  ['cron', '* * * * * *', 'every second'],
  ['cron', '*/10 * * * * *', 'every 10 seconds'],
  ['cron', '0 0 1,15 * *', 'on the 1st and 15th of every month at 00:00'],
  ['cron', '0 0 L * *', 'on the last day of every month at 00:00'],
  ['cron', '0 0 L-2 * *', 'on the third to last day of every month at 00:00'],
  ['cron', '0 0 LW * *', 'on the last weekday of every month at 00:00'],
  ['cron', '0 0 15W 3,6 *', 'on the weekday nearest to the 15th of March and June at 00:00'],
  ['cron', '0 0 * * 5L', 'on the last Friday of every month at 00:00'],
  ['cron', '0 0 * * 2#2', 'on the second Tuesday of every month at 00:00'],
  ['cron', '0 0 * 7 SAT,SUN', 'every Saturday and Sunday in July at 00:00'],
  ['cron', '0 0 13 * FRI', 'on the 13th of every month and every Friday at 00:00'],
  ['cron', '0 0 13 * +FRI', 'on the 13th of every month that is also a Friday at 00:00'],
  ['cron', '0 0 12 1 1 * 2027-2030', 'on the 1st of January at 12:00 in 2027 to 2030'],
  ['rrule', 'FREQ=DAILY', 'every day at 09:30'],
  ['rrule', 'FREQ=DAILY;INTERVAL=3;COUNT=10', 'every 3 days at 09:30, 10 times'],
  ['rrule', 'FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0', 'every Monday and Thursday at 09:00'],
  ['rrule', 'FREQ=WEEKLY;INTERVAL=2', 'every 2 weeks on Monday at 09:30'],
  ['rrule', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every weekday at 09:30'],
  ['rrule', 'FREQ=MONTHLY', 'every month on the 5th at 09:30'],
  ['rrule', 'FREQ=MONTHLY;BYDAY=-1FR', 'every month on the last Friday at 09:30'],
  ['rrule', 'FREQ=MONTHLY;BYMONTHDAY=-1', 'every month on the last day at 09:30'],
  [
    'rrule',
    'FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR',
    'every month on the 13th when it is Friday at 09:30',
  ],
  [
    'rrule',
    'FREQ=YEARLY;UNTIL=20301231T000000Z',
    'every year on the 5th of January at 09:30, until 31 December 2030',
  ],
  [
    'rrule',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'the last in every month of the times every weekday at 09:30',
  ],
  ['rrule', 'FREQ=HOURLY;INTERVAL=6', 'every 6 hours'],
  ['rrule', 'FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10', 'every 20 minutes in the hours 9 and 10'],
  [
    'rrule',
    'DTSTART:20260105T093000\nRRULE:FREQ=DAILY\nRDATE:20260107T120000\nEXDATE:20260106T093000',
    'every day at 09:30; one date more, with exceptions',
  ],
  ['once', '2026-03-09T08:00:00', 'once on 9 March 2026 at 08:00'],
] as const)('%s %s is "%s"', (kind, expression, words) => {
  const { description } = readSchedule({ kind, expression, timezone: 'UTC', anchor });
  expect(description).toBe(`${words}, UTC`);
});
