/** The runs that an engine holds in memory, and the parts of the engine that work on them. */
import { type Circuits, forgetCall } from './circuits.ts';
import type { EngineLog } from './engine-log.ts';
import type { ExecutorPorts } from './executor.ts';
import type { Lanes } from './lanes.ts';
import type { Lease } from './lease.ts';
import type { Call, Owned } from './owned.ts';
import type { PlanCache } from './plan-cache.ts';
import type { Clock } from './ports/clock.ts';
import type { EngineStore } from './ports/store.ts';
import type { JournalRecord } from './record.ts';
import type { StartedAttempt } from './run/index.ts';
import { type DriverPorts, startReady } from './run-driver.ts';
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
  readonly strays: Map<string, readonly StartedAttempt[]>;
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
 * and what it could not write down about attempts is remembered: nothing else knows of them.
 */
export function dropForReload(
  table: Table,
  owned: Owned,
  unwritten: readonly JournalRecord[] = [],
): void {
  const strays: StartedAttempt[] = [];
  for (const { state, node, attempt, startedAt } of owned.calls.values()) {
    if (state === 'running') strays.push({ node, attempt, startedAt });
  }
  for (const record of [...unwritten, ...owned.queue]) {
    const stray = attemptOfRecord(record);
    if (stray !== undefined) strays.push(stray);
  }
  table.strays.set(owned.id.text, strays);
  drop(table, owned);
}

/** The attempt that a record would have made known: its end, or that it waits. */
function attemptOfRecord(record: JournalRecord): StartedAttempt | undefined {
  if (record.kind === 'attempt') return record.row;
  if (record.kind !== 'event' || record.row.type !== 'waiting') return undefined;
  const { node, attempt } = record.row.body;
  return { node: Number(node), attempt: Number(attempt), startedAt: record.row.at };
}

export function giveSlot({ slots }: Pick<Table, 'slots'>, call: Call): void {
  if (!call.holdsSlot) return;
  call.holdsSlot = false;
  slots.give();
}

/** Gives free slots to the runs that wait for one, in turn. */
export function serveWaiting({ slots, driver }: Pick<Table, 'slots' | 'driver'>): void {
  for (let owned = slots.next(); owned !== undefined; owned = slots.next()) {
    if (!owned.dropped && !owned.leaving && !driver.draining()) startReady(driver, owned);
  }
}
