/** Puts together what works on the runs in memory, and what the engine asks of it. */

import { adopt, readInbox, reconcile } from './adoption.ts';
import { createCircuits } from './circuits.ts';
import { beginAttempt, committed, poisoned } from './commits.ts';
import type { DriverPorts } from './driver-ports.ts';
import type { EngineLog } from './engine-log.ts';
import { abort, type ExecutorPorts, lose } from './executor.ts';
import { failpoint } from './failpoint.ts';
import type { JournalListener, Lost } from './journal.ts';
import { openLanes } from './lanes.ts';
import type { Lease } from './lease.ts';
import { giveUp } from './leaving.ts';
import { createLogWriter, type LogWriter } from './log-writer.ts';
import type { Owned } from './owned.ts';
import { createPlanCache } from './plan-cache.ts';
import type { ActionRunner } from './ports/action-runner.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { EngineHealth, Submission, SubmitResult } from './ports/engine-api.ts';
import type { EngineStore, StoreFault } from './ports/store.ts';
import { childEnded, handle, noteLate, runStored } from './run-driver.ts';
import { createRunIds } from './run-id.ts';
import { releaseWaiters } from './run-starts.ts';
import { createSlots } from './slots.ts';
import { createSubRunCancels, type SubRunCancels } from './sub-run-cancels.ts';
import { createSubmissions } from './submissions.ts';
import { drop, dropForReload, giveSlot, serveWaiting, type Table } from './table.ts';
import { tendRun } from './tending.ts';
import { createWaiters } from './waiters.ts';
import { createWatches } from './watches.ts';

export interface RunTableOptions {
  readonly engineId: string;
  readonly store: EngineStore;
  readonly runner: ActionRunner;
  /** On database time. */
  readonly clock: Clock;
  readonly random: Random;
  readonly log: EngineLog;
  readonly capacity: number;
  readonly slots: number;
  readonly lanes: number;
  readonly lease: Lease;
  readonly parkAfterMs: number;
  /** Runs wait for being claimed, or there is room again for those that do. */
  queued(): void;
  draining(): boolean;
  /** How many other engines there are. */
  peers(): number;
  /** A circuit has something to write, or to let go. */
  circuitsChanged(): void;
  lost(outcome: Lost): void;
  troubled(fault: StoreFault | undefined): void;
}

export interface RunTable {
  open(epoch: number): Promise<void>;
  isOpen(): boolean;
  submit(submission: Submission): Promise<SubmitResult>;
  find(runId: string): Owned | undefined;
  ended(runId: string, timeoutMs: number): Promise<boolean>;
  /** How many more runs there is room for. */
  room(): number;
  /** Whether the last look at the queue left nothing waiting: new runs may then start here. */
  queueSeen(empty: boolean): void;
  /** Brings runs that this engine owns into memory. */
  adopt(runIds: readonly string[]): Promise<void>;
  readInbox(): Promise<void>;
  tend(): void;
  checkWatched(): Promise<void>;
  /** Shares what circuits have learned, and lets nodes go. */
  tendCircuits(): Promise<void>;
  /** Compares memory with the store and mends what differs. */
  reconcile(): Promise<void>;
  leaseRenewed(): void;
  /** Lets attempts end for a while, then hands all runs back. True when none is left. */
  drain(drainMs: number): Promise<boolean>;
  forgetAll(): Promise<void>;
  load(): Pick<EngineHealth, 'ownedRuns' | 'runningNodes' | 'journalBacklogRows'>;
}

const DRAIN_POLL_MS = 20;
/** Beside others, so much of its room an engine fills with what is submitted to it; the rest is shared. */
const OWN_SHARE = 0.1;
/** Runs are claimed without waiting for the next look once this part of the room is free. */
const CLAIM_ROOM = 4;

export function createRunTable(options: RunTableOptions): RunTable {
  const logs = createLogWriter(options.store, options.clock);
  const cancels = createSubRunCancels(options.store, options.log);
  const table = createTable(options, logs, cancels);
  const listener: JournalListener = {
    committed: (records, result) => committed(table, records, result),
    poisoned: (run, records, fault) => poisoned(table, run, { records, fault }),
    lost: options.lost,
    troubled: options.troubled,
  };
  return {
    async open(epoch) {
      const { engineId, lanes, store, clock } = options;
      table.lanes = await openLanes(store, { engineId, epoch, lanes }, { clock, listener });
    },
    isOpen: () => table.lanes !== undefined,
    submit: table.submissions.submit,
    find: (runId) => table.runs.get(runId),
    ended: table.waiters.wait,
    // While a node runs alone, what is waiting is better off with another engine.
    room: () => (table.slots.closed ? 0 : options.capacity - table.runs.size),
    queueSeen: table.submissions.queueSeen,
    adopt: (runIds) => adopt(table, runIds),
    readInbox: () => readInbox(table),
    tend() {
      for (const owned of table.runs.values()) tendRun(table.driver, owned);
      table.lanes?.promoteStarts();
      table.submissions.answerLate();
      serveWaiting(table);
    },
    async checkWatched() {
      await Promise.all([table.watches.check(), cancels.send()]);
    },
    tendCircuits: () => table.circuits.round(),
    reconcile: () => reconcile(table),
    leaseRenewed() {
      const calls = table.doubtful;
      table.doubtful = [];
      for (const call of calls) beginAttempt(table, call);
    },
    async drain(drainMs) {
      await table.adopting;
      await drain(table, drainMs);
      await logs.flush();
      return table.runs.size === 0;
    },
    forgetAll: () => forgetAll(table),
    load: () => ({
      ownedRuns: table.runs.size,
      runningNodes: table.slots.used,
      journalBacklogRows: table.lanes?.backlog() ?? 0,
    }),
  };
}

