/** From times that clocks on the wall show to instants, through changes of the clocks. */

import { CYCLE_YEARS, DAY_MS } from './civil.ts';
import type { Stretch, Zone } from './zone.ts';

/** Wall times in order. They are milliseconds, counted as if the wall stood in UTC. */
export interface WallTimes {
  /** The first one at `fromMs` or later; undefined when none comes within 400 years. */
  next(fromMs: number): number | undefined;
}

/** What becomes of a time that does not exist, and of one that comes twice. */
export interface ClockChanges {
  /** `next`: the first instant after the gap. `shift`: as far after it as it would have been in it. */
  readonly gap: 'next' | 'skip' | 'shift';
  readonly overlap: 'first' | 'second' | 'both';
}

/** What steps by the hour or finer: it fires in each hour that really passes. */
export const KEEP_PACE: ClockChanges = { gap: 'skip', overlap: 'both' };

export interface Firing {
  readonly at: number;
  readonly dst?: 'gap' | 'overlap';
}

/** No zone is further from UTC than this. */
const OFFSET_MOST_MS = 16 * 3_600_000;
const HORIZON_MS = (CYCLE_YEARS * 365 + 97) * DAY_MS;

/** The first firing strictly after an instant. */
export function firingAfter(
  times: WallTimes,
  zone: Zone,
  changes: ClockChanges,
  instantMs: number,
): Firing | undefined {
  let at = instantMs;
  for (;;) {
    const stretch = zone.stretchAt(at);
    const firing = firingIn(stretch, times, changes, instantMs);
    if (firing !== undefined) return firing;
    const wall = times.next(stretch.to + Math.min(stretch.offset, stretch.after));
    if (wall === undefined || wall > instantMs + HORIZON_MS) return undefined;
    at = Math.max(stretch.to, wall - OFFSET_MOST_MS);
  }
}

function firingIn(
  stretch: Stretch,
  times: WallTimes,
  changes: ClockChanges,
  instantMs: number,
): Firing | undefined {
  const plain = existingIn(stretch, times, changes, instantMs);
  if (stretch.before >= stretch.offset) return plain;
  const moved = movedInto(stretch, times, changes, instantMs);
  if (moved === undefined || (plain !== undefined && plain.at < moved)) return plain;
  return { at: moved, dst: 'gap' };
}

/** The first time that clocks really show within a stretch. */
function existingIn(
  { from, to, before, offset, after }: Stretch,
  times: WallTimes,
  { overlap }: ClockChanges,
  instantMs: number,
): Firing | undefined {
  const firstNew = from + (overlap === 'first' ? Math.max(before, offset) : offset);
  const end = to + (overlap === 'second' ? Math.min(after, offset) : offset);
  const wall = times.next(Math.max(Math.floor(instantMs) + 1 + offset, firstNew));
  if (wall === undefined || wall >= end) return undefined;
  const twice = wall < from + before || wall >= to + after;
  return twice ? { at: wall - offset, dst: 'overlap' } : { at: wall - offset };
}

/** Where the first of the times goes that the gap before a stretch has swallowed. */
function movedInto(
  { from, before, offset }: Stretch,
  times: WallTimes,
  { gap }: ClockChanges,
  instantMs: number,
): number | undefined {
  if (gap === 'skip' || (gap === 'next' && instantMs >= from)) return undefined;
  const wall = times.next(
    Math.max(from, gap === 'next' ? from : Math.floor(instantMs) + 1) + before,
  );
  if (wall === undefined || wall >= from + offset) return undefined;
  return gap === 'next' ? from : wall - before;
}
