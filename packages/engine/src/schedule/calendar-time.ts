/** Dates and times as calendars write them: `20260115`, `20260115T093000`, and with a Z. */

import { ScheduleError } from '@tenuto/contract';
import { DAY_MS, dayNumber, daysInMonth } from './civil.ts';
import { EXPRESSION_PATH } from './cron-field.ts';

export interface CalendarTime {
  readonly wallMs: number;
  /** It ends in Z: the wall stands in UTC. */
  readonly utc: boolean;
  /** It is a date without a time. */
  readonly dateOnly: boolean;
}

const CALENDAR_TIME = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/;

/**
 * @param name of the property, for the message
 * @throws ScheduleError when there is no such date or time
 */
export function parseCalendarTime(text: string, name: string): CalendarTime {
  const match = CALENDAR_TIME.exec(text.toUpperCase());
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const known =
    year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (match === null || !known || hour > 23 || minute > 59 || second > 60) {
    throw new ScheduleError(
      EXPRESSION_PATH,
      `${name} has to be like 20260115, 20260115T093000 or 20260115T093000Z, not ${text.slice(0, 40)}.`,
    );
  }
  const time = hour * 3600 + minute * 60 + Math.min(second, 59);
  return {
    wallMs: dayNumber(year, month, day) * DAY_MS + time * 1000,
    utc: match[7] === 'Z',
    dateOnly: match[4] === undefined,
  };
}
