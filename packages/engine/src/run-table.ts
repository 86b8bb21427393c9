/** The runs that an engine holds in memory: how they come in, what commits do to them, how they go. */
import type { EngineLog } from './engine-log.ts';
import { createExecutor } from './executor.ts';
import type { JournalListener } from './journal.ts';
import { type Lanes, openLanes } from './lanes.ts';
import type { Lease } from './lease.ts';
import { createLogWriter } from './log-writer.ts';
import { type Call, createOwned, type Owned } from './owned.ts';
import { createPlanCache } from './plan-cache.ts';
import type { ActionRunner } from './ports/action-runner.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { EngineHealth, Submission, SubmitResult } from './ports/engine-api.ts';
import type { EngineStore, FlushResult, InboxItem, OwnedRun, StoreFault } from './ports/store.ts';
import type { JournalRecord } from './record.ts';
import { apply, type RunState, restoreRun } from './run/index.ts';
import { createRunDriver } from './run-driver.ts';
import { runIdOf } from './run-id.ts';
import { createSlots } from './slots.ts';
import { createSubmissions } from './submissions.ts';
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
  /** Runs wait for being claimed. */
  queued(): void;
  draining(): boolean;
  lost(outcome: 'fenced' | 'gap'): void;
  troubled(fault: StoreFault | undefined): void;
}

export interface RunTable {
  open(epoch: number): Promise<void>;
  isOpen(): boolean;
  submit(submission: Submission): Promise<SubmitResult>;
  find(runId: string): RunState | undefined;
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
  /** Compares memory with the store and mends what differs. */
  reconcile(): Promise<void>;
  leaseRenewed(): void;
  /** Lets attempts end for a while, then hands all runs back. True when none is left. */
  drain(drainMs: number): Promise<boolean>;
  forgetAll(): Promise<void>;
  close(): Promise<void>;
  load(): Pick<EngineHealth, 'ownedRuns' | 'runningNodes' | 'journalBacklogRows'>;
}

const DRAIN_POLL_MS = 20;

