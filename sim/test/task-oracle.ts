/** When tasks of a year should fire, from calendars alone: nothing of the engine's schedules is used. */
import type { TaskDefinition } from '@tenuto/contract';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds since the epoch, in order, after `from` and not after `to`. */
export function expectedTicks(definition: TaskDefinition, { from, to }: Range): number[] {
  const { schedule_kind: kind, schedule_expr: expr, timezone = 'UTC' } = definition;
  const within = (at: number) => at > from && at <= to;
  if (kind === 'once') return [Date.parse(expr)].filter(within);
  const rule = kind === 'cron' ? readCron(expr) : readRule(expr);
  const ticks: number[] = [];
  for (let day = from - 2 * DAY_MS; day <= to + 2 * DAY_MS; day += DAY_MS) {
    const date = new Date(day);
    if (rule.weekday !== undefined && date.getUTCDay() !== rule.weekday) continue;
    if (rule.day !== undefined && date.getUTCDate() !== rule.day) continue;
    const midnight = Math.floor(day / DAY_MS) * DAY_MS;
    const wall = midnight + (rule.hour * 60 + rule.minute) * MINUTE_MS;
    const at = instantOf(wall, timezone, kind === 'cron' ? 'after' : 'shifted');
    if (within(at)) ticks.push(at);
  }
  return ticks;
}

interface Rule {
  readonly hour: number;
  readonly minute: number;
  readonly day?: number | undefined;
  readonly weekday?: number | undefined;
}

function readCron(expr: string): Rule {
  const [minute, hour, day, , weekday] = expr.split(' ');
  const number = (text: string | undefined) => (text === '*' ? undefined : Number(text));
  return {
    ...{ hour: Number(hour), minute: Number(minute) },
    day: number(day),
    weekday: number(weekday),
  };
}

function readRule(expr: string): Rule {
  const parts = new Map(expr.split(';').map((part) => part.split('=') as [string, string]));
  const day = parts.get('BYDAY');
  const weekday =
    day === undefined ? undefined : ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'].indexOf(day);
  return { hour: Number(parts.get('BYHOUR')), minute: Number(parts.get('BYMINUTE')), weekday };
}

/** The first of the instants at which clocks show a time; for one that they skip, what is said. */
function instantOf(wall: number, zone: string, skipped: 'after' | 'shifted'): number {
  const offsets = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)];
  const shown = offsets
    .map((offset) => wall - offset)
    .filter((at) => at + offsetAt(at, zone) === wall);
  if (shown.length > 0) return Math.min(...shown);
  const before = offsets[0] ?? 0;
  if (skipped === 'shifted') return wall - before;
  // Minute by minute back to where the clocks were put forward.
  let at = wall - before;
  while (offsetAt(at - MINUTE_MS, zone) !== before) at -= MINUTE_MS;
  return at;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** How far the clocks of a zone are ahead of UTC; looked up by the quarter of an hour. */
function offsetAt(at: number, zone: string): number {
  const key = `${zone} ${Math.floor(at / (15 * MINUTE_MS))}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const offset =
    Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
  offsets.set(key, offset);
  return offset;
}
