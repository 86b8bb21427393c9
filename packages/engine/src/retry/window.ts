import type { RetryWindow } from '@tenuto/contract';
import { offsetChange, zoneTime } from './zone-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The first moment from `at` on that lies in the window, by the clocks on the wall of its zone. The
 * start belongs to the window, the end does not. Where clocks jump over the start, the window opens
 * right after the gap; a window that they jump over altogether does not open that day; one that
 * lies in the hour that is repeated opens twice.
 *
 * @param at whole milliseconds since the epoch
 * @throws RangeError when the platform does not know the zone
 */
export function nextOpening({ start, end, timezone = 'UTC' }: RetryWindow, at: number): number {
  const window = { startMs: dayMsOf(start), endMs: dayMsOf(end) };
  for (let from = at; ; ) {
    const { offsetMs, dayMs } = zoneTime(from, timezone);
    if (isWithin(window, dayMs)) return from;
    const opens = from + ((window.startMs - dayMs + DAY_MS) % DAY_MS);
    if (zoneTime(opens, timezone).offsetMs === offsetMs) return opens;
    from = offsetChange(from, opens, timezone);
  }
}

function isWithin(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  dayMs: number,
): boolean {
  return startMs < endMs ? dayMs >= startMs && dayMs < endMs : dayMs >= startMs || dayMs < endMs;
}

/** Milliseconds since midnight of `HH:MM`. */
function dayMsOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}
