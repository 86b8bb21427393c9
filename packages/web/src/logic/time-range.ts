/** A span of time as it stands in an address: back from now, or between two times. */
export interface TimeRange {
  readonly since?: string;
  /** RFC 3339. */
  readonly from?: string;
  readonly to?: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SINCE = {
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '2d': 2 * DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
} as const;
export type Since = keyof typeof SINCE;

/** What is no time is left out; a preset goes before free ends. */
export function readRange(search: Readonly<Record<string, unknown>>): TimeRange {
  const { since } = search;
  if (typeof since === 'string' && isSince(since)) return { since };
  const [from, to] = [timeOf(search.from), timeOf(search.to)];
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** What the API is asked. The start of a preset is rounded to a minute, so that the question stays the same. */
export function rangeOf(
  { since, from, to }: TimeRange,
  now: number,
): { readonly created_after?: string; readonly created_before?: string } {
  if (since !== undefined && isSince(since)) {
    const start = Math.floor((now - SINCE[since]) / MINUTE) * MINUTE;
    return { created_after: new Date(start).toISOString() };
  }
  return {
    ...(from !== undefined && { created_after: from }),
    ...(to !== undefined && { created_before: to }),
  };
}

export function isSince(text: string): text is Since {
  return Object.hasOwn(SINCE, text);
}

function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** A time as a field for a day and an hour takes it, in the reader's zone. */
export function toField(time: string | undefined): string {
  if (time === undefined) return '';
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** And back. */
export function ofField(text: string): string | undefined {
  return timeOf(text);
}

/** A free range in a few words: `12-01 09:00 – 12-02 10:30`. */
export function rangeText({ from, to }: TimeRange): string {
  const part = (time: string | undefined) => (time === undefined ? '…' : short(time));
  return `${part(from)} – ${part(to)}`;
}

function short(time: string): string {
  return toField(time).slice(5).replace('T', ' ');
}
