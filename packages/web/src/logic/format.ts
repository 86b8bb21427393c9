const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;
/** Up to so many days a time is said in days, since months differ in length. */
const MOST_DAYS = 730;

/** A length of time in milliseconds as people say it: `340 ms`, `4.2 s`, `3m 12s`, `2h 05m`, `3d 4h`. */
export function duration(ms: number): string {
  if (ms < 0) return '0 ms';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${two(Math.floor((ms % MINUTE) / SECOND))}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${two(Math.floor((ms % HOUR) / MINUTE))}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** A time as it lies from now: `12 s ago`, `in 3 min`, `2 d ago`, `in 3 y`. */
export function relative(at: number, now: number): string {
  const ms = Math.abs(at - now);
  if (ms < 2 * SECOND) return at <= now ? 'just now' : 'now';
  const text =
    ms < MINUTE
      ? `${Math.floor(ms / SECOND)} s`
      : ms < HOUR
        ? `${Math.floor(ms / MINUTE)} min`
        : ms < DAY
          ? `${Math.floor(ms / HOUR)} h`
          : ms < MOST_DAYS * DAY
            ? `${Math.floor(ms / DAY)} d`
            : `${Math.floor(ms / YEAR)} y`;
  return at <= now ? `${text} ago` : `in ${text}`;
}

/** A time of the reader's zone to the second, with the zone. */
export function exact(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const minutes = -date.getTimezoneOffset();
  const sign = minutes < 0 ? '-' : '+';
  const zone = `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${day} ${time} ${minutes === 0 ? 'UTC' : zone}`;
}

const TIME_OF_SERVER = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b/g;

/** A sentence of the server with its times in the reader's zone. */
export function withLocalTimes(text: string): string {
  return text.replace(TIME_OF_SERVER, (time) => exact(Date.parse(time)));
}

/** The time of day of the reader's zone, to the millisecond. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  const padded = (value: number, digits: number) => String(value).padStart(digits, '0');
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => padded(part, 2)).join(':')}.${padded(date.getMilliseconds(), 3)}`;
}

const LONG_ID = /^[0-9a-f-]{13,}$/i;

/** The last part of an id, by which people tell ids apart: those of one hour begin alike. A name stays. */
export function shortId(id: string): string {
  return LONG_ID.test(id) ? id.slice(-8) : id;
}

/** A number with its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function percent(part: number): string {
  return `${(part * 100).toFixed(part > 0 && part < 0.1 ? 1 : 0)}%`;
}

/** Any value of JSON as people read it. */
export function pretty(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** So many characters of JSON are read well in one line. */
const ONE_LINE = 60;

/** The same, in one line where that is short. */
export function brief(value: unknown): string {
  const text = pretty(value);
  const line = typeof value === 'string' ? text : text.replace(/\n */g, ' ');
  return line.length <= ONE_LINE ? line : text;
}
