/**
 * Drives owned runs: an event is applied, journaled, and what follows from it is set going. Starts
 * go through the journal too, so nothing begins before what it depends on is durable.
 */
import type { RunStatus } from '@tenuto/contract';
import type { DriverPorts } from './driver-ports.ts';
import { noteIdle, restoreIdle } from './idle.ts';
import { finishRun, noteProgress } from './leaving.ts';
import { childError, noSignal } from './outcomes.ts';
import type { Owned } from './owned.ts';
import { asidesOf } from './recovery-asides.ts';
import { goingOn, withRecovery } from './recovery-steps.ts';
import {
  type AttemptEnded,
  answeredNode,
  apply,
  attemptOf,
  type Effect,
  objectionTo,
  type RecoverEvent,
  type RunEvent,
  type RunState,
  retryDue,
  runningAttempts,
  type StopEvent,
  wantsStop,
} from './run/index.ts';
import { type EndedExtra, journalEvent, journalNote } from './run-records.ts';
import { pump } from './run-starts.ts';

/** The longest that one timer of the platform can be set for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
export const PROGRESS_EVERY_MS = 1_000;

/** Applies and journals an event, and sets going what follows. */
export function handle(
  ports: DriverPorts,
  owned: Owned,
  given: RunEvent,
  extra: EndedExtra = {},
): void {
  if (owned.dropped) return;
  const { run } = owned;
  const event = given.type === 'ended' ? withRecovery(ports, run, given) : given;
  const round = event.type === 'ended' ? run.rounds.get(event.node) : undefined;
  const before = run.status;
  let effects: Effect[];
  try {
    effects = apply(run, event);
  } catch (error) {
    ports.broken(owned, error, extra.call);
    return;
  }
  const asides = asidesOf(owned, effects, { at: event.at, newId: ports.newId });
  journalEvent(owned, event, extra, { round, asides, before });
  for (const effect of effects) carryOut(ports, owned, effect);
  if (failedFast(ports, owned) || pursueWanted(ports, owned)) return;
  deliverSignals(ports, owned);
  pump(ports, owned);
  const idleMs = noteIdle(owned, ports.clock);
  const endedInPause = run.paused && event.type === 'ended';
  if (idleMs < PROGRESS_EVERY_MS && !endedInPause) return;
  // Together with what ended the wait, or fell into it: whoever takes over must not charge for it.
  owned.progressSeq = -1;
  noteProgress(owned, ports.clock);
}

function failedFast(ports: DriverPorts, owned: Owned): boolean {
  if (owned.dropped || !wantsStop(owned.run)) return false;
  stopRun(ports, owned, { status: 'failed', grace: true, reason: 'fail_fast' });
  return true;
}

/** Begins the recovery of the whole run that the end of a node calls for. */
function pursueWanted(ports: DriverPorts, owned: Owned): boolean {
  const { wanted } = owned.run;
  if (wanted === undefined || owned.dropped) return false;
  const { step } = wanted;
  if (step.action === 'abort_execution') {
    abortRun(ports, owned, step);
    return true;
  }
  recoverRun(ports, owned, { step });
  return true;
}

/** Carries a recovery out that no attempt's end has brought about. */
export function recoverRun(
  ports: DriverPorts,
  owned: Owned,
  wanted: Pick<RecoverEvent, 'step' | 'node' | 'from' | 'also'>,
): void {
  const { run } = owned;
  if (run.phase === 'over') Object.assign(owned, { idleMs: 0, idleSince: undefined });
  const running = runningAttempts(run);
  const onward = goingOn(ports, run, wanted);
  const event = { type: 'recover', at: ports.clock.wall(), running, ...wanted } as const;
  handle(ports, owned, { ...event, ...(onward.length > 0 && { onward }) });
  noteProgress(owned, ports.clock);
}

