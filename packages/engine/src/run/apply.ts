/**
 * The run state machine. `apply` updates a run in place by one event and says what must happen
 * outside; `nextStart` hands out the nodes that may start now. Neither does I/O, reads a clock or
 * draws a random number: a run is restored by applying its journal again.
 *
 *   pending -> ready -> running -> completed | failed | timeout | cancelled
 *      |                  |  ^
 *      v                  v  |
 *   skipped | failed    waiting          (skipped: guard, branch; failed: upstream_failed)
 */
import { InvalidJobStateError, type Json, type JsonObject, type RunStatus } from '@tenuto/contract';
import type { AttemptEnded, Effect, RunEvent, StopEvent } from './event.ts';
import { tallyEnd } from './policy-tally.ts';
import { recover, recoverNode } from './recovery.ts';
import { obstacleTo } from './recovery-obstacle.ts';
import { RUN } from './recovery-step.ts';
import { consider, countFailure, settle } from './release.ts';
import { makeReady, waitForRetry } from './releasing.ts';
import { traceRetry } from './retry-trace.ts';
import { beginRound, roundOf, usesOf } from './round.ts';
import { cancelSessions, closeRunSession, openSession } from './sessions.ts';
import {
  addLoss,
  attemptOf,
  clearFlag,
  countOf,
  FLAG,
  hasFlag,
  isTerminal,
  patternOf,
  type RunState,
  setAttempt,
  setStatus,
  statusOf,
} from './state.ts';
import { cancelNode, stopWork } from './stopping.ts';
import { abortedForUndo, isDraining, undoEnded, undoNext } from './undo.ts';

/** @throws InvalidJobStateError when the event cannot happen to a run in this state. */
export function apply(run: RunState, event: RunEvent): Effect[] {
  const effects: Effect[] = [];
  const objection = objectionTo(run, event);
  if (objection !== undefined) throw new InvalidJobStateError(objection, run.id);
  run.now = event.at;
  switch (event.type) {
    case 'begin':
      begin(run);
      break;
    case 'ended':
      attemptEnded(run, event, effects);
      break;
    case 'waiting':
      nodeWaits(run, event, effects);
      break;
    case 'due':
      if (run.waits.get(event.node)?.kind !== 'retry') break;
      if (event.until === undefined) makeReady(run, event.node);
      else waitForRetry(run, event.node, event.until, effects);
      break;
    case 'pause':
      run.paused = true;
      run.status = 'paused';
      break;
    case 'resume':
      run.paused = false;
      run.status = 'running';
      break;
    case 'signal':
      run.signals.set(event.name, [...(run.signals.get(event.name) ?? []), event.payload]);
      break;
    case 'give_up':
      run.waits.delete(event.node);
      setStatus(run, event.node, 'failed');
      run.settled.push(event.node);
      break;
    case 'recover':
      markRunning(run, event.running);
      // Those of before are written already, with the end that is taken back.
      if (run.phase === 'over') run.tallies.clear();
      recover(run, event, effects);
      break;
    case 'stop':
      stop(run, event, effects);
      break;
  }
  settle(run, effects);
  advance(run, effects);
  return effects;
}

/**
 * The next node to start, its slot reserved and its attempt counted, or -1 when there is none or
 * the run has no free slot.
 */
export function nextStart(run: RunState): number {
  if (run.paused || run.slots >= run.input.maxConcurrentNodes) return -1;
  let node = run.ready.pop();
  while (node >= 0 && statusOf(run, node) !== 'ready') node = run.ready.pop();
  if (node < 0) return -1;
  run.slots += 1;
  setStatus(run, node, 'running');
  setAttempt(run, node, attemptOf(run, node) + 1);
  return node;
}

/** Whether a failure asks for the rest to be stopped at once: the owner then applies a `stop`. */
export function wantsStop(run: RunState): boolean {
  return run.input.failFast && run.failures > 0 && run.phase === 'work';
}

/** A node that waits for a message that has come, with what it says. */
export function answeredNode(
  run: RunState,
): { readonly node: number; readonly payload: Json } | undefined {
  if (run.signals.size === 0) return undefined;
  let first: { node: number; since: number; payload: Json } | undefined;
  for (const [node, wait] of run.waits) {
    if (wait.kind !== 'signal' || wait.since >= (first?.since ?? Number.POSITIVE_INFINITY))
      continue;
    const payload = run.signals.get(wait.name)?.[0];
    if (payload !== undefined) first = { node, since: wait.since, payload };
  }
  return first;
}

