/** The runs that an engine holds in memory, and the parts of the engine that work on them. */
import { type Circuits, forgetCall } from './circuits.ts';
import type { DriverPorts } from './driver-ports.ts';
import type { EngineLog } from './engine-log.ts';
import type { ExecutorPorts } from './executor.ts';
import { noteIdle } from './idle.ts';
import type { Lanes } from './lanes.ts';
import type { Lease } from './lease.ts';
import type { Call, Owned } from './owned.ts';
import type { PlanCache } from './plan-cache.ts';
import type { Clock } from './ports/clock.ts';
import type { EngineStore } from './ports/store.ts';
import type { InFlight, JournalRecord } from './record.ts';
import { startReady } from './run-starts.ts';
import type { Slots } from './slots.ts';
import type { Submissions } from './submissions.ts';
import type { Waiters } from './waiters.ts';
import type { Watches } from './watches.ts';

export interface Table {
  readonly engineId: string;
  readonly clock: Clock;
  readonly store: EngineStore;
  readonly log: EngineLog;
  readonly lease: Lease;
  readonly runs: Map<string, Owned>;
  readonly plans: PlanCache;
  readonly slots: Slots;
  readonly waiters: Waiters;
  readonly watches: Watches;
  readonly submissions: Submissions;
  readonly circuits: Circuits;
  readonly driver: DriverPorts;
  readonly executor: ExecutorPorts;
  /** Starts that were committed while the lease was in doubt. */
  doubtful: Call[];
  /**
   * Attempts of runs that were dropped although they are this engine's: when the run is loaded
   * again, they are lost, and count.
   */
  readonly strays: Map<string, readonly InFlight[]>;
  /** The end of the last adoption: one at a time, so that no run is brought in twice. */
  adopting: Promise<void>;
  lanes: Lanes | undefined;
  /** A run has left: those that wait in the queue may come. */
  left(): void;
}

/** Takes a run out of memory; what still happens to it here changes nothing. */
export function drop(table: Table, owned: Owned): void {
  owned.dropped = true;
  table.runs.delete(owned.id.text);
  owned.journal.forget(owned);
  for (const cancel of owned.timers.values()) cancel();
  for (const call of owned.calls.values()) {
    call.state = 'ended';
    call.ended = true;
    call.settled = true;
    call.aborted ??= 'lost';
    call.cancelTimer?.();
    call.cancelWatch?.();
    call.controller?.abort('lost');
    giveSlot(table, call);
    forgetCall(table.circuits, call);
  }
  owned.calls.clear();
}

/**
 * Drops a run that is to be loaded again, because something went wrong with it. What it had going
 * and what it could not write down about attempts is remembered: nothing else knows of them, but
 * the journal, should this process die before that.
 */
export function dropForReload(
  table: Table,
  owned: Owned,
  unwritten: readonly InFlight[] = [],
): void {
  const runId = owned.id.text;
  const running = [...owned.calls.values()].filter(({ state }) => state === 'running');
  const earlier = table.strays.get(runId) ?? [];
  const strays = new Set([...earlier, ...running, ...unwritten, ...attemptsOf(owned.queue)]);
  drop(table, owned);
  for (const stray of strays) Object.assign(stray, { ended: false, settled: false });
  table.strays.set(runId, [...strays]);
}

/** The attempts that records would make known: their ends, or that they wait. */
export function attemptsOf(records: readonly JournalRecord[]): InFlight[] {
  return records.flatMap((record) => {
    const told = record.kind === 'attempt' || record.kind === 'event' ? record.call : undefined;
    return told === undefined ? [] : [told];
  });
}

/** A run has been loaded again: what is not going on by its journal needs no remembering. */
export function forgetStrays(table: Table, runId: string): void {
  for (const stray of table.strays.get(runId) ?? []) {
    if (!stray.ended) Object.assign(stray, { ended: true, settled: true });
  }
  table.strays.delete(runId);
}

export function giveSlot({ slots }: Pick<Table, 'slots'>, call: Call): void {
  if (!call.holdsSlot) return;
  call.holdsSlot = false;
  slots.give();
}

/** Gives free slots to the runs that wait for one, in turn. */
export function serveWaiting({ slots, driver }: Pick<Table, 'slots' | 'driver'>): void {
  for (let owned = slots.next(); owned !== undefined; owned = slots.next()) {
    if (owned.dropped || owned.leaving || driver.draining()) continue;
    startReady(driver, owned);
    // Nothing may have come of it: what was ready was decided about otherwise.
    noteIdle(owned, driver.clock);
  }
}
