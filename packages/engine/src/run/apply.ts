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
import { InvalidJobStateError } from '@tenuto/contract';
import type { AttemptEnded, Effect, RunEvent, StopEvent } from './event.ts';
import { consider, settle } from './release.ts';
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
  specOf,
  statusOf,
} from './state.ts';

/** @throws InvalidJobStateError when the event cannot happen to a run in this state. */
export function apply(run: RunState, event: RunEvent): Effect[] {
  const effects: Effect[] = [];
  check(run, event);
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
      if (run.waits.get(event.node)?.kind === 'retry') makeReady(run, event.node);
      break;
    case 'stop':
      stop(run, event, effects);
      break;
  }
  settle(run);
  advance(run, effects);
  return effects;
}

/**
 * The next node to start, its slot reserved and its attempt counted, or -1 when there is none or
 * the run has no free slot.
 */
export function nextStart(run: RunState): number {
  if (run.slots >= run.input.maxConcurrentNodes) return -1;
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

/** The attempts that are going on, as the run knows it. */
export function runningAttempts(
  run: RunState,
): { readonly node: number; readonly attempt: number }[] {
  const running: { node: number; attempt: number }[] = [];
  for (let node = 0; node < run.size && running.length < run.slots; node += 1) {
    if (statusOf(run, node) !== 'running' || specOf(run, node).uses === undefined) continue;
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

function check(run: RunState, event: RunEvent): void {
  const refuse = (message: string): never => {
    throw new InvalidJobStateError(message, run.id);
  };
  switch (event.type) {
    case 'begin':
      if (run.begun) refuse('The run has begun and cannot begin again.');
      break;
    case 'ended':
    case 'waiting':
      if (!mayReport(run, event)) {
        refuse(`Attempt ${event.attempt} of node ${event.node} is not going on.`);
      }
      break;
    case 'stop':
      if (run.phase === 'over' || run.status === 'cancelled' || run.status === 'timeout') {
        refuse(`The run is ${run.status} and cannot be stopped.`);
      }
      break;
  }
}

/** Whether an attempt may be going on. In a journal, no start is told of: a later one may be. */
function mayReport(run: RunState, event: { readonly node: number; readonly attempt: number }) {
  const { node, attempt } = event;
  if (node < 0 || node >= run.size || specOf(run, node).uses === undefined) return false;
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
  if (statusOf(run, node) === 'running') run.slots -= 1;
  run.waits.delete(node);
  setAttempt(run, node, event.attempt);
  if (isLoss(event)) addLoss(run, node);
  noteTimes(run, event);
  if (event.retryAt !== undefined && run.phase !== 'stopping') {
    run.errors.set(node, event.error ?? UNKNOWN_ERROR);
    setStatus(run, node, 'waiting');
    run.waits.set(node, { kind: 'retry', until: event.retryAt, since: event.at });
    effects.push({ type: 'timer', node, at: event.retryAt });
    return;
  }
  keepOutput(run, event);
  if (event.error === undefined) run.errors.delete(node);
  else run.errors.set(node, event.error);
  setStatus(run, node, event.status);
  run.settled.push(node);
}

/** A journal does not tell an output of null from none; what completed has one. */
function keepOutput(run: RunState, { node, status, output = null }: AttemptEnded): void {
  if (run.plan.outputKept[patternOf(run, node)] !== 1) return;
  if (status === 'completed' || output !== null) run.outputs.set(node, output);
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
  if (run.phase === 'stopping') cancelNode(run, node, effects);
  else if (wait.kind === 'time') effects.push({ type: 'timer', node, at: wait.until });
}

function makeReady(run: RunState, node: number): void {
  run.waits.delete(node);
  setStatus(run, node, 'ready');
  run.ready.push(node, specOf(run, node).priority);
}

function stop(run: RunState, event: StopEvent, effects: Effect[]): void {
  for (const { node, attempt } of event.running) resumeAttempt(run, node, attempt);
  if (event.status !== 'failed') run.status = event.status;
  const hurry = run.phase === 'stopping' && !event.grace;
  if (run.phase === 'work' || hurry) stopWork(run, event.grace, effects);
}

/** Cancels what has not started and tells what is going on to abort. Cleanup nodes stay. */
function stopWork(run: RunState, grace: boolean, effects: Effect[]): void {
  run.phase = 'stopping';
  run.ready.clear();
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant) || isTerminal(run, node)) continue;
    const spec = specOf(run, node);
    if (spec.type === 'cleanup') continue;
    if (statusOf(run, node) === 'running' && spec.uses !== undefined) {
      effects.push({ type: 'abort', node, grace });
    } else {
      cancelNode(run, node, effects);
    }
  }
}

function cancelNode(run: RunState, node: number, effects: Effect[]): void {
  const wait = run.waits.get(node);
  if (wait?.kind === 'run') effects.push({ type: 'cancelRun', runId: wait.runId });
  run.waits.delete(node);
  setStatus(run, node, 'cancelled');
  run.open -= 1;
}

/** Moves on to cleanup, and to the end, when nothing holds the present phase up. */
function advance(run: RunState, effects: Effect[]): void {
  if ((run.phase === 'work' || run.phase === 'stopping') && run.open === 0) startCleanup(run);
  if (run.phase === 'cleanup' && run.open === 0) {
    run.phase = 'over';
    if (run.status === 'running') run.status = run.failures > 0 ? 'failed' : 'completed';
    effects.push({ type: 'finish' });
  }
}

function startCleanup(run: RunState): void {
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
  settle(run);
}
