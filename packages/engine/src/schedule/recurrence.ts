/** A recurrence: rules and dates from a start, without what is taken away from them. */

import { DAY_MS } from './civil.ts';
import type { Effort } from './effort.ts';
import { onceTimes } from './once.ts';
import { calendarTimes } from './rrule-calendar.ts';
import { parseRecurrence, type RecurrenceLines, type ZonedTime } from './rrule-lines.ts';
import { isPaceRule, isPlain, type PaceRule, paceTimes, stepOf } from './rrule-pace.ts';
import { type RecurrenceRule, ruleError } from './rrule-parts.ts';
import { recurrenceWords } from './rrule-words.ts';
import type { ScheduleSpec, Timetable } from './timetable.ts';
import { type ClockChanges, type Firing, firingAfter, type WallTimes } from './wall-clock.ts';
import { type Zone, zoneNamed } from './zone.ts';

type After = (instantMs: number) => Firing | undefined;

/** Where and how a recurrence is counted. */
interface Frame {
  readonly zone: Zone;
  readonly changes: ClockChanges;
  /** The wall time of DTSTART. */
  readonly startMs: number;
  /** What following all rules may cost. */
  readonly effort: Effort;
}

/** Firings of a rule with COUNT that are counted one by one. */
const COUNTED_MOST = 100_000;
/** Firings in a row that EXDATE and EXRULE may take away before the recurrence counts as over. */
const EXCEPTED_MOST = 10_000;

/** @throws ScheduleError when a line or a part of a rule cannot be read */
export function readRecurrence(spec: ScheduleSpec, taskZone: Zone, effort: Effort): Timetable {
  const lines = parseRecurrence(spec.expression);
  const { gap = 'shift', overlap = 'first' } = spec.dstPolicy ?? {};
  const frame = { ...frameOf(lines, spec, taskZone, { gap, overlap }), effort };
  const rules = lines.rules.map((rule) => remembered(ruleFirings(rule, frame)));
  const dates = datesAfter(lines.dates.flatMap((date) => instantsOf(date, frame)));
  const sources = lines.dates.length === 0 ? rules : [...rules, dates];
  const zone = lines.start?.utc === true ? taskZone : frame.zone;
  return {
    zone,
    words: recurrenceWords(lines, frame.startMs),
    after: without(exceptions(lines, frame), (at) => soonest(sources, at)),
  };
}

function frameOf(
  { start }: RecurrenceLines,
  spec: ScheduleSpec,
  taskZone: Zone,
  changes: ClockChanges,
): Omit<Frame, 'effort'> {
  if (start === undefined) {
    // The first whole second that is not before the start.
    const at = Math.ceil((spec.startAt ?? spec.anchor) / 1000) * 1000;
    return { zone: taskZone, changes, startMs: at + taskZone.stretchAt(at).offset };
  }
  const zone = start.utc ? zoneNamed('UTC') : (start.zone ?? taskZone);
  return { zone, changes, startMs: start.wallMs };
}

function ruleFirings(rule: RecurrenceRule, frame: Frame): After {
  if (isPaceRule(rule)) {
    const [startAt] = instantsOf(
      { wallMs: frame.startMs, utc: false, dateOnly: false },
      {
        ...frame,
        changes: { gap: 'shift', overlap: 'first' },
      },
    );
    if (startAt === undefined) throw ruleError('its DTSTART does not exist');
    return paceFirings(rule, startAt, frame);
  }
  const times = calendarTimes(rule, frame);
  const limited = rule.count === undefined ? times : upTo(times, rule.count, frame.effort);
  const after: After = (at) => firingAfter(limited, frame.zone, frame.changes, at);
  return until(rule, frame, after);
}

function paceFirings(rule: PaceRule, startAt: number, frame: Frame): After {
  const after = until(rule, frame, paceTimes(rule, { ...frame, startMs: startAt }));
  const { count } = rule;
  if (count === undefined) return after;
  const last = isPlain(rule)
    ? () => startAt + (count - 1) * stepOf(rule)
    : lastCounted(count, startAt - 1, frame.effort, (at) => after(at)?.at);
  return (at) => notAfter(after(at), last());
}

