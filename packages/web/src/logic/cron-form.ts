/** A cron expression as a builder shows it, and back; what it cannot show stays text. */

/** One field: each step-th value, or just these. */
export type CronPart =
  | { readonly every: number; readonly at?: undefined }
  | { readonly at: readonly number[]; readonly every?: undefined };

export interface CronForm {
  readonly seconds: CronPart;
  readonly minutes: CronPart;
  readonly hours: CronPart;
  readonly days: CronPart | 'last';
  readonly months: CronPart;
  /** 0 is Sunday. */
  readonly weekdays: CronPart;
}

export const ANY: CronPart = { every: 1 };
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
export const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Field {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
  /** Whether a range may go over the end. */
  readonly wraps?: boolean;
}
const SIXTY: Field = { low: 0, high: 59 };
const HOURS: Field = { low: 0, high: 23 };
const DAYS: Field = { low: 1, high: 31 };
const MONTH: Field = { low: 1, high: 12, names: MONTHS };
const WEEKDAY: Field = { low: 0, high: 6, names: WEEKDAYS, wraps: true };

/** @returns undefined for what the builder cannot show, or what is no cron expression */
export function readCron(text: string): CronForm | undefined {
  const written = text.trim();
  const fields = (MACROS[written.toLowerCase()] ?? written).split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  const [s, m, h, d, mo, w, ...more] = fields;
  if (more.length > 0) return undefined;
  const seconds = partOf(s, SIXTY);
  const minutes = partOf(m, SIXTY);
  const hours = partOf(h, HOURS);
  const days = d?.toUpperCase() === 'L' ? 'last' : partOf(d, DAYS);
  const months = partOf(mo, MONTH);
  const weekdays = partOf(w, WEEKDAY);
  if (!seconds || !minutes || !hours || !days || !months || !weekdays) return undefined;
  return { seconds, minutes, hours, days, months, weekdays };
}

function partOf(text: string | undefined, field: Field): CronPart | undefined {
  if (text === undefined) return undefined;
  if (text === '*' || text === '?') return ANY;
  const [, step] = /^\*?\/(\d{1,2})$/.exec(text) ?? [];
  if (step !== undefined) {
    const every = Number(step);
    return every >= 1 && every <= field.high ? { every } : undefined;
  }
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const found = itemOf(item, field);
    if (found === undefined) return undefined;
    for (const value of found) values.add(value);
  }
  return { at: [...values].toSorted((a, b) => a - b) };
}

/** One value, or a range with or without a step. */
function itemOf(text: string, field: Field): readonly number[] | undefined {
  const [, from, to, by] = /^(\w+)(?:-(\w+))?(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const low = numberOf(from, field);
  if (low === undefined) return undefined;
  if (to === undefined && by === undefined) return [low];
  // On which day an open range of weekdays ends is told differently by different people.
  if (to === undefined && field.wraps) return undefined;
  const high = to === undefined ? field.high : numberOf(to, field);
  const step = by === undefined ? 1 : Number(by);
  if (high === undefined || step < 1) return undefined;
  const size = field.high - field.low + 1;
  const isSundayLast = field.wraps === true && high === 0 && to !== undefined;
  const end = isSundayLast && low !== 0 ? size : high;
  if (end < low && !field.wraps) return undefined;
  const last = end < low ? end + size : end;
  const values: number[] = [];
  for (let value = low; value <= last; value += step) {
    values.push(field.wraps ? value % size : value);
  }
  return values;
}

function numberOf(text: string, { low, high, names, wraps }: Field): number | undefined {
  if (/^\d{1,2}$/.test(text)) {
    const value = Number(text);
    if (wraps && value === high + 1) return low;
    return value >= low && value <= high ? value : undefined;
  }
  const place = names?.indexOf(text.toUpperCase()) ?? -1;
  return place < 0 ? undefined : low + place;
}

/** Five fields; six when it has seconds. */
export function writeCron(form: CronForm): string {
  const { seconds, days } = form;
  const fields = [
    ...(seconds.at?.length === 1 && seconds.at[0] === 0 ? [] : [textOf(seconds)]),
    textOf(form.minutes),
    textOf(form.hours),
    days === 'last' ? 'L' : textOf(days),
    textOf(form.months),
    textOf(form.weekdays, WEEKDAYS),
  ];
  return fields.join(' ');
}

const SHORTEST_RANGE = 3;

function textOf({ every, at }: CronPart, names?: readonly string[]): string {
  if (at === undefined) return every === 1 ? '*' : `*/${every}`;
  const word = (value: number | undefined) => names?.[value ?? 0] ?? String(value);
  return rangesOf(at)
    .flatMap((run) =>
      run.length >= SHORTEST_RANGE ? [`${word(run[0])}-${word(run.at(-1))}`] : run.map(word),
    )
    .join(',');
}

/** Numbers that follow each other, together. */
function rangesOf(values: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.at(-1) === value - 1) last.push(value);
    else runs.push([value]);
  }
  return runs;
}

/** With a value put in or taken out; one without any is free again. */
export function toggled(part: CronPart, value: number): CronPart {
  const known = part.at ?? [];
  const next = known.includes(value)
    ? known.filter((one) => one !== value)
    : [...known, value].toSorted((a, b) => a - b);
  return next.length === 0 ? ANY : { at: next };
}

export const CRON_PRESETS = [
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 * * * *', 'Hourly'],
  ['0 9 * * MON-FRI', 'Weekdays at 9'],
  ['30 2 * * *', 'Nightly at 2:30'],
  ['0 6 * * MON', 'Mondays at 6'],
  ['0 7 1 * *', 'First of the month'],
  ['0 18 L * *', 'Last of the month'],
] as const;
