import { instantOf, isZone, offsetAt, offsetText, wallAt } from './zone-time.ts';

const MINUTE = 60_000;
const OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;

/** A time as a field of date and time shows it, on the wall of a zone; undefined for what is none. */
export function fieldOfOnce(text: string, zone: string): string | undefined {
  const written = text.trim().replace(' ', 'T');
  if (/^\d{4}-\d\d-\d\d$/.test(written)) return `${written}T00:00`;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(written)) return undefined;
  if (!OFFSET.test(written))
    return Number.isNaN(Date.parse(`${written}Z`)) ? undefined : short(written);
  const at = Date.parse(written);
  if (Number.isNaN(at) || !isZone(zone)) return undefined;
  return short(wallAt(at, zone));
}

function short(wall: string): string {
  return wall.slice(0, 19).replace(/(T\d\d:\d\d):00$/, '$1');
}

/** An instant with the offset of a zone, so that it stays the same instant in any other. */
export function onceOf(at: number, zone: string): string {
  const minute = Math.ceil(at / MINUTE) * MINUTE;
  const offset = offsetText(offsetAt(minute, zone));
  return `${wallAt(minute, zone)}${offset === 'UTC' ? 'Z' : offset}`;
}

export type OnceShortcut = 'tenMinutes' | 'hour' | 'tonight' | 'tomorrow' | 'monday';
export const ONCE_SHORTCUTS: readonly OnceShortcut[] = [
  'tenMinutes',
  'hour',
  'tonight',
  'tomorrow',
  'monday',
];

/** What a shortcut means now: an instant, or a time on the wall of the zone. */
export function shortcut(name: OnceShortcut, now: number, zone: string): string {
  if (name === 'tenMinutes') return onceOf(now + 10 * MINUTE, zone);
  if (name === 'hour') return onceOf(now + 60 * MINUTE, zone);
  const today = wallAt(now, zone);
  if (name === 'tonight') {
    const isPast = today.slice(11) >= '20:00:00';
    return `${dayBehind(today, isPast ? 1 : 0)}T20:00`;
  }
  if (name === 'tomorrow') return `${dayBehind(today, 1)}T09:00`;
  const weekday = new Date(`${today}Z`).getUTCDay();
  return `${dayBehind(today, (8 - weekday) % 7 || 7)}T09:00`;
}

function dayBehind(wall: string, days: number): string {
  const day = new Date(`${wall.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** The time of a field as RFC 3339, by the clock of a zone; empty for none. */
export function instantText(field: string, zone: string): string {
  if (field === '') return '';
  const wall = field.length === 16 ? `${field}:00` : field;
  return new Date(instantOf(wall, zone)).toISOString();
}
