/**
 * The circuits of an engine's runs. Each is shared by all engines through its row: what happens here
 * is applied here at once, and written by compare-and-set; what happens elsewhere is read a few times
 * a second. Nodes whose circuit is not closed wait here, in the order in which they came; one of them
 * is the next probe, of which there is one at a time over all engines.
 */
import { type Entry, newEntry, saved, take, type Waiter } from './circuit-entry.ts';
import type { Call, Guard } from './owned.ts';
import type { CircuitKey, CircuitVerbs } from './ports/circuit-store.ts';
import type { Clock } from './ports/clock.ts';
import { type CircuitSettings, mayProbe, recordCall } from './retry/index.ts';
import { type AttemptEnded, statusOf } from './run/index.ts';

/** A probe that is not heard of for so long is lost. */
const PROBE_LEASE_MS = 60_000;
/** Entries that nobody has asked about for so long are forgotten. */
const FORGET_AFTER_MS = 600_000;

/** What is asked for: may this node start? */
export interface Admission extends Waiter {
  readonly key: string;
  readonly settings: CircuitSettings;
}

/** How an attempt has ended. */
type End = Pick<AttemptEnded, 'status' | 'error'>;

export interface Circuits {
  /** Lets a node go, as a probe or not; or keeps it, with the time until which at least. */
  admit(admission: Admission): Guard | { readonly until: number | undefined };
  /** An attempt that was let go has ended, or will never be heard of. */
  report(guard: Guard, end: End | undefined): void;
  /** Writes, reads, takes slots for probes, and lets nodes go: a round for a loop. */
  round(): Promise<void>;
}

export interface CircuitPorts {
  readonly engineId: string;
  readonly clock: Clock;
  readonly store: CircuitVerbs;
  /** Something is to be done before the next round is due. */
  wake(): void;
  /** Nodes may ask again. */
  release(waiters: readonly Waiter[]): void;
}

export function createCircuits(ports: CircuitPorts): Circuits {
  const entries = new Map<string, Entry>();
  return {
    admit: (admission) => admit(ports, entries, admission),
    report(guard, end) {
      const entry = entries.get(idOf(guard.circuit));
      if (entry !== undefined) report(ports, entry, { probe: guard.probe, end });
    },
    round: () => round(ports, entries),
  };
}

function admit(
  ports: CircuitPorts,
  entries: Map<string, Entry>,
  { owned, node, key, settings }: Admission,
): Guard | { readonly until: number | undefined } {
  const entry = entryOf(ports, entries, { owner: owned.run.facts.owner, key }, settings);
  const { granted } = entry;
  if (granted?.owned === owned && granted.node === node) {
    entry.granted = undefined;
    return { circuit: entry.of, probe: true };
  }
  if (entry.known && entry.circuit.state === 'closed') return { circuit: entry.of, probe: false };
  entry.waiting.add({ owned, node });
  ports.wake();
  return { until: entry.circuit.openUntil };
}

function entryOf(
  { clock }: CircuitPorts,
  entries: Map<string, Entry>,
  of: CircuitKey,
  settings: CircuitSettings,
): Entry {
  const id = idOf(of);
  const entry = entries.get(id) ?? newEntry(of, settings);
  entries.set(id, entry);
  entry.settings = settings;
  entry.usedAt = clock.mono();
  return entry;
}

function idOf({ owner, key }: CircuitKey): string {
  return `${owner}\0${key}`;
}

/** Ends that say something about the target; the others give a probe's slot back. */
function report(
  ports: CircuitPorts,
  entry: Entry,
  { probe, end }: { readonly probe: boolean; readonly end: End | undefined },
): void {
  if (probe) entry.probing = false;
  const ok = end === undefined ? undefined : verdictOf(end);
  if (ok === undefined) {
    if (probe) giveSlotBack(ports, entry);
    return;
  }
  const call = { ok, at: ports.clock.wall(), probe };
  const before = entry.circuit;
  entry.circuit = recordCall(before, entry.settings, call);
  if (entry.circuit === before) return;
  entry.unwritten = [...entry.unwritten, call];
  if (entry.circuit.state !== before.state || probe) ports.wake();
}

function giveSlotBack({ wake }: CircuitPorts, entry: Entry): void {
  entry.probing = false;
  entry.slotUnused = true;
  wake();
}