/** UNTIL is the last instant; a date without a time is its midnight, as everywhere. */
function until({ until: end }: RecurrenceRule, { zone }: Frame, after: After): After {
  if (end === undefined) return after;
  if (end.utc) return (at) => notAfter(after(at), end.wallMs);
  return (at) => {
    const firing = after(at);
    const wall = firing === undefined ? 0 : firing.at + zone.stretchAt(firing.at).offset;
    return wall <= end.wallMs ? firing : undefined;
  };
}

function notAfter(firing: Firing | undefined, last: number | undefined): Firing | undefined {
  return firing === undefined || last === undefined || firing.at > last ? undefined : firing;
}

function upTo(times: WallTimes, count: number, effort: Effort): WallTimes {
  const last = lastCounted(count, Number.NEGATIVE_INFINITY, effort, (wall) => times.next(wall + 1));
  return {
    next(fromMs) {
      const end = last();
      return end === undefined || fromMs > end ? undefined : times.next(fromMs);
    },
  };
}

/**
 * The last of so many, or of as many as there are; undefined when there are none. They are counted
 * when it is first asked for: whoever only describes a rule does not wait for that.
 */
function lastCounted(
  count: number,
  start: number,
  effort: Effort,
  next: (at: number) => number | undefined,
): () => number | undefined {
  if (count > COUNTED_MOST) {
    throw ruleError(`COUNT of such a rule is at most ${COUNTED_MOST}; say UNTIL instead`);
  }
  let known: { readonly last: number | undefined } | undefined;
  return () => {
    if (known !== undefined) return known.last;
    let last: number | undefined;
    for (let left = count; left > 0; left -= 1) {
      const at = next(last ?? start);
      if (at === undefined) break;
      last = at;
    }
    if (!effort.spent()) known = { last };
    return last;
  };
}

/** The instants that a time on the wall stands for; none when it is in a gap that is skipped. */
function instantsOf(time: ZonedTime, { zone, changes }: Frame): readonly number[] {
  if (time.utc) return [time.wallMs];
  const times = onceTimes(time.wallMs);
  const instants: number[] = [];
  const from = time.wallMs - 2 * DAY_MS;
  for (let at = from; ; ) {
    const firing = firingAfter(times, time.zone ?? zone, changes, at);
    if (firing === undefined) return instants;
    at = firing.at;
    instants.push(at);
  }
}

function datesAfter(instants: readonly number[]): After {
  const sorted = [...instants].sort((a, b) => a - b);
  return (instantMs) => {
    const at = sorted.find((one) => one > instantMs);
    return at === undefined ? undefined : { at };
  };
}

/** Does not look again for a firing that is still to come: beside a daily rule, one of leap days. */
function remembered(after: After): After {
  let from = Number.POSITIVE_INFINITY;
  let known: Firing | undefined;
  return (instantMs) => {
    if (instantMs < from || (known !== undefined && instantMs >= known.at)) {
      known = after(instantMs);
      from = instantMs;
    }
    return known;
  };
}

function soonest(sources: readonly After[], instantMs: number): Firing | undefined {
  let first: Firing | undefined;
  for (const source of sources) {
    const firing = source(instantMs);
    if (firing !== undefined && (first === undefined || firing.at < first.at)) first = firing;
  }
  return first;
}

/** Whether an instant is taken away: by its time, by its day, or by a rule. */
function exceptions(lines: RecurrenceLines, frame: Frame): (at: number) => boolean {
  const rules = lines.exceptRules.map((rule) => remembered(ruleFirings(rule, frame)));
  const days = new Set<number>();
  const instants = new Set<number>();
  for (const date of lines.exceptDates) {
    if (date.dateOnly) days.add(date.wallMs / DAY_MS);
    for (const at of instantsOf(date, frame)) instants.add(at);
  }
  return (at) =>
    instants.has(at) ||
    (days.size > 0 && days.has(Math.floor((at + frame.zone.stretchAt(at).offset) / DAY_MS))) ||
    rules.some((after) => after(at - 1)?.at === at);
}

function without(excepted: (at: number) => boolean, after: After): After {
  return (instantMs) => {
    let firing = after(instantMs);
    for (let left = EXCEPTED_MOST; firing !== undefined && left > 0; left -= 1) {
      if (!excepted(firing.at)) return firing;
      firing = after(firing.at);
    }
    return undefined;
  };
}
