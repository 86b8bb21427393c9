/** When a task fires: what it says, read once, and then asked for one firing after the other. */

import { type DstPolicy, ScheduleError } from '@tenuto/contract';
import { cronTimes, keepsPace, parseCron } from './cron.ts';
import { EXPRESSION_PATH } from './cron-field.ts';
import { cronWords } from './cron-words.ts';
import { createEffort, type Effort } from './effort.ts';
import { dateWords, localTime, timeWords } from './local-time.ts';
import { onceTimes, parseOnce } from './once.ts';
import { readRecurrence } from './recurrence.ts';
import type { ScheduleSpec, Timetable } from './timetable.ts';
import { type ClockChanges, firingAfter, KEEP_PACE } from './wall-clock.ts';
import { type Zone, zoneNamed } from './zone.ts';

/** A firing that is expected. */
export interface ExpectedFiring {
  readonly at: number;
  /** What clocks in the zone show, with their offset, as RFC 3339. */
  readonly local: string;
  /** A change of the clocks has moved it, or its time comes twice. */
  readonly dst?: 'gap' | 'overlap';
}

export interface Schedule {
  /** The first firing strictly after an instant; undefined when there is none. Never hangs. */
  after(instantMs: number): ExpectedFiring | undefined;
  /** The next firings, so many or as many as are found at a reasonable cost. */
  upcoming(instantMs: number, count: number): readonly ExpectedFiring[];
  /**
   * The firings from one instant to another, both included; no more than so many.
   * @throws ScheduleError when they are not found at a reasonable cost
   */
  between(fromMs: number, toMs: number, most: number): readonly ExpectedFiring[];
  /** In English, like "every weekday at 09:00, Europe/Paris". */
  readonly description: string;
}

/** @throws ScheduleError for what cannot be read, and for what never fires */
export function readSchedule(spec: ScheduleSpec): Schedule {
  const zone = zoneNamed(spec.timezone);
  const effort = createEffort();
  const timetable = READERS[spec.kind](spec, zone, effort);
  const { startAt = Number.NEGATIVE_INFINITY, endAt = Number.POSITIVE_INFINITY } = spec;
  refuseNever(timetable, Math.max(spec.anchor, startAt), { endAt, effort });
  return {
    description: described(timetable),
    after(instantMs) {
      effort.renew();
      return next(instantMs);
    },
    upcoming(instantMs, count) {
      effort.renew();
      const found: ExpectedFiring[] = [];
      for (let at = instantMs; found.length < count; ) {
        const firing = next(at);
        // With several rules, what was found when the effort was spent need not be the next one.
        if (firing === undefined || effort.spent()) break;
        found.push(firing);
        at = firing.at;
      }
      return found;
    },
    between(fromMs, toMs, most) {
      effort.renew();
      const found: ExpectedFiring[] = [];
      let firing = next(fromMs - 1);
      while (firing !== undefined && firing.at <= toMs && found.length < most) {
        found.push(firing);
        firing = next(firing.at);
      }
      if (effort.spent()) throw tooLong();
      return found;
    },
  };

  function next(instantMs: number): ExpectedFiring | undefined {
    const firing = timetable.after(Math.max(instantMs, startAt - 1));
    if (firing === undefined || firing.at > endAt) return undefined;
    return { ...firing, local: localTime(firing.at, timetable.zone) };
  }
}

/**
 * The same description, without a look at when the schedule fires: lists tell it of each task.
 * @throws ScheduleError for what cannot be read
 */
export function scheduleDescription(spec: ScheduleSpec): string {
  return described(READERS[spec.kind](spec, zoneNamed(spec.timezone), createEffort()));
}

function described({ words, zone }: Timetable): string {
  return `${words}, ${zone.name}`;
}

function tooLong(): ScheduleError {
  return new ScheduleError(
    EXPRESSION_PATH,
    'It takes too long to find out when the schedule fires; make it simpler.',
  );
}

function refuseNever(
  timetable: Timetable,
  from: number,
  { endAt, effort }: { readonly endAt: number; readonly effort: Effort },
): void {
  const first = timetable.after(from - 1);
  if (effort.spent()) throw tooLong();
  if (first === undefined) {
    const since = new Date(from).toISOString();
    throw new ScheduleError(
      EXPRESSION_PATH,
      `The schedule never fires at or after ${since}; change it.`,
    );
  }
  if (first.at > endAt) {
    const at = localTime(first.at, timetable.zone);
    throw new ScheduleError('/end_at', `The schedule fires first at ${at}; give a later end_at.`);
  }
}

const READERS: Readonly<
  Record<ScheduleSpec['kind'], (spec: ScheduleSpec, zone: Zone, effort: Effort) => Timetable>
> = {
  cron: readCron,
  rrule: readRecurrence,
  once: readOnce,
};

function readCron(spec: ScheduleSpec, zone: Zone): Timetable {
  const rule = parseCron(spec.expression);
  const times = cronTimes(rule);
  const changes = keepsPace(rule) ? KEEP_PACE : changesOf(spec.dstPolicy);
  return { zone, words: cronWords(rule), after: (at) => firingAfter(times, zone, changes, at) };
}

function readOnce(spec: ScheduleSpec, zone: Zone): Timetable {
  const { wallMs, offsetMs } = parseOnce(spec.expression.trim());
  const times = onceTimes(wallMs);
  const { gap, overlap } = changesOf(spec.dstPolicy);
  // What happens once does not happen twice because the clocks are put back.
  const changes = { gap, overlap: overlap === 'both' ? 'first' : overlap } as const;
  const at =
    offsetMs === undefined
      ? firingAfter(times, zone, changes, wallMs - 2 * 86_400_000)?.at
      : wallMs - offsetMs;
  const shown = at === undefined ? wallMs : at + zone.stretchAt(at).offset;
  return {
    zone,
    words: `once on ${dateWords(shown)} at ${timeWords(shown)}`,
    after(instantMs) {
      if (offsetMs === undefined) return firingAfter(times, zone, changes, instantMs);
      return at !== undefined && at > instantMs ? { at } : undefined;
    },
  };
}

function changesOf(policy: DstPolicy | undefined): ClockChanges {
  return { gap: policy?.gap ?? 'next', overlap: policy?.overlap ?? 'first' };
}