/** Whether the target was well; undefined when the attempt says nothing about it. */
function verdictOf({ status, error }: End): boolean | undefined {
  if (status === 'completed') return true;
  if (status === 'cancelled' || error?.type === 'engine_stopped') return undefined;
  // It has answered: what it was asked was wrong.
  return error?.classification === 'permanent' || error?.classification === 'validation';
}

async function round(ports: CircuitPorts, entries: Map<string, Entry>): Promise<void> {
  for (const entry of entries.values()) {
    if (entry.unwritten.length > 0 || entry.slotUnused) await write(ports, entry);
  }
  await read(ports, entries);
  for (const entry of entries.values()) {
    if (entry.waiting.size > 0) await letGo(ports, entry);
  }
  const old = ports.clock.mono() - FORGET_AFTER_MS;
  for (const [id, entry] of entries) {
    const idle = entry.waiting.size === 0 && entry.unwritten.length === 0 && !entry.probing;
    if (idle && entry.usedAt < old) entries.delete(id);
  }
}

/** Writes what happened here; where others were first, on top of what they wrote. */
async function write(ports: CircuitPorts, entry: Entry): Promise<void> {
  // More may be added while these are on their way.
  const calls = entry.unwritten.length;
  const { of, settings, version } = entry;
  const { circuit } = entry;
  const change = { row: { ...of, circuit, version }, settings };
  const row = await ports.store.saveCircuit(change).catch((error: unknown) => {
    entry.unclear = [...entry.unclear, { circuit, calls }];
    throw error;
  });
  if (row !== undefined) {
    saved(entry, row, calls);
    return;
  }
  const [newer] = await ports.store.circuits([of]);
  if (newer !== undefined) take(entry, newer);
}

async function read({ store }: CircuitPorts, entries: Map<string, Entry>): Promise<void> {
  const all = [...entries.values()];
  if (all.length === 0) return;
  const rows = await store.circuits(all.map(({ of }) => of));
  for (const entry of all) entry.known = true;
  for (const row of rows) {
    const entry = entries.get(idOf(row));
    if (entry !== undefined && row.version > entry.version) take(entry, row);
  }
}

/** Lets all that wait go when the circuit is closed, or one of them as a probe when it may be tried. */
async function letGo(ports: CircuitPorts, entry: Entry): Promise<void> {
  if (entry.circuit.state === 'closed') {
    const waiters = [...entry.waiting];
    entry.waiting.clear();
    ports.release(waiters);
    return;
  }
  if (entry.granted !== undefined && !isAboutToStart(entry.granted)) {
    entry.granted = undefined;
    giveSlotBack(ports, entry);
    return;
  }
  if (entry.probing || entry.slotUnused || !mayProbe(entry.circuit, ports.clock.wall())) return;
  const first = firstOf(entry);
  if (first === undefined) return;
  entry.probing = true;
  const { engineId } = ports;
  const claim = { of: entry.of, engineId, leaseMs: PROBE_LEASE_MS };
  const row = await ports.store.claimProbe(claim).catch((error: unknown) => {
    entry.probing = false;
    throw error;
  });
  if (row === undefined) {
    entry.probing = false;
    return;
  }
  take(entry, row);
  entry.waiting.delete(first);
  entry.granted = first;
  ports.release([first]);
}

/** Whether the next probe may still be waiting for a slot of its engine. */
function isAboutToStart({ owned, node }: Waiter): boolean {
  return !owned.dropped && !owned.leaving && statusOf(owned.run, node) === 'ready';
}

/** The node that has waited longest, if its run is still here. */
function firstOf(entry: Entry): Waiter | undefined {
  for (const waiter of entry.waiting) {
    const { owned, node } = waiter;
    const waits = owned.run.waits.get(node)?.kind === 'circuit';
    if (!owned.dropped && !owned.leaving && waits) return waiter;
    entry.waiting.delete(waiter);
  }
  return undefined;
}

/** The guard of a call that will not be heard of any more gives its slot back. */
export function forgetCall(circuits: Circuits, call: Call): void {
  if (call.guard === undefined) return;
  circuits.report(call.guard, undefined);
  call.guard = undefined;
}
