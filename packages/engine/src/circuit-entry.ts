/** What an engine knows of one circuit: its row, and what happened here since. */
import type { Owned } from './owned.ts';
import type { CircuitKey, CircuitRow } from './ports/circuit-store.ts';
import { type Circuit, type CircuitSettings, CLOSED, recordCall } from './retry/index.ts';

export interface Waiter {
  readonly owned: Owned;
  readonly node: number;
}

export interface Entry {
  readonly of: CircuitKey;
  settings: CircuitSettings;
  /** As the row says, with what happened here since. */
  circuit: Circuit;
  version: number;
  /** Whether its row was ever asked for. */
  known: boolean;
  /** Calls that have ended here and are not written yet. */
  unwritten: readonly EndedCall[];
  /** What was written on this version without an answer: it may be in the row or not. */
  unclear: readonly Written[];
  readonly waiting: Set<Waiter>;
  /** The node that may start as a probe. */
  granted: Waiter | undefined;
  /** A probe of this engine is going on, or about to. */
  probing: boolean;
  /** The slot of a probe that came to nothing is to be given back. */
  slotUnused: boolean;
  usedAt: number;
}

type EndedCall = Parameters<typeof recordCall>[2];

interface Written {
  readonly circuit: Circuit;
  /** How many calls it is about. */
  readonly calls: number;
}

export function newEntry(of: CircuitKey, settings: CircuitSettings): Entry {
  return {
    ...{ of, settings, circuit: CLOSED, version: 0, known: false, unwritten: [], unclear: [] },
    ...{ waiting: new Set(), granted: undefined, probing: false, slotUnused: false },
    usedAt: 0,
  };
}

/** What was written is in the row now. */
export function saved(entry: Entry, row: CircuitRow, calls: number): void {
  entry.version = row.version;
  entry.slotUnused = false;
  entry.unwritten = entry.unwritten.slice(calls);
  entry.unclear = [];
}

/** What the row says, and then what happened here. Calls that change nothing on top of it are done with. */
export function take(entry: Entry, row: CircuitRow): void {
  entry.known = true;
  if (row.version < entry.version) return;
  if (row.version > entry.version) {
    entry.unwritten = entry.unwritten.slice(callsIn(entry, row));
    entry.unclear = [];
    // Whoever changed the row gave the slot back, or has taken it.
    entry.slotUnused = false;
  }
  entry.version = row.version;
  entry.circuit = row.circuit;
  entry.unwritten = entry.unwritten.filter((call) => {
    const before = entry.circuit;
    entry.circuit = recordCall(before, entry.settings, call);
    return entry.circuit !== before;
  });
}

/**
 * How many of the unwritten calls are in the row although nobody has said so. The next version is
 * what was written here if it looks like that. Of a later one it cannot be told: better to forget a
 * call than to count it twice.
 */
function callsIn({ version, unclear }: Entry, row: CircuitRow): number {
  const written = unclear.filter(
    ({ circuit }) => row.version > version + 1 || isSame(circuit, row.circuit),
  );
  return written.at(-1)?.calls ?? 0;
}

/** The database keeps times to the microsecond. */
function isSame(one: Circuit, other: Circuit): boolean {
  return (
    one.state === other.state &&
    one.failures === other.failures &&
    one.successes === other.successes &&
    isSameTime(one.openUntil, other.openUntil) &&
    one.slices.length === other.slices.length &&
    one.slices.every((slice, i) => isSameSlice(slice, other.slices[i]))
  );
}

function isSameTime(one = 0, other = 0): boolean {
  return Math.abs(one - other) < 1;
}

function isSameSlice(
  one: Circuit['slices'][number],
  other: Circuit['slices'][number] | undefined,
): boolean {
  return (
    isSameTime(one.from, other?.from) &&
    one.calls === other?.calls &&
    one.failures === other.failures
  );
}
