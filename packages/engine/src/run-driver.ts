/**
 * Drives owned runs: an event is applied, journaled, and what follows from it is set going. Starts
 * go through the journal too, so nothing begins before what it depends on is durable.
 */
import type { RunStatus } from '@tenuto/contract';
import { nextWake, noteIdle, restoreIdle, timeLimitOf } from './idle.ts';
import { finishRun, noteProgress, releaseRun } from './leaving.ts';
import { childError, lostAttempt } from './outcomes.ts';
import { type Call, createCall, type Owned } from './owned.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { InboxItem } from './ports/inbox.ts';
import type { InFlight } from './record.ts';
import {
  type AttemptEnded,
  apply,
  attemptOf,
  type Effect,
  lossesOf,
  nextStart,
  type RunEvent,
  type RunState,
  runningAttempts,
  type StartedAttempt,
  type StopEvent,
  statusOf,
  wantsStop,
} from './run/index.ts';
import { type EndedExtra, journalEvent, journalNote } from './run-records.ts';
import type { Slots } from './slots.ts';

/** A node whose engine died under it this often runs alone. */
const SUSPECT_LOSSES = 2;
/** The longest that one timer of the platform can be set for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const PROGRESS_EVERY_MS = 1_000;
/** A run stays for so long at least: long enough to hear whether what it waits for has ended. */
const STAY_MS = 3_000;
/** A run that made room looks again after this long at the runs it waits for. */
const LOOK_AGAIN_MS = 10_000;

/** What driving needs of the engine around it. */
export interface DriverPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly slots: Slots;
  /** A run that only waits leaves memory when nothing happens for this long. */
  readonly parkAfterMs: number;
  /** Aborts an attempt; after its grace it is ended whatever it does. */
  abort(call: Call, reason: 'cancelled' | 'timeout', grace: boolean): void;
  /** A node waits for another run. */
  watch(owned: Owned, node: number, runId: string): void;
  cancelRun(runId: string): void;
  /** There is no room for more runs. */
  crowded(): boolean;
  /** No new starts: the engine is going down. */
  draining(): boolean;
  /** What happened cannot happen to this run: a bug, which is this run's and nobody else's. */
  broken(owned: Owned, error: unknown): void;
}

/** Applies and journals an event, and sets going what follows. */
export function handle(
  ports: DriverPorts,
  owned: Owned,
  event: RunEvent,
  extra: EndedExtra = {},
): void {
  if (owned.dropped) return;
  let effects: Effect[];
  try {
    effects = apply(owned.run, event);
  } catch (error) {
    ports.broken(owned, error);
    return;
  }
  journalEvent(owned, event, extra);
  for (const effect of effects) carryOut(ports, owned, effect);
  if (failedFast(ports, owned)) return;
  pump(ports, owned);
  if (noteIdle(owned, ports.clock) < PROGRESS_EVERY_MS) return;
  // Together with what ended the wait: whoever takes over now must not charge for it.
  owned.progressSeq = -1;
  noteProgress(owned, ports.clock);
}

function failedFast(ports: DriverPorts, owned: Owned): boolean {
  if (owned.dropped || !wantsStop(owned.run)) return false;
  stopRun(ports, owned, { status: 'failed', grace: true, reason: 'fail_fast' });
  return true;
}

function carryOut(ports: DriverPorts, owned: Owned, effect: Effect): void {
  switch (effect.type) {
    case 'timer':
      setTimer(ports, owned, effect.node, effect.at);
      break;
    case 'abort': {
      const call = owned.calls.get(effect.node);
      if (call !== undefined) ports.abort(call, abortReason(owned.run), effect.grace);
      break;
    }
    case 'cancelRun':
      ports.cancelRun(effect.runId);
      break;
    case 'finish':
      finishRun(owned);
      break;
  }
}

/** What the attempts of a run that is being stopped end as. */
function abortReason(run: RunState): 'cancelled' | 'timeout' {
  return run.status === 'timeout' ? 'timeout' : 'cancelled';
}

function setTimer(ports: DriverPorts, owned: Owned, node: number, at: number): void {
  const { clock } = ports;
  owned.timers.get(node)?.();
  const wait = Math.min(Math.max(0, at - clock.wall()), LONGEST_TIMER_MS);
  const cancel = clock.after(wait, () => {
    owned.timers.delete(node);
    if (clock.wall() < at) setTimer(ports, owned, node, at);
    else timerFired(ports, owned, node);
  });
  owned.timers.set(node, cancel);
}

function timerFired(ports: DriverPorts, owned: Owned, node: number): void {
  const wait = owned.run.waits.get(node);
  if (owned.dropped || owned.leaving || wait === undefined || wait.kind === 'run') return;
  const at = ports.clock.wall();
  if (wait.kind === 'retry') {
    handle(ports, owned, { type: 'due', at, node });
    return;
  }
  const output = { until: new Date(wait.until).toISOString() };
  const event = { ...endOfWait(owned, node, at), status: 'completed', output } as const;
  handle(ports, owned, event, { output: JSON.stringify(output) });
}

function endOfWait(owned: Owned, node: number, at: number) {
  const startedAt = owned.run.waits.get(node)?.since ?? at;
  return { type: 'ended', at, node, attempt: attemptOf(owned.run, node), startedAt } as const;
}

/** Gives the rest of a run up: cancelled, out of time, or failed fast. */
export function stopRun(
  ports: DriverPorts,
  owned: Owned,
  wanted: Pick<StopEvent, 'status' | 'grace' | 'reason'>,
): void {
  const running = runningAttempts(owned.run);
  if (owned.run.phase === 'work') {
    for (const cancel of owned.timers.values()) cancel();
    owned.timers.clear();
  }
  handle(ports, owned, { type: 'stop', at: ports.clock.wall(), running, ...wanted });
  noteProgress(owned, ports.clock);
}