export function createRunTable(options: RunTableOptions): RunTable {
  const { engineId, store, clock, log, lease } = options;
  const runs = new Map<string, Owned>();
  const plans = createPlanCache(store);
  const logs = createLogWriter(store, clock);
  const waiters = createWaiters(clock);
  const slots = createSlots({
    limit: options.slots,
    after: (ms, run) => clock.after(ms, run),
    onFree: serveWaiting,
  });
  /** Starts that were committed while the lease was in doubt. */
  let doubtful: Call[] = [];
  let lanes: Lanes | undefined;

  const driver = createRunDriver({
    clock,
    random: options.random,
    slots,
    draining: options.draining,
    abort: (call, reason, grace) => executor.abort(call, reason, grace),
    watch: (owned, node, runId) => watches.add(owned, node, runId),
    cancelRun(runId) {
      store.requestCancel([runId], 'the run that started it was stopped').catch((error) => {
        log.warn({ run_id: runId, error: String(error) }, 'a sub-run could not be cancelled');
      });
    },
  });
  const executor = createExecutor({
    clock,
    random: options.random,
    runner: options.runner,
    store,
    logs,
    handle(call, event, extra) {
      const { owned } = call;
      owned.calls.delete(call.node);
      giveSlot(call);
      driver.handle(owned, event, extra);
      if (event.type === 'waiting' && event.wait.kind === 'run') {
        watches.add(owned, call.node, event.wait.runId);
      }
      serveWaiting();
    },
    late(call, outcome) {
      log.warn(
        {
          run_id: call.owned.id.text,
          node: call.node,
          attempt: call.attempt,
          status: outcome.status,
        },
        'a result came after its attempt had ended',
      );
    },
  });
  const watches = createWatches(store, ({ owned, node }, runId, status) => {
    driver.childEnded(owned, node, { runId, status });
  });
  const submissions = createSubmissions({
    clock,
    random: options.random,
    plans,
    mayOwn: () => runs.size < options.capacity && lease.valid,
    lanes: () => lanes,
    begin(owned) {
      runs.set(owned.id.text, owned);
      apply(owned.run, { type: 'begin', at: owned.startedAt });
      driver.pump(owned);
    },
    drop,
    stored: driver.stored,
    queued: options.queued,
  });

  const listener: JournalListener = {
    committed(records, result) {
      for (const record of records) committed(record, result);
      serveWaiting();
    },
    poisoned(run, records, fault) {
      if (submissions.poisoned(run, fault)) return;
      log.error(
        { run_id: run.id.text, records: records.length, error: fault.message },
        'the database refuses what this run writes; it is loaded again',
      );
      const owned = runs.get(run.id.text);
      if (owned !== undefined) drop(owned);
    },
    lost: options.lost,
    troubled: options.troubled,
  };

  function committed(record: JournalRecord, result: FlushResult): void {
    if (record.kind === 'submit') {
      submissions.committed(record.run, result.duplicates.includes(record.run.id.text));
      return;
    }
    if (record.kind !== 'start' && record.kind !== 'update') return;
    const owned = runs.get(record.run.id.text);
    if (owned === undefined || owned !== record.run) return;
    if (record.kind === 'start') startCommitted(owned, record.call.node, record.call.attempt);
    else if (record.row.kind !== 'progress') left(owned, result);
  }

  function startCommitted(owned: Owned, node: number, attempt: number): void {
    const call = owned.calls.get(node);
    if (call === undefined || call.attempt !== attempt) return;
    if (lease.valid) executor.execute(call);
    else doubtful.push(call);
  }

  /** A finish or release is committed: the run is gone, unless it had news or is not ours. */
  function left(owned: Owned, result: FlushResult): void {
    if (result.refused.includes(owned.id.text)) {
      drop(owned);
      adopt([owned.id.text]).catch((error) => {
        log.warn({ run_id: owned.id.text, error: String(error) }, 'loaded again later');
      });
      return;
    }
    const over = owned.run.phase === 'over';
    drop(owned);
    if (!over) return;
    waiters.ended(owned.id.text);
    watches.ended(owned.id.text, owned.run.status);
  }

  /** Takes a run out of memory; what still happens to it here changes nothing. */
  function drop(owned: Owned): void {
    owned.dropped = true;
    runs.delete(owned.id.text);
    for (const cancel of owned.timers.values()) cancel();
    for (const call of owned.calls.values()) {
      call.state = 'ended';
      call.ended = true;
      call.aborted ??= 'lost';
      call.cancelTimer?.();
      call.controller?.abort('lost');
      giveSlot(call);
    }
    owned.calls.clear();
  }

  function giveSlot(call: Call): void {
    if (!call.holdsSlot) return;
    call.holdsSlot = false;
    slots.give();
  }

  function serveWaiting(): void {
    for (let owned = slots.next(); owned !== undefined; owned = slots.next()) {
      if (!owned.dropped && !owned.leaving && !options.draining()) driver.startReady(owned);
    }
  }

  async function adopt(runIds: readonly string[]): Promise<void> {
    const absent = runIds.filter((runId) => !runs.has(runId));
    if (absent.length === 0) return;
    for (const found of await store.readOwned(engineId, absent)) {
      const plan = await plans.get(found.planHash);
      if (lanes === undefined || runs.has(found.journal.runId)) continue;
      restore(found, restoreRun(plan, found.journal), lanes);
    }
  }

  function restore(found: OwnedRun, { run, seq }: { run: RunState; seq: number }, to: Lanes): void {
    const owned = createOwned({
      id: runIdOf(run.id),
      run,
      journal: to.pick(),
      startedAt: found.journal.startedAt ?? clock.wall(),
      seq,
      inboxSeq: found.inboxSeq,
      stored: true,
      idleMs: found.idleMs,
    });
    runs.set(run.id, owned);
    driver.resume(owned, found.journal.started);
    for (const item of found.inbox) driver.take(owned, item);
    driver.stored(owned);
  }

  async function readInbox(): Promise<void> {
    for (const item of await store.inbox(engineId)) takeItem(item);
  }

  function takeItem(item: InboxItem): void {
    const owned = runs.get(item.runId);
    if (owned === undefined || owned.leaving || item.seq <= owned.inboxSeq) return;
    driver.take(owned, item);
  }

  /** What the store says is ours and memory does not know, and the other way round. */
  async function reconcile(): Promise<void> {
    const before = new Set([...runs.values()].filter((owned) => owned.stored && !owned.leaving));
    const stored = new Set(await store.ownedRunIds(engineId));
    for (const owned of before) {
      if (!stored.has(owned.id.text) && !owned.leaving && !owned.dropped) drop(owned);
    }
    await adopt([...stored].filter((runId) => !runs.has(runId)));
  }

  async function drain(drainMs: number): Promise<boolean> {
    const until = clock.mono() + drainMs;
    const busy = () => [...runs.values()].some((owned) => owned.calls.size > 0);
    while (busy() && clock.mono() < until) await pause(DRAIN_POLL_MS);
    for (const owned of runs.values()) {
      for (const call of [...owned.calls.values()]) executor.lose(call, 'The server went down.');
      if (owned.stored && !owned.leaving) driver.release(owned, clock.wall());
    }
    while (runs.size > 0 && clock.mono() < until + drainMs + 1_000) await pause(DRAIN_POLL_MS);
    await logs.flush();
    return runs.size === 0;
  }

  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

  async function forgetAll(): Promise<void> {
    submissions.rejectAll();
    for (const owned of [...runs.values()]) drop(owned);
    doubtful = [];
    const closing = lanes;
    lanes = undefined;
    await closing?.close();
  }

  return {
    async open(epoch) {
      lanes = await openLanes(
        store,
        { engineId, epoch, lanes: options.lanes },
        { clock, listener },
      );
    },
    isOpen: () => lanes !== undefined,
    submit: submissions.submit,
    find: (runId) => runs.get(runId)?.run,
    ended: waiters.wait,
    room: () => options.capacity - runs.size,
    queueSeen: submissions.queueSeen,
    adopt,
    readInbox,
    tend() {
      for (const owned of runs.values()) driver.tend(owned);
      lanes?.promoteStarts();
    },
    checkWatched: watches.check,
    reconcile,
    leaseRenewed() {
      const calls = doubtful;
      doubtful = [];
      for (const call of calls) if (call.state === 'intent') executor.execute(call);
    },
    drain,
    forgetAll,
    close: forgetAll,
    load: () => ({
      ownedRuns: runs.size,
      runningNodes: slots.used,
      journalBacklogRows: lanes?.backlog() ?? 0,
    }),
  };
}
