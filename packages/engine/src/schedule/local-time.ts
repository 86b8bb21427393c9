/** Times on the wall as text. */

import { civilDay, DAY_MS } from './civil.ts';
import type { Zone } from './zone.ts';

/** RFC 3339 with the offset that the zone has at that instant. */
export function localTime(instantMs: number, zone: Zone): string {
  const { offset } = zone.stretchAt(instantMs);
  return `${wallText(instantMs + offset)}${offsetText(offset)}`;
}

/** `2026-01-15T09:30:00`, with milliseconds when there are some. */
export function wallText(wallMs: number): string {
  const text = new Date(wallMs).toISOString();
  return text.endsWith('.000Z') ? text.slice(0, -5) : text.slice(0, -1);
}

/** `9 March 2026` */
export function dateWords(wallMs: number): string {
  const { year, month, day } = civilDay(Math.floor(wallMs / DAY_MS));
  return `${day} ${MONTH_NAMES[month - 1]} ${year}`;
}

/** `09:30`, with seconds when there are some. */
export function timeWords(wallMs: number): string {
  const text = wallText(wallMs).slice(11, 19);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

export const MONTH_NAMES = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

function offsetText(offsetMs: number): string {
  if (offsetMs === 0) return 'Z';
  const minutes = Math.abs(Math.trunc(offsetMs / 60_000));
  const hour = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${hour}:${String(minutes % 60).padStart(2, '0')}`;
}