function createTable(options: RunTableOptions, logs: LogWriter, cancels: SubRunCancels): Table {
  const { engineId, store, clock, random, log, lease, runner } = options;
  const slots = createSlots({
    limit: options.slots,
    after: (ms, run) => clock.after(ms, run),
    onFree: () => serveWaiting(table),
  });
  const newId = createRunIds(clock, random);
  const makeId = () => newId().text;
  const circuits = createCircuits({
    ...{ engineId, clock, store, wake: options.circuitsChanged },
    release(waiters) {
      releaseWaiters(driver, waiters);
      serveWaiting(table);
    },
  });
  const driver: DriverPorts = {
    clock,
    random,
    slots,
    draining: options.draining,
    crowded: () => runs.size >= options.capacity,
    parkAfterMs: options.parkAfterMs,
    abort: (call, reason, grace) => abort(executor, call, reason, grace),
    lose: (call) => lose(executor, call),
    newId: makeId,
    runner,
    circuits,
    watch: (owned, node, runId) => watches.add(owned, node, runId),
    cancelRun: cancels.request,
    broken(owned, error, call) {
      log.error({ run_id: owned.id.text, error: String(error) }, 'a run is broken; loaded again');
      dropForReload(table, owned, call === undefined ? [] : [call]);
    },
  };
  const executor = executorOf(
    { clock, random, runner, store, logs, circuits, newId: makeId },
    () => table,
  );
  const watches = createWatches(store, ({ owned, node }, runId, status) => {
    childEnded(driver, owned, node, { runId, status });
  });
  const runs = new Map<string, Owned>();
  const plans = createPlanCache(store);
  const submissions = createSubmissions({
    ...{ clock, random, plans, queued: options.queued },
    mayOwn() {
      const others = options.peers() > 0;
      const most = others ? options.capacity * OWN_SHARE : options.capacity;
      return runs.size < most && !slots.closed && lease.valid;
    },
    lanes: () => table.lanes,
    begin(owned) {
      runs.set(owned.id.text, owned);
      handle(driver, owned, { type: 'begin', at: owned.startedAt });
    },
    drop: (owned) => drop(table, owned),
    stored: (owned) => runStored(driver, owned),
  });
  const table: Table = {
    ...{ engineId, clock, store, log, lease, runs, plans, slots, watches, submissions, circuits },
    ...{ driver, executor, waiters: createWaiters(clock), doubtful: [], lanes: undefined },
    ...{ strays: new Map(), adopting: Promise.resolve() },
    left() {
      const room = options.capacity - runs.size;
      if (!submissions.queueEmpty && room * CLAIM_ROOM >= options.capacity) options.queued();
    },
  };
  return table;
}

/** What becomes of an attempt goes back into its run. */
function executorOf(
  parts: Omit<ExecutorPorts, 'handle' | 'late'>,
  table: () => Table,
): ExecutorPorts {
  return {
    ...parts,
    handle(call, event, extra) {
      const { driver, watches } = table();
      call.owned.calls.delete(call.node);
      giveSlot(table(), call);
      handle(driver, call.owned, event, extra);
      if (event.type === 'waiting' && event.wait.kind === 'run') {
        watches.add(call.owned, call.node, event.wait.runId);
      }
      serveWaiting(table());
    },
    late({ owned, node, attempt }, { status }) {
      const { driver, log } = table();
      noteLate(driver, owned, { node, attempt, status });
      const fields = { run_id: owned.id.text, node, attempt, status };
      log.warn(fields, 'a result came after its attempt had ended');
    },
  };
}

async function drain(table: Table, drainMs: number): Promise<void> {
  failpoint('draining');
  const { clock, runs } = table;
  const until = clock.mono() + drainMs;
  const pause = () => new Promise<void>((resolve) => clock.after(DRAIN_POLL_MS, resolve));
  const busy = () => [...runs.values()].some((owned) => owned.calls.size > 0);
  while (busy() && clock.mono() < until) await pause();
  const patience = clock.mono() + drainMs + 1_000;
  // Again and again: a run may be stored only now, or come back because it had news.
  while (runs.size > 0 && clock.mono() < patience) {
    for (const owned of runs.values()) handBack(table, owned);
    await pause();
  }
}

function handBack(table: Table, owned: Owned): void {
  failpoint('before-hand-back');
  for (const call of [...owned.calls.values()]) lose(table.executor, call);
  giveUp(owned, table.clock);
}

async function forgetAll(table: Table): Promise<void> {
  table.submissions.rejectAll();
  for (const owned of [...table.runs.values()]) drop(table, owned);
  table.doubtful = [];
  table.strays.clear();
  table.plans.clear();
  const closing = table.lanes;
  table.lanes = undefined;
  await closing?.close();
}