/** The attempts that are going on, as the run knows it. */
export function runningAttempts(
  run: RunState,
): { readonly node: number; readonly attempt: number }[] {
  const running: { node: number; attempt: number }[] = [];
  for (let node = 0; node < run.size && running.length < run.slots; node += 1) {
    if (statusOf(run, node) !== 'running' || usesOf(run, node) === undefined) continue;
    running.push({ node, attempt: attemptOf(run, node) });
  }
  return running;
}

/** Marks an attempt as going on that was started before a restart. */
export function resumeAttempt(run: RunState, node: number, attempt: number): void {
  if (isTerminal(run, node)) return;
  if (statusOf(run, node) !== 'running') run.slots += 1;
  run.waits.delete(node);
  setStatus(run, node, 'running');
  setAttempt(run, node, attempt);
}

/** Why an event cannot happen to a run in its present state; undefined when it can. */
export function objectionTo(run: RunState, event: RunEvent): string | undefined {
  const { phase, status } = run;
  switch (event.type) {
    case 'begin':
      return run.begun ? 'The run has begun and cannot begin again.' : undefined;
    case 'ended':
    case 'waiting':
      if (mayReport(run, event)) return undefined;
      return `Attempt ${event.attempt} of node ${event.node} is not going on.`;
    case 'stop':
      if (phase !== 'over' && !STOPPED.has(status)) return undefined;
      return `The run is ${status} and cannot be stopped.`;
    case 'pause':
      return phase === 'work' && !run.paused ? undefined : `The run is ${status}: it cannot pause.`;
    case 'resume':
      return run.paused ? undefined : `The run is ${status} and not paused.`;
    case 'signal':
      return phase === 'over' ? `The run is ${status}: nobody waits for a signal.` : undefined;
    case 'give_up':
      if (phase === 'work' && run.waits.get(event.node)?.kind === 'retry') return undefined;
      return `Node ${event.node} does not wait for a retry.`;
    case 'recover':
      return obstacleTo(run, event);
    case 'due':
      return undefined;
  }
}

/** Ends that a stop has brought about; what it has stopped may still be going on. */
const STOPPED: ReadonlySet<RunStatus> = new Set(['cancelled', 'timeout', 'aborted']);

/** Whether an attempt may be going on. In a journal, no start is told of: a later one may be. */
function mayReport(run: RunState, event: { readonly node: number; readonly attempt: number }) {
  const { node, attempt } = event;
  if (node < 0 || node >= run.size || usesOf(run, node) === undefined) return false;
  const status = statusOf(run, node);
  const between = status === 'ready' || run.waits.get(node)?.kind === 'retry';
  if (between) return attempt > attemptOf(run, node);
  return (status === 'running' || status === 'waiting') && attempt === attemptOf(run, node);
}

function begin(run: RunState): void {
  run.begun = true;
  for (let i = 0; i < run.plan.nodeCount; i += 1) {
    if (!hasFlag(run, i, FLAG.dormant)) consider(run, i);
  }
}

function attemptEnded(run: RunState, event: AttemptEnded, effects: Effect[]): void {
  const { node } = event;
  traceRetry(run, event);
  tallyEnd(run, event);
  if (statusOf(run, node) === 'running') run.slots -= 1;
  if (event.status === 'completed') hearSignal(run, node);
  run.waits.delete(node);
  setAttempt(run, node, event.attempt);
  if (isLoss(event)) addLoss(run, node);
  noteTimes(run, event);
  const { kind } = roundOf(run, node);
  const draining = isDraining(run);
  if (event.retryAt !== undefined && run.phase !== 'stopping' && !draining) {
    run.errors.set(node, event.error ?? UNKNOWN_ERROR);
    waitForRetry(run, node, event.retryAt, effects);
  } else if (kind === 'rollback') {
    if (run.phase === 'undoing') undoEnded(run, event, effects);
    else settleAs(run, node, 'cancelled');
  } else if (kind === 'probe' && event.status === 'completed' && !hasDone(event)) {
    beginRound(run, node, { kind: 'work', renewed: false });
    makeReady(run, node);
  } else if (event.recovery !== undefined && run.phase === 'work') {
    recoverNode(run, event, event.recovery, effects);
  } else {
    keepOutput(run, kind === 'probe' ? foundBy(event) : event);
    if (event.error === undefined) run.errors.delete(node);
    else run.errors.set(node, event.error);
    if (draining) abortedForUndo(run, event, effects);
    else settleAs(run, node, event.status);
  }
}

