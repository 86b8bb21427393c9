/**
 * Drives owned runs: an event is applied, journaled, and what follows from it is set going. Starts
 * go through the journal too, so nothing begins before what it depends on is durable.
 */

import type { RunStatus } from '@tenuto/contract';
import { childError, lostAttempt } from './outcomes.ts';
import type { Call, Owned } from './owned.ts';
import { createCall } from './owned.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { InboxItem } from './ports/store.ts';
import { classificationOfStop, finishProgress, progressText } from './progress.ts';
import type { InFlight, JournalRecord } from './record.ts';
import {
  type AttemptEnded,
  apply,
  attemptOf,
  type Effect,
  lossesOf,
  nextStart,
  type RunEvent,
  type StartedAttempt,
  type StopEvent,
  statusOf,
  wantsStop,
} from './run/index.ts';
import type { Slots } from './slots.ts';

/** A node whose engine died under it this often runs alone. */
const SUSPECT_LOSSES = 2;
/** The longest that one timer of the platform can be set for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A run that only waits leaves memory when nothing happens for this long. */
const PARK_AFTER_MS = 60_000;
const PROGRESS_EVERY_MS = 1_000;

export interface DriverPorts {
  readonly clock: Clock;
  readonly slots: Slots;
  /** Aborts an attempt; `graceMs` later it is ended whatever it does. */
  abort(call: Call, reason: 'cancelled' | 'timeout', grace: boolean): void;
  readonly random: Random;
  /** A node waits for another run. */
  watch(owned: Owned, node: number, runId: string): void;
  cancelRun(runId: string): void;
  /** No new starts: the engine is going down. */
  draining(): boolean;
}

export interface Driver {
  /** Applies and journals an event. `output` is the JSON text of an attempt's output. */
  handle(owned: Owned, event: RunEvent, extra?: EndedExtra): void;
  stop(owned: Owned, stop: Pick<StopEvent, 'status' | 'grace' | 'reason'>): void;
  /** Starts what may start, behind the runs that wait for a slot already. */
  pump(owned: Owned): void;
  /** The same for a run whose turn it is. */
  startReady(owned: Owned): void;
  /** The run's row is in the database: what had to wait for that happens now. */
  stored(owned: Owned): void;
  /** Sets a run going that came into memory; attempts that were going on are lost. */
  resume(owned: Owned, started: readonly StartedAttempt[]): void;
  /** Carries out what reached the run from outside. */
  take(owned: Owned, item: InboxItem): void;
  /** A run that a node waited for has ended. */
  childEnded(owned: Owned, node: number, child: { runId: string; status: RunStatus }): void;
  release(owned: Owned, wakeAt: number): void;
  tend(owned: Owned): void;
}

export interface EndedExtra {
  readonly output?: string;
  readonly outputRef?: Uint8Array;
  readonly call?: InFlight;
}

