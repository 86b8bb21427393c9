/** What clocks on the wall show in a time zone; the zone's rules come with the platform. */

/** Formats kept at once: each holds some kilobytes, and names come from requests. */
const FORMATS_KEPT = 64;
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

export interface ZoneTime {
  /** Local time minus UTC, in milliseconds. */
  readonly offsetMs: number;
  /** Milliseconds since the clocks on the wall showed midnight, as they count. */
  readonly dayMs: number;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param at milliseconds since the epoch
 * @throws RangeError when the platform does not know the zone
 */
export function zoneTime(at: number, zone: string): ZoneTime {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const secondsMs = Math.floor(at / 1000) * 1000;
  const offsetMs = Date.UTC(year, month - 1, day, hour, minute, second) - secondsMs;
  const localMs = at + offsetMs;
  return { offsetMs, dayMs: localMs - Math.floor(localMs / DAY_MS) * DAY_MS };
}

/**
 * The first millisecond after `from` at which the offset is another one.
 * @param to when it is another one already
 */
export function offsetChange(from: number, to: number, zone: string): number {
  const { offsetMs } = zoneTime(from, zone);
  let before = from;
  let after = to;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zoneTime(middle, zone).offsetMs === offsetMs) before = middle;
    else after = middle;
  }
  return after;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const [oldest] = formats.keys();
  if (formats.size >= FORMATS_KEPT && oldest !== undefined) formats.delete(oldest);
  formats.set(zone, format);
  return format;
}