/** Starts what may start, behind the runs that wait for a slot already. */
export function pump(ports: DriverPorts, owned: Owned): void {
  if (owned.run.ready.length === 0 || ports.draining() || owned.leaving || owned.dropped) return;
  if (ports.slots.contended) ports.slots.wait(owned);
  else startReady(ports, owned);
}

/** The same for a run whose turn it is. */
export function startReady({ slots }: DriverPorts, owned: Owned): void {
  const { run } = owned;
  while (slots.free) {
    const node = nextStart(run);
    if (node < 0) return;
    const call = createCall(owned, node, attemptOf(run, node));
    owned.calls.set(node, call);
    if (lossesOf(run, node) >= SUSPECT_LOSSES) {
      slots.alone(() => start(slots, owned, call));
    } else {
      slots.take();
      start(slots, owned, call);
    }
  }
  if (run.ready.length > 0 && run.slots < run.input.maxConcurrentNodes) slots.wait(owned);
}

/** The slot is taken: the start goes into the journal, the attempt begins with its commit. */
function start(slots: Slots, owned: Owned, call: Call): void {
  // A node that waited for running alone may have been given up meanwhile.
  if (call.state === 'ended' || owned.dropped) {
    slots.give();
    return;
  }
  call.holdsSlot = true;
  owned.journal.append({ kind: 'start', run: owned, call });
}

/** The run's row is in the database: what had to wait for that happens now. */
export function runStored(ports: DriverPorts, owned: Owned): void {
  if (owned.run.phase === 'over') {
    finishRun(owned);
  } else if (!failedFast(ports, owned)) {
    pump(ports, owned);
    restoreIdle(owned);
  }
}

/** Sets a run going that came into memory; attempts that were going on are lost. */
export function resumeRun(
  ports: DriverPorts,
  owned: Owned,
  started: readonly StartedAttempt[],
): void {
  const { run } = owned;
  for (const [node, wait] of run.waits) {
    if (wait.kind === 'run') ports.watch(owned, node, wait.runId);
    else setTimer(ports, owned, node, wait.until);
  }
  for (const { node, attempt, startedAt } of started) {
    if (statusOf(run, node) !== 'running' || attemptOf(run, node) !== attempt) continue;
    const call: InFlight = { node, attempt, startedAt, promoted: true, ended: true };
    const moment = { at: ports.clock.wall(), random: ports.random.next() };
    handle(ports, owned, lostAttempt(run, call, moment), { call });
  }
}

/** Carries out what reached the run from outside. */
export function takeItem(ports: DriverPorts, owned: Owned, item: InboxItem): void {
  const { run } = owned;
  owned.inboxSeq = Math.max(owned.inboxSeq, item.seq);
  const row = { runId: owned.id, seq: item.seq };
  owned.journal.append({ kind: 'consumed', run: owned, row });
  if (run.phase === 'over' || run.status === 'cancelled' || run.status === 'timeout') return;
  const { actor, mode } = item.body;
  const reason = typeof actor === 'string' ? `cancelled by ${actor}` : 'cancelled';
  stopRun(ports, owned, { status: 'cancelled', grace: mode !== 'immediate', reason });
}

/** A run that a node waited for has ended. */
export function childEnded(
  ports: DriverPorts,
  owned: Owned,
  node: number,
  child: { readonly runId: string; readonly status: RunStatus },
): void {
  const wait = owned.run.waits.get(node);
  if (owned.dropped || owned.leaving) return;
  if (wait?.kind !== 'run' || wait.runId !== child.runId) return;
  const output = { run_id: child.runId, status: child.status };
  const base = { ...endOfWait(owned, node, ports.clock.wall()), output };
  const event: AttemptEnded =
    child.status === 'completed'
      ? { ...base, status: 'completed' }
      : { ...base, status: 'failed', error: childError(child) };
  handle(ports, owned, event, { output: JSON.stringify(output) });
}

/** A result came after its attempt had been ended: it is noted, and changes nothing. */
export function noteLate(
  { clock }: DriverPorts,
  owned: Owned,
  body: { readonly node: number; readonly attempt: number; readonly status: string },
): void {
  if (owned.dropped || owned.leaving || !owned.stored) return;
  journalNote(owned, { type: 'late', at: clock.wall(), body });
}

/** Looks after a run's time limits, its parking and what others see of it. */
export function tendRun(ports: DriverPorts, owned: Owned): void {
  const { clock } = ports;
  if (owned.dropped || owned.leaving || !owned.stored) return;
  const now = clock.wall();
  if (owned.run.status === 'running' && now >= timeLimitOf(owned, now)) {
    stopRun(ports, owned, { status: 'timeout', grace: true, reason: 'time limit' });
    return;
  }
  const wake = parkUntil(ports, owned, now);
  if (wake !== undefined) releaseRun(owned, wake);
  else if (clock.mono() - owned.progressAt >= PROGRESS_EVERY_MS) noteProgress(owned, clock);
}

/**
 * Until when a run may leave memory, if it may: for long when it has nothing to do for long, for a
 * little when others need its room. The runs that it waits for may be among them.
 */
function parkUntil(ports: DriverPorts, owned: Owned, now: number): number | undefined {
  const settled = ports.clock.mono() - owned.arrivedAt >= STAY_MS;
  const crowded = settled && ports.crowded();
  const wake = nextWake(owned, crowded ? now + LOOK_AGAIN_MS : undefined);
  const least = crowded ? Math.min(STAY_MS, ports.parkAfterMs) : ports.parkAfterMs;
  return wake !== undefined && wake - now > least ? wake : undefined;
}
