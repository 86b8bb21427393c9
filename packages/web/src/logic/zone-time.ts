/** Times on the walls of time zones, and the moments at which their clocks are changed. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
    formats.set(zone, found);
  }
  return found;
}

/** What the clock of a zone shows: `2026-03-29T03:00:00`. */
export function wallAt(at: number, zone: string): string {
  const parts = new Map<string, string>();
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts.set(type, value);
  const part = (name: string) => parts.get(name) ?? '';
  const day = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  return `${day}T${part('hour')}:${part('minute')}:${part('second')}`;
}

/** How far a zone is ahead of UTC, in milliseconds. */
export function offsetAt(at: number, zone: string): number {
  const whole = Math.floor(at / 1_000) * 1_000;
  return Date.parse(`${wallAt(whole, zone)}Z`) - whole;
}

/** `+02:00`; `UTC` where it is none. */
export function offsetText(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(Math.round(offset / MINUTE));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The instant at which a clock shows a time: the first of two; behind a gap as far as it would be in it. */
export function instantOf(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall}Z`);
  const before = asUtc - offsetAt(asUtc - DAY, zone);
  const after = asUtc - offsetAt(asUtc + DAY, zone);
  const fits = (at: number) => at + offsetAt(at, zone) === asUtc;
  return fits(before) || !fits(after) ? before : after;
}

/** Whether a name is one that the browser knows. */
export function isZone(zone: string): boolean {
  try {
    return zone !== '' && formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** A moment at which the clocks of a zone are put forward or back. */
export interface ClockChange {
  readonly at: number;
  readonly kind: 'forward' | 'back';
  /** What the clock shows at that moment by the old and by the new time. */
  readonly from: string;
  readonly to: string;
}

/** The changes of the clocks from one moment to another, the first one first. */
export function clockChanges(zone: string, from: number, to: number): readonly ClockChange[] {
  const changes: ClockChange[] = [];
  for (let low = from; low < to; low += 7 * DAY) {
    const high = Math.min(low + 7 * DAY, to);
    const [before, after] = [offsetAt(low, zone), offsetAt(high, zone)];
    if (before === after) continue;
    const at = momentBetween(low, high, zone);
    changes.push({
      ...{ at, kind: after > before ? 'forward' : 'back' },
      from: new Date(at + before).toISOString().slice(0, 19),
      to: new Date(at + after).toISOString().slice(0, 19),
    });
  }
  return changes;
}

function momentBetween(from: number, to: number, zone: string): number {
  const before = offsetAt(from, zone);
  let [low, high] = [from, to];
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (middle <= low) break;
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return Math.ceil(high / 1_000) * 1_000;
}
