/** One instant in ISO 8601, with an offset or on the wall of a zone. */

import { ScheduleError } from '@tenuto/contract';
import { DAY_MS, dayNumber, daysInMonth } from './civil.ts';
import { EXPRESSION_PATH } from './cron-field.ts';
import type { WallTimes } from './wall-clock.ts';

const EXTENDED =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const BASIC =
  /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

export interface OnceTime {
  readonly wallMs: number;
  /** Absent: the wall is that of the task's zone. */
  readonly offsetMs?: number;
}

/** @throws ScheduleError when it is no time of ISO 8601 */
export function parseOnce(text: string): OnceTime {
  const match = EXTENDED.exec(text) ?? BASIC.exec(text);
  const wallMs = match === null ? undefined : wallOf(match);
  const offsetMs = match === null ? undefined : offsetOf(match[8]);
  if (wallMs === undefined || offsetMs === null) {
    throw new ScheduleError(
      EXPRESSION_PATH,
      `"${text.slice(0, 60)}" is no time of ISO 8601; write it like 2026-01-15T09:30:00Z, or without an offset for the time zone of the task.`,
    );
  }
  return offsetMs === undefined ? { wallMs } : { wallMs, offsetMs };
}

function wallOf(match: RegExpExecArray): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  const seconds = hour * 3600 + minute * 60 + second;
  return dayNumber(year, month, day) * DAY_MS + seconds * 1000 + ms;
}

/** undefined when none is given, null when it is impossible. */
function offsetOf(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return null;
  return (hours * 60 + minutes) * (text.startsWith('-') ? -60_000 : 60_000);
}

/** A single time on the wall. */
export function onceTimes(wallMs: number): WallTimes {
  return { next: (fromMs) => (fromMs <= wallMs ? wallMs : undefined) };
}