export function createRunDriver(ports: DriverPorts): Driver {
  const { clock, slots } = ports;

  function handle(owned: Owned, event: RunEvent, extra: EndedExtra = {}): void {
    if (owned.dropped) return;
    const effects = apply(owned.run, event);
    journal(owned, event, extra);
    for (const effect of effects) carryOut(owned, effect);
    if (wantsStop(owned.run)) {
      stop(owned, { status: 'failed', grace: true, reason: 'fail_fast' });
      return;
    }
    pump(owned);
    noteIdle(owned);
  }

  function append(record: JournalRecord & { readonly run: Owned }): void {
    record.run.journal.append(record);
  }

  function journal(owned: Owned, event: RunEvent, extra: EndedExtra): void {
    if (event.type === 'ended') {
      append({
        kind: 'attempt',
        run: owned,
        row: attemptRow(owned, event, extra),
        call: extra.call,
      });
    } else if (event.type === 'waiting' || event.type === 'stop') {
      const { type, at, ...body } = event;
      owned.seq += 1;
      append({
        kind: 'event',
        run: owned,
        row: { runId: owned.id, seq: owned.seq, at, type, body: { ...body } },
      });
    }
  }

  function attemptRow(owned: Owned, event: AttemptEnded, extra: EndedExtra) {
    owned.seq += 1;
    return {
      runId: owned.id,
      seq: owned.seq,
      node: event.node,
      attempt: event.attempt,
      status: event.status,
      startedAt: event.startedAt,
      endedAt: event.at,
      ...(extra.output !== undefined && { output: extra.output }),
      ...(extra.outputRef !== undefined && { outputRef: extra.outputRef }),
      ...(event.error !== undefined && { error: JSON.stringify(event.error) }),
      ...(event.retryAt !== undefined && { retryAt: event.retryAt }),
    };
  }

  function carryOut(owned: Owned, effect: Effect): void {
    switch (effect.type) {
      case 'timer':
        setTimer(owned, effect.node, effect.at);
        break;
      case 'abort': {
        const call = owned.calls.get(effect.node);
        if (call !== undefined) ports.abort(call, classificationOfStop(owned.run), effect.grace);
        break;
      }
      case 'cancelRun':
        ports.cancelRun(effect.runId);
        break;
      case 'finish':
        finish(owned);
        break;
    }
  }

  function setTimer(owned: Owned, node: number, at: number): void {
    owned.timers.get(node)?.();
    const wait = Math.min(Math.max(0, at - clock.wall()), LONGEST_TIMER_MS);
    owned.timers.set(
      node,
      clock.after(wait, () => {
        owned.timers.delete(node);
        if (clock.wall() < at) setTimer(owned, node, at);
        else timerFired(owned, node);
      }),
    );
  }

  function timerFired(owned: Owned, node: number): void {
    const wait = owned.run.waits.get(node);
    if (owned.dropped || owned.leaving || wait === undefined || wait.kind === 'run') return;
    const at = clock.wall();
    if (wait.kind === 'retry') {
      handle(owned, { type: 'due', at, node });
      return;
    }
    const attempt = attemptOf(owned.run, node);
    const output = { until: new Date(wait.until).toISOString() };
    handle(
      owned,
      { type: 'ended', at, node, attempt, startedAt: at, status: 'completed', output },
      { output: JSON.stringify(output) },
    );
  }

  function stop(owned: Owned, wanted: Pick<StopEvent, 'status' | 'grace' | 'reason'>): void {
    const running = [...owned.calls.values()].map(({ node, attempt }) => ({ node, attempt }));
    if (owned.run.phase === 'work') {
      for (const cancel of owned.timers.values()) cancel();
      owned.timers.clear();
    }
    handle(owned, { type: 'stop', at: clock.wall(), running, ...wanted });
    noteProgress(owned);
  }

  function pump(owned: Owned): void {
    if (owned.run.ready.length === 0 || ports.draining() || owned.leaving || owned.dropped) return;
    if (slots.contended) slots.wait(owned);
    else startReady(owned);
  }

  function startReady(owned: Owned): void {
    const { run } = owned;
    while (slots.free) {
      const node = nextStart(run);
      if (node < 0) return;
      const call = createCall(owned, node, attemptOf(run, node));
      owned.calls.set(node, call);
      if (lossesOf(run, node) >= SUSPECT_LOSSES) slots.alone(() => start(owned, call));
      else {
        slots.take();
        start(owned, call);
      }
    }
    if (run.ready.length > 0 && run.slots < run.input.maxConcurrentNodes) slots.wait(owned);
  }

  /** The slot is taken: the start goes into the journal, the attempt begins with its commit. */
  function start(owned: Owned, call: Call): void {
    call.holdsSlot = true;
    append({ kind: 'start', run: owned, call });
  }

  function finish(owned: Owned): void {
    if (!owned.stored || owned.leaving) return;
    owned.leaving = true;
    append({
      kind: 'update',
      run: owned,
      row: {
        kind: 'finish',
        runId: owned.id,
        inboxSeq: owned.inboxSeq,
        status: owned.run.status,
        completedAt: Math.max(owned.run.now, owned.startedAt),
        progress: finishProgress(owned),
      },
    });
  }

  function release(owned: Owned, wakeAt: number): void {
    owned.leaving = true;
    settleIdle(owned);
    append({
      kind: 'update',
      run: owned,
      row: {
        kind: 'release',
        runId: owned.id,
        inboxSeq: owned.inboxSeq,
        wakeAt,
        progress: progressText(owned),
      },
    });
  }

  /** A run that only waits is not charged for it. */
  function noteIdle(owned: Owned): void {
    const { run } = owned;
    const idle = run.slots === 0 && run.ready.length === 0 && run.waits.size > 0;
    if (!idle) settleIdle(owned);
    else owned.idleSince ??= clock.wall();
  }

  function settleIdle(owned: Owned): void {
    if (owned.idleSince === undefined) return;
    owned.idleMs += Math.max(0, clock.wall() - owned.idleSince);
    owned.idleSince = undefined;
  }

  /** Looks after a run's time limits, its parking and what others see of it. */
  function tend(owned: Owned): void {
    if (owned.dropped || owned.leaving || !owned.stored) return;
    const { run } = owned;
    const now = clock.wall();
    if (run.status === 'running' && now >= limitOf(owned, now)) {
      stop(owned, { status: 'timeout', grace: true, reason: 'time limit' });
      return;
    }
    const wake = owned.idleSince === undefined ? undefined : nextWake(owned);
    if (wake !== undefined && wake - now > PARK_AFTER_MS) release(owned, wake);
    else if (clock.mono() - owned.progressAt >= PROGRESS_EVERY_MS) noteProgress(owned);
  }

  /** When the run is out of time: its timeout does not count waiting, its deadline does. */
  function limitOf(owned: Owned, now: number): number {
    const { timeoutMs, deadlineAt } = owned.run.input;
    const idleMs = owned.idleMs + (owned.idleSince === undefined ? 0 : now - owned.idleSince);
    return Math.min(owned.startedAt + timeoutMs + idleMs, deadlineAt ?? Number.POSITIVE_INFINITY);
  }

  function nextWake(owned: Owned): number | undefined {
    let wake = owned.run.input.deadlineAt ?? Number.POSITIVE_INFINITY;
    for (const wait of owned.run.waits.values()) {
      if (wait.kind === 'run') return undefined;
      wake = Math.min(wake, wait.until);
    }
    return wake;
  }

  function resume(owned: Owned, started: readonly StartedAttempt[]): void {
    const { run } = owned;
    for (const [node, wait] of run.waits) {
      if (wait.kind === 'run') ports.watch(owned, node, wait.runId);
      else setTimer(owned, node, wait.until);
    }
    for (const { node, attempt, startedAt } of started) {
      if (statusOf(run, node) !== 'running' || attemptOf(run, node) !== attempt) continue;
      const call: InFlight = { node, attempt, startedAt, promoted: true, ended: true };
      handle(owned, lostAttempt(run, call, { at: clock.wall(), random: ports.random.next() }), {
        call,
      });
    }
  }

  function stored(owned: Owned): void {
    if (owned.run.phase === 'over') finish(owned);
    else pump(owned);
  }

  function take(owned: Owned, item: InboxItem): void {
    owned.inboxSeq = Math.max(owned.inboxSeq, item.seq);
    const { run } = owned;
    append({ kind: 'consumed', run: owned, row: { runId: owned.id, seq: item.seq } });
    const stoppable =
      run.phase !== 'over' && run.status !== 'cancelled' && run.status !== 'timeout';
    if (!stoppable) return;
    const reason =
      typeof item.body.actor === 'string' ? `cancelled by ${item.body.actor}` : 'cancelled';
    stop(owned, { status: 'cancelled', grace: item.body.mode !== 'immediate', reason });
  }

  function childEnded(
    owned: Owned,
    node: number,
    child: { readonly runId: string; readonly status: RunStatus },
  ): void {
    if (owned.dropped || owned.leaving || owned.run.waits.get(node)?.kind !== 'run') return;
    const output = { run_id: child.runId, status: child.status };
    const at = clock.wall();
    const attempt = attemptOf(owned.run, node);
    const base = { type: 'ended', at, node, attempt, startedAt: at, output } as const;
    const event: AttemptEnded =
      child.status === 'completed'
        ? { ...base, status: 'completed' }
        : { ...base, status: 'failed', error: childError(child) };
    handle(owned, event, { output: JSON.stringify(output) });
  }

  function noteProgress(owned: Owned): void {
    if (!owned.stored || owned.leaving || owned.dropped) return;
    owned.progressAt = clock.mono();
    if (owned.seq === owned.progressSeq) return;
    owned.progressSeq = owned.seq;
    append({
      kind: 'update',
      run: owned,
      row: {
        kind: 'progress',
        runId: owned.id,
        status: owned.run.status,
        progress: progressText(owned),
      },
    });
  }

  return { handle, stop, pump, startReady, stored, resume, take, childEnded, release, tend };
}
