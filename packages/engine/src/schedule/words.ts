/** Numbers, days and lists in English. */

import { MONTH_NAMES } from './local-time.ts';

const WEEKDAY_NAMES = [
  ...['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
];
const SMALL_ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth'];
/** Of a longer list only the beginning is told. */
const LISTED_MOST = 12;

/** `a, b and c` */
export function listed(items: readonly string[], joint = 'and'): string {
  const shown = items.length > LISTED_MOST ? items.slice(0, LISTED_MOST) : items;
  if (shown.length < items.length)
    return `${shown.join(', ')} ${joint} ${items.length - shown.length} more`;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} ${joint} ${shown.at(-1)}`;
}

/** `1st`, `22nd` */
export function ordinal(value: number): string {
  const tens = value % 100;
  const ones = tens >= 11 && tens <= 13 ? 0 : value % 10;
  return `${value}${['th', 'st', 'nd', 'rd'][ones] ?? 'th'}`;
}

/** `second`, `last`, `third to last`, `20th` */
export function position(value: number): string {
  if (value === -1) return 'last';
  const words = SMALL_ORDINALS[Math.abs(value)] ?? ordinal(Math.abs(value));
  return value > 0 ? words : `${words} to last`;
}

/** 0 is Sunday. */
export function weekdayName(weekday: number): string {
  return WEEKDAY_NAMES[weekday % 7] ?? '';
}

/** `every weekday`, `every Monday and Friday` */
export function weekdayWords(weekdays: readonly number[]): string {
  const key = [...weekdays].sort((a, b) => a - b).join('');
  if (key === '12345') return 'every weekday';
  if (key === '06') return 'every Saturday and Sunday';
  if (key === '0123456') return 'every day';
  return `every ${listed(weekdays.map(weekdayName))}`;
}

export function monthWords(months: readonly number[]): string {
  return listed(months.map((month) => MONTH_NAMES[month - 1] ?? ''));
}

/** `09:05`, with seconds when there are some. */
export function clock(hour: number, minute: number, second = 0): string {
  const parts = second === 0 ? [hour, minute] : [hour, minute, second];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `every minute`, `every 15 minutes` */
export function everyUnit(count: number, unit: string): string {
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

/** The step of numbers that begin at 0, are evenly spread and fill a whole; undefined otherwise. */
export function evenStep(values: readonly number[], whole: number): number | undefined {
  const step = whole / values.length;
  return Number.isInteger(step) && values.every((value, index) => value === index * step)
    ? step
    : undefined;
}