/** Ends a run for good because of a recovery: by way of `recovering`, as the transitions ask. */
export function abortRun(ports: DriverPorts, owned: Owned, step: RecoverEvent['step']): void {
  const before = owned.run.status;
  if (before !== 'recovering') {
    const body = { from: before, to: 'recovering', actor: step.actor };
    journalNote(owned, { type: 'transition', at: ports.clock.wall(), body });
  }
  const reason = step.reason ?? 'a recovery policy says so';
  stopRun(ports, owned, { status: 'aborted', grace: true, reason, step, before });
}

/** Ends the waits of nodes for messages that have come. */
function deliverSignals(ports: DriverPorts, owned: Owned): void {
  const answered = answeredNode(owned.run);
  if (answered === undefined || owned.dropped) return;
  const { node, payload } = answered;
  owned.timers.get(node)?.();
  owned.timers.delete(node);
  const base = endOfWait(owned, node, ports.clock.wall());
  const event = { ...base, status: 'completed', output: payload } as const;
  handle(ports, owned, event, { output: JSON.stringify(payload) });
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
    case 'requeue':
      owned.requeued = true;
      for (const call of [...owned.calls.values()]) ports.lose(call);
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

export function setTimer(ports: DriverPorts, owned: Owned, node: number, at: number): void {
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
  if (owned.dropped || owned.leaving || wait === undefined) return;
  const at = ports.clock.wall();
  if (wait.kind === 'retry') {
    endDelay(ports, owned, node);
  } else if (wait.kind === 'time') {
    const output = { until: new Date(wait.until).toISOString() };
    const event = { ...endOfWait(owned, node, at), status: 'completed', output } as const;
    handle(ports, owned, event, { output: JSON.stringify(output) });
  } else if (wait.kind === 'signal') {
    handle(ports, owned, { ...endOfWait(owned, node, at), ...noSignal(wait) });
  }
}

/** The delay before a retry is over: it is made, unless its policy does not allow it by now. */
function endDelay(ports: DriverPorts, owned: Owned, node: number): void {
  const at = ports.clock.wall();
  const due = retryDue(owned.run, node, at);
  const givingUp = { type: 'give_up', at, node } as const;
  if (due === 'never' && objectionTo(owned.run, givingUp) === undefined) {
    const reason = 'The next attempt would start after the total time of the retry policy.';
    handle(ports, owned, givingUp, { said: { actor: 'policy', reason } });
  } else {
    handle(ports, owned, { type: 'due', at, node, ...(typeof due === 'number' && { until: due }) });
  }
}

function endOfWait(owned: Owned, node: number, at: number) {
  const startedAt = owned.run.waits.get(node)?.since ?? at;
  return { type: 'ended', at, node, attempt: attemptOf(owned.run, node), startedAt } as const;
}

/** Gives the rest of a run up: cancelled, out of time, or failed fast. */
export function stopRun(
  ports: DriverPorts,
  owned: Owned,
  wanted: Omit<StopEvent, 'type' | 'at' | 'running'>,
  extra: Pick<EndedExtra, 'said'> = {},
): void {
  const running = runningAttempts(owned.run);
  if (owned.run.phase === 'work' || owned.run.phase === 'undoing') {
    for (const cancel of owned.timers.values()) cancel();
    owned.timers.clear();
  }
  handle(ports, owned, { type: 'stop', at: ports.clock.wall(), running, ...wanted }, extra);
  noteProgress(owned, ports.clock);
}

/** The run's row is in the database: what had to wait for that happens now. */
export function runStored(ports: DriverPorts, owned: Owned): void {
  const { phase, status } = owned.run;
  if (phase === 'over') {
    // Somebody who cancels it again and again must not keep it from its end: once its row says that
    // it is cancelled, it takes no more cancels. It ends when that is committed.
    if (status === 'cancelled' && owned.status !== status) noteProgress(owned, ports.clock);
    else finishRun(owned);
  } else if (!failedFast(ports, owned) && !pursueWanted(ports, owned)) {
    deliverSignals(ports, owned);
    pump(ports, owned);
    restoreIdle(owned);
  }
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
