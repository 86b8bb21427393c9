/** A recurrence rule of RFC 5545 as a builder shows it, and back; what it cannot show stays text. */

export const FREQUENCIES = [
  'YEARLY',
  'MONTHLY',
  'WEEKLY',
  'DAILY',
  'HOURLY',
  'MINUTELY',
  'SECONDLY',
] as const;
export type Frequency = (typeof FREQUENCIES)[number];
export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Day = (typeof DAYS)[number];

/** A weekday; with a number the n-th of its month or year, from the end when it is below zero. */
export interface RuleDay {
  readonly day: Day;
  readonly nth?: number;
}

/** A time as a line of RFC 5545 has it: on the wall, of a zone that is named or of the task. */
export interface RuleTime {
  /** `20260105T090000`, with a `Z` for UTC. */
  readonly at: string;
  readonly zone?: string;
}

/** Lists of numbers that limit or expand a rule. */
export const NUMBERS = {
  months: 'BYMONTH',
  monthDays: 'BYMONTHDAY',
  hours: 'BYHOUR',
  minutes: 'BYMINUTE',
  seconds: 'BYSECOND',
  positions: 'BYSETPOS',
} as const;
export type NumbersName = keyof typeof NUMBERS;
type Numbers = { readonly [name in NumbersName]: readonly number[] };

/** After so many times, or at a time as it is written. */
export type RuleEnd =
  | { readonly kind: 'never' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'until'; readonly until: string };

export interface RuleForm extends Numbers {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly days: readonly RuleDay[];
  readonly ends: RuleEnd;
  readonly weekStart: Day | null;
  readonly start: RuleTime | null;
  readonly added: readonly RuleTime[];
  readonly left: readonly RuleTime[];
}

const RANGES: Readonly<Record<NumbersName, readonly [low: number, high: number, back: boolean]>> = {
  months: [1, 12, false],
  monthDays: [1, 31, true],
  hours: [0, 23, false],
  minutes: [0, 59, false],
  seconds: [0, 59, false],
  positions: [1, 366, true],
};
const NAMES: readonly NumbersName[] = [
  'months',
  'monthDays',
  'hours',
  'minutes',
  'seconds',
  'positions',
];
const NOTHING: Numbers = {
  ...{ months: [], monthDays: [], hours: [], minutes: [], seconds: [], positions: [] },
};

/** @returns undefined for what the builder cannot show, or what is no rule */
export function readRule(text: string): RuleForm | undefined {
  const lines = text.trim().split(/\r?\n/);
  if (lines.length === 1 && !/^[A-Z-]+[:;]/i.test(lines[0] ?? '')) {
    return ruleOf(lines[0] ?? '', { start: null, added: [], left: [] });
  }
  let rule: string | undefined;
  let start: RuleTime | null = null;
  const added: RuleTime[] = [];
  const left: RuleTime[] = [];
  for (const line of lines) {
    const [, name = '', zone, value = ''] =
      /^(DTSTART|RRULE|RDATE|EXDATE)(?:;TZID=([^:;]+))?:(\S+)$/.exec(line) ?? [];
    if (name === 'RRULE' && rule === undefined && zone === undefined) {
      rule = value;
      continue;
    }
    const times = timesOf(value, zone);
    if (times === undefined) return undefined;
    if (name === 'DTSTART' && start === null && times.length === 1) start = times[0] ?? null;
    else if (name === 'RDATE') added.push(...times);
    else if (name === 'EXDATE') left.push(...times);
    else return undefined;
  }
  if (rule === undefined) return undefined;
  return ruleOf(rule, { start, added, left });
}

function timesOf(text: string, zone: string | undefined): readonly RuleTime[] | undefined {
  const times = text.split(',');
  if (!times.every((at) => /^\d{8}T\d{6}Z?$/.test(at))) return undefined;
  return times.map((at) => ({ at, ...(zone !== undefined && { zone }) }));
}

/** The parts of a rule; undefined when one is there twice, or is unknown. */
function partsOf(text: string): Map<string, string> | undefined {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, name, value] = /^([A-Z]+)=([\w,+-]+)$/i.exec(part) ?? [];
    if (name === undefined || value === undefined) return undefined;
    if (parts.has(name.toUpperCase())) return undefined;
    parts.set(name.toUpperCase(), value.toUpperCase());
  }
  return parts;
}

function ruleOf(
  text: string,
  around: Pick<RuleForm, 'start' | 'added' | 'left'>,
): RuleForm | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const take = (name: string) => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const given = take('FREQ');
  const frequency = FREQUENCIES.find((one) => one === given);
  const interval = wholeOf(take('INTERVAL') ?? '1');
  const days = daysOf(take('BYDAY'));
  const numbers = numbersOf(take);
  const ends = endsOf(take('COUNT'), take('UNTIL'));
  const written = take('WKST');
  const weekStart = DAYS.find((one) => one === written);
  const isWhole = parts.size === 0 && (written === undefined || weekStart !== undefined);
  if (!frequency || interval === undefined || !days || !numbers || !ends || !isWhole) {
    return undefined;
  }
  return {
    ...{ frequency, interval, days, ...numbers, ends, ...around },
    weekStart: weekStart ?? null,
  };
}

