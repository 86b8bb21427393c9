/** Offsets of a time zone, read from the platform once and then looked up in memory. */

import { ScheduleError } from '@tenuto/contract';

/**
 * Time during which the offset stays the same, from an instant up to another. It begins and ends
 * with a change, or far enough away from the instant that was asked for. Offsets are local
 * time minus UTC, in milliseconds.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly offset: number;
  readonly after: number;
}

export interface Zone {
  readonly name: string;
  stretchAt(instantMs: number): Stretch;
}

/** A part of a block that has one offset. */
interface OffsetSpan {
  readonly from: number;
  readonly to: number;
  readonly offsetMs: number;
}

/** No zone has had two changes within so short a time since 1930. */
const PROBE_MS = 3 * 86_400_000;
/** What is read at once, about a year. */
const BLOCK_MS = 121 * PROBE_MS;
/** Blocks kept of one zone, so that far dates do not fill the memory. */
const BLOCKS_KEPT = 1_000;
/** Spellings kept: they come from requests, and `europe/paris` is a zone, too. */
const SPELLINGS_KEPT = 2_000;
const OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

const spellings = new Map<string, Zone>();
const zones = new Map<string, Zone>();

/** @throws ScheduleError when the platform does not know the zone */
export function zoneNamed(name: string, path = '/timezone'): Zone {
  const known = spellings.get(name);
  if (known !== undefined) return known;
  const canonical = canonicalName(name);
  if (canonical === undefined) {
    throw new ScheduleError(
      path,
      `${name} is no time zone; use an IANA name such as Europe/Paris.`,
    );
  }
  const zone = zones.get(canonical) ?? createZone(canonical);
  zones.set(canonical, zone);
  if (spellings.size >= SPELLINGS_KEPT) spellings.clear();
  spellings.set(name, zone);
  return zone;
}

function canonicalName(name: string): string | undefined {
  try {
    return offsetFormat(name).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
}

function createZone(name: string): Zone {
  const blocks = new Map<number, readonly OffsetSpan[]>();
  let last: Stretch = { from: 0, to: 0, before: 0, offset: 0, after: 0 };
  return {
    name,
    stretchAt(instantMs) {
      if (instantMs >= last.from && instantMs < last.to) return last;
      const span = spanAt(instantMs);
      const earlier = spanAt(span.from - 1);
      const later = spanAt(span.to);
      // Where a block ends nothing changes: the stretch goes on in the next block.
      const first = earlier.offsetMs === span.offsetMs ? earlier : span;
      const final = later.offsetMs === span.offsetMs ? later : span;
      const before = spanAt(first.from - 1).offsetMs;
      const after = spanAt(final.to).offsetMs;
      last = { from: first.from, to: final.to, before, offset: span.offsetMs, after };
      return last;
    },
  };

  function spanAt(instantMs: number): OffsetSpan {
    const number = Math.floor(instantMs / BLOCK_MS);
    let block = blocks.get(number);
    if (block === undefined) {
      block = readBlock(name, number * BLOCK_MS);
      if (blocks.size >= BLOCKS_KEPT) blocks.clear();
      blocks.set(number, block);
    }
    const span = block.find(({ to }) => instantMs < to);
    if (span === undefined) throw new Error(`No offset of ${name} at ${instantMs}`);
    return span;
  }
}

/** Looks at the offset every few days, and for the second of a change where it is another one. */
function readBlock(name: string, start: number): readonly OffsetSpan[] {
  const format = offsetFormat(name);
  const spans: OffsetSpan[] = [];
  let from = start;
  let offsetMs = offsetAt(format, start);
  for (let probe = start + PROBE_MS; probe <= start + BLOCK_MS; probe += PROBE_MS) {
    const now = offsetAt(format, probe);
    if (now === offsetMs) continue;
    const change = changeBetween(format, probe - PROBE_MS, probe);
    spans.push({ from, to: change, offsetMs });
    from = change;
    offsetMs = now;
  }
  if (from < start + BLOCK_MS) spans.push({ from, to: start + BLOCK_MS, offsetMs });
  return spans;
}

/** The first second of the new offset. */
function changeBetween(format: Intl.DateTimeFormat, from: number, to: number): number {
  const offsetMs = offsetAt(format, from);
  let before = from / 1000;
  let after = to / 1000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(format, middle * 1000) === offsetMs) before = middle;
    else after = middle;
  }
  return after * 1000;
}

function offsetAt(format: Intl.DateTimeFormat, instantMs: number): number {
  const match = OFFSET.exec(format.format(instantMs));
  if (match === null) throw new Error(`No offset in ${format.format(instantMs)}`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}
