/**
 * Rules that step by hours, minutes or seconds. They count real time, so that they keep their pace
 * when the clocks are changed; what BY parts ask for is what clocks on the wall show then.
 */

import { CYCLE_YEARS, civilDay, DAY_MS, LAST_YEAR } from './civil.ts';
import type { Effort } from './effort.ts';
import { dayFilter } from './rrule-days.ts';
import type { Frequency, RecurrenceRule } from './rrule-parts.ts';
import { type TimesOfDay, timesOfDay } from './time-of-day.ts';
import type { Firing } from './wall-clock.ts';
import type { Zone } from './zone.ts';

const UNIT_MS = { HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1_000 } as const;
type PaceFrequency = keyof typeof UNIT_MS;

export interface PaceRule extends RecurrenceRule {
  readonly frequency: PaceFrequency;
}

/** Steps that are looked at before a rule is given up as one that never fires. */
const LOOKS_MOST = 50_000;
const DAYS_MOST = CYCLE_YEARS * 365 + 97;

const range = (size: number) => Array.from({ length: size }, (_, value) => value);
const HOURS = range(24);
const SIXTY = range(60);

export function isPaceRule(rule: RecurrenceRule): rule is PaceRule {
  return isPace(rule.frequency);
}

function isPace(frequency: Frequency): frequency is PaceFrequency {
  return frequency in UNIT_MS;
}

/** Milliseconds between two steps of a rule. */
export function stepOf({ frequency, interval }: PaceRule): number {
  return UNIT_MS[frequency] * interval;
}

/** Whether a rule fires at every step. */
export function isPlain(rule: PaceRule): boolean {
  return !Object.keys(rule).some((key) => key.startsWith('by'));
}

/**
 * The first firing of a rule strictly after an instant; undefined when none was found.
 * @param startMs the instant of DTSTART
 */
export function paceTimes(
  rule: PaceRule,
  {
    startMs,
    zone,
    effort,
  }: { readonly startMs: number; readonly zone: Zone; readonly effort: Effort },
) {
  const unitMs = UNIT_MS[rule.frequency];
  const stepMs = stepOf(rule);
  const firingIn = unitFirings(rule, zone);
  const nextAllowed = allowedUnits(rule, effort);

  return (instantMs: number): Firing | undefined => {
    const from = Math.max(instantMs, startMs - 1);
    let step = Math.max(0, Math.floor((from - startMs) / stepMs));
    for (let looks = 0; looks < LOOKS_MOST && effort.take(); looks += 1) {
      const base = startMs + step * stepMs;
      const { offset, to } = zone.stretchAt(base);
      const wall = Math.floor((base + offset) / unitMs) * unitMs;
      const allowed = nextAllowed(wall);
      if (allowed === undefined) return undefined;
      if (allowed === wall) {
        const at = firingIn(base, from);
        if (at !== undefined) return marked(at, zone);
        step += 1;
      } else {
        // Behind the next change of the clocks the same times may come once more.
        const target = Math.min(to, allowed - offset);
        step = Math.max(step + 1, Math.ceil((target - startMs) / stepMs));
      }
    }
    return undefined;
  };
}

function marked(at: number, zone: Zone): Firing {
  const { from, to, before, offset, after } = zone.stretchAt(at);
  const twice = at + offset < from + before || at + offset >= to + after;
  return twice ? { at, dst: 'overlap' } : { at };
}

/** Finds the first unit at or after one on the wall in which a rule may fire. */
function allowedUnits(rule: PaceRule, effort: Effort): (wall: number) => number | undefined {
  const { frequency, byHour = HOURS, byMinute = SIXTY, bySecond = SIXTY } = rule;
  const matches = dayFilter(rule);
  const limits = timesOfDay(
    byHour,
    frequency === 'HOURLY' ? [0] : byMinute,
    frequency === 'SECONDLY' ? bySecond : [0],
  );
  // What was found last: between the two nothing is allowed.
  let known = { from: 0, to: -1 };
  return (wall) => {
    const found = search(wall);
    if (found !== undefined && !(wall >= known.from && found === known.to))
      known = { from: wall, to: found };
    return found;
  };

  function search(wall: number): number | undefined {
    let day = Math.floor(wall / DAY_MS);
    let from = wall;
    for (let days = 0; days <= DAYS_MOST && effort.take(); days += 1) {
      if (from >= known.from && from <= known.to) return known.to;
      const date = civilDay(day);
      if (date.year > LAST_YEAR) return undefined;
      const allowed = matches(day, date) ? limits.from((from - day * DAY_MS) / 1000) : -1;
      if (allowed >= 0) return day * DAY_MS + allowed * 1000;
      day += 1;
      from = day * DAY_MS;
    }
    return undefined;
  }
}

/** The first firing after `from` in the hour, minute or second on which a step falls. */
function unitFirings(
  rule: PaceRule,
  zone: Zone,
): (base: number, from: number) => number | undefined {
  const { frequency, byMinute, bySecond, bySetPos } = rule;
  const minutes = frequency === 'HOURLY' ? byMinute : undefined;
  const seconds = frequency === 'SECONDLY' ? undefined : bySecond;
  if (minutes === undefined && seconds === undefined) {
    // A unit with one firing has a first and a last one, and no other.
    const chosen = bySetPos === undefined || bySetPos.includes(1) || bySetPos.includes(-1);
    return (base, from) => (chosen && base > from ? base : undefined);
  }
  const unitMs = UNIT_MS[frequency];
  return (base, from) => {
    const { offset } = zone.stretchAt(base);
    const start = Math.floor((base + offset) / unitMs) * unitMs - offset;
    const inUnit = Math.floor((base - start) / 1000);
    const minute = frequency === 'HOURLY' ? [Math.floor(inUnit / 60)] : [0];
    const times = timesOfDay([0], minutes ?? minute, seconds ?? [inUnit % 60]);
    for (const time of chosenTimes(
      times,
      bySetPos,
      Math.max(0, Math.floor((from - start) / 1000)),
    )) {
      const at = start + time * 1000;
      // Where the clocks are changed within the hour, this time is not in it.
      if (at > from && zone.stretchAt(at).offset === offset) return at;
    }
    return undefined;
  };
}

function* chosenTimes(times: TimesOfDay, positions: readonly number[] | undefined, from: number) {
  if (positions === undefined) {
    for (let time = times.from(from); time >= 0; time = times.from(time + 1)) yield time;
    return;
  }
  const indexes = positions.map((position) =>
    position > 0 ? position - 1 : times.count + position,
  );
  const real = indexes.filter((index) => index >= 0 && index < times.count);
  for (const index of [...new Set(real)].sort((a, b) => a - b)) yield times.at(index);
}