function wholeOf(text: string): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value >= 1 ? value : undefined;
}

function daysOf(text: string | undefined): readonly RuleDay[] | undefined {
  if (text === undefined) return [];
  const days = text.split(',').map((one) => {
    const [, nth, name] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(one) ?? [];
    const day = DAYS.find((known) => known === name);
    if (day === undefined || Number(nth ?? 1) === 0) return undefined;
    return { day, ...(nth !== undefined && { nth: Number(nth) }) };
  });
  const known = days.filter((one) => one !== undefined);
  return known.length === days.length ? known : undefined;
}

function numbersOf(take: (name: string) => string | undefined): Numbers | undefined {
  const found: Partial<Record<NumbersName, readonly number[]>> = {};
  for (const name of NAMES) {
    const values = readNumbers(take(NUMBERS[name]) ?? '', name);
    if (values === undefined) return undefined;
    found[name] = values;
  }
  return { ...NOTHING, ...found };
}

/** Numbers between commas; undefined when one of them is none that the part may have. */
export function readNumbers(text: string, name: NumbersName): readonly number[] | undefined {
  const [low, high, back] = RANGES[name];
  const values = text
    .split(/[,\s]+/)
    .filter((one) => one !== '')
    .map((one) => (/^[+-]?\d{1,3}$/.test(one) ? Number(one) : Number.NaN));
  const fits = (value: number) => {
    const size = back ? Math.abs(value) : value;
    return size >= low && size <= high;
  };
  return values.every(fits) ? values : undefined;
}

function endsOf(count: string | undefined, until: string | undefined): RuleEnd | undefined {
  if (count !== undefined && until !== undefined) return undefined;
  if (until !== undefined) {
    return /^\d{8}(T\d{6}Z?)?$/.test(until) ? { kind: 'until', until } : undefined;
  }
  if (count === undefined) return { kind: 'never' };
  const times = wholeOf(count);
  return times === undefined ? undefined : { kind: 'count', count: times };
}

/** A bare rule, or lines when it has a start or dates of its own. */
export function writeRule(form: RuleForm): string {
  const { frequency, interval, days, ends, weekStart, start, added, left } = form;
  const parts = [
    `FREQ=${frequency}`,
    ...(interval === 1 ? [] : [`INTERVAL=${interval}`]),
    ...NAMES.slice(0, 2).flatMap((name) => numbersPart(form, name)),
    ...(days.length === 0 ? [] : [`BYDAY=${days.map(dayText).join(',')}`]),
    ...NAMES.slice(2).flatMap((name) => numbersPart(form, name)),
    ...(ends.kind === 'count' ? [`COUNT=${ends.count}`] : []),
    ...(ends.kind === 'until' ? [`UNTIL=${ends.until}`] : []),
    ...(weekStart === null ? [] : [`WKST=${weekStart}`]),
  ];
  const rule = parts.join(';');
  if (start === null && added.length === 0 && left.length === 0) return rule;
  return [
    ...(start === null ? [] : [timeLine('DTSTART', start)]),
    `RRULE:${rule}`,
    ...added.map((time) => timeLine('RDATE', time)),
    ...left.map((time) => timeLine('EXDATE', time)),
  ].join('\n');
}

function numbersPart(form: RuleForm, name: NumbersName): string[] {
  return form[name].length === 0 ? [] : [`${NUMBERS[name]}=${form[name].join(',')}`];
}

const dayText = ({ day, nth }: RuleDay): string => `${nth ?? ''}${day}`;

function timeLine(name: string, { at, zone }: RuleTime): string {
  return `${name}${zone === undefined ? '' : `;TZID=${zone}`}:${at}`;
}

/** `20260105T090000` as the field of a date and time has it, and back. */
export function fieldOfTime(at: string): string {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(at) ?? [];
  return y === undefined ? '' : `${y}-${mo}-${d}T${h}:${mi}${s === '00' ? '' : `:${s}`}`;
}
export function timeOfField(text: string): string {
  const digits = text.replaceAll(/[-:]/g, '');
  return digits.length === 13 ? `${digits}00` : digits;
}

export const RULE_PRESETS = [
  ['FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0;BYSECOND=0', 'Mondays and Thursdays at 9'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=16;BYMINUTE=0;BYSECOND=0', 'Every other Friday'],
  ['FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0', 'First Monday of the month'],
  ['FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0;BYSECOND=0', 'Last Friday of the month'],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=18;BYMINUTE=0;BYSECOND=0;BYSETPOS=-1',
    'Last working day of the month',
  ],
] as const;