function settleAs(run: RunState, node: number, status: AttemptEnded['status']): void {
  setStatus(run, node, status);
  run.settled.push(node);
}

/** A journal does not tell an output of null from none; what completed has one. */
function keepOutput(run: RunState, { node, status, output = null }: AttemptEnded): void {
  if (run.plan.outputKept[patternOf(run, node)] !== 1) return;
  if (status === 'completed' || output !== null) run.outputs.set(node, output);
}

/** The message that the node has waited for is heard by nobody else. */
function hearSignal(run: RunState, node: number): void {
  const wait = run.waits.get(node);
  if (wait?.kind !== 'signal') return;
  const [, ...later] = run.signals.get(wait.name) ?? [];
  if (later.length > 0) run.signals.set(wait.name, later);
  else run.signals.delete(wait.name);
}

/** Whether a probe has found that the node's work had been done. */
function hasDone({ output }: AttemptEnded): boolean {
  return isObject(output) && output.done === true;
}

/** The node's output, as a probe has found it. */
function foundBy(event: AttemptEnded): AttemptEnded {
  const { output } = event;
  return { ...event, output: isObject(output) ? (output.output ?? null) : null };
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

const UNKNOWN_ERROR = { classification: 'unknown', type: 'unknown', message: '' } as const;

/** Whether the node may have been what killed its engine or worker; one that stops has not died. */
function isLoss({ error }: AttemptEnded): boolean {
  return error?.classification === 'infrastructure' && error.type !== 'engine_stopped';
}

function noteTimes(run: RunState, event: AttemptEnded): void {
  if (run.plan.outputKept[patternOf(run, event.node)] !== 1) return;
  run.times.set(event.node, { startedAt: event.startedAt, endedAt: event.at });
}

function nodeWaits(
  run: RunState,
  event: Extract<RunEvent, { type: 'waiting' }>,
  effects: Effect[],
): void {
  const { node, wait } = event;
  if (statusOf(run, node) === 'running') run.slots -= 1;
  setAttempt(run, node, event.attempt);
  setStatus(run, node, 'waiting');
  run.waits.set(node, { ...wait, since: event.at });
  if (run.phase === 'stopping') {
    cancelNode(run, node, effects);
    run.open -= 1;
  } else if (isDraining(run)) {
    cancelNode(run, node, effects);
    undoNext(run, effects);
  } else if (wait.kind !== 'run' && wait.until !== undefined) {
    effects.push({ type: 'timer', node, at: wait.until });
  }
}

function stop(run: RunState, event: StopEvent, effects: Effect[]): void {
  markRunning(run, event.running);
  if (event.status !== 'failed') run.status = event.status;
  else if (run.paused) run.status = 'running';
  const hurry = run.phase === 'stopping' && !event.grace;
  if (run.phase !== 'cleanup' && (run.phase !== 'stopping' || hurry)) {
    if (run.wanted !== undefined) countFailure(run, run.wanted.node);
    run.wanted = undefined;
    run.undo = undefined;
    cancelSessions(run, effects);
    stopWork(run, event.grace, effects);
  }
  if (event.step !== undefined) {
    openSession(run, RUN, { step: event.step, before: event.before ?? 'running' }, effects);
  }
}

function markRunning(run: RunState, running: StopEvent['running']): void {
  for (const { node, attempt } of running) resumeAttempt(run, node, attempt);
}

/** Moves on to cleanup, and to the end, when nothing holds the present phase up. */
function advance(run: RunState, effects: Effect[]): void {
  if (run.paused) return;
  const done = run.phase === 'work' || run.phase === 'stopping';
  if (done && run.open === 0) startCleanup(run, effects);
  if (run.phase === 'cleanup' && run.open === 0) {
    run.phase = 'over';
    if (run.status === 'running') run.status = run.failures > 0 ? 'failed' : 'completed';
    if (run.sessions.size > 0) closeRunSession(run, effects);
    effects.push({ type: 'finish' });
  }
}

function startCleanup(run: RunState, effects: Effect[]): void {
  run.phase = 'cleanup';
  const left = countOf(run, 'pending');
  if (left === 0) return;
  run.open = left;
  for (let i = 0; i < run.plan.nodeCount; i += 1) {
    if (run.plan.specs[i]?.type === 'cleanup') clearFlag(run, i, FLAG.gated);
  }
  for (let i = 0; i < run.plan.nodeCount; i += 1) {
    if (run.plan.specs[i]?.type === 'cleanup') consider(run, i);
  }
  settle(run, effects);
}
