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
  admit,
  attemptOf,
  clearFlag,
  countOf,
  FLAG,
  hasFlag,
  isTerminal,
  patternOf,
  type RunState,
  setAttempt,
  setFlag,
  setStatus,
  specOf,
  statusOf,
} from './state.ts';

/** @throws InvalidJobStateError when the event cannot happen to a run in this state. */
export function apply(run: RunState, event: RunEvent): Effect[] {
  const effects: Effect[] = [];
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
      if (statusOf(run, event.node) === 'waiting') makeReady(run, event.node);
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

/** Marks an attempt as going on that was started before a restart. */
export function resumeAttempt(run: RunState, node: number, attempt: number): void {
  if (isTerminal(run, node)) return;
  if (statusOf(run, node) !== 'running') run.slots += 1;
  run.waits.delete(node);
  setStatus(run, node, 'running');
  setAttempt(run, node, attempt);
}

function begin(run: RunState): void {
  const { plan } = run;
  for (let i = 0; i < plan.nodeCount; i += 1) {
    if ((plan.patterns[i] ?? -1) >= 0) {
      setFlag(run, i, FLAG.dormant);
      continue;
    }
    const parents = (plan.predecessorOffsets[i + 1] ?? 0) - (plan.predecessorOffsets[i] ?? 0);
    const cleanup = plan.specs[i]?.type === 'cleanup';
    admit(run, i, parents, cleanup || (plan.groups[i] ?? -1) >= 0);
    if (!cleanup) run.open += 1;
  }
  for (let i = 0; i < plan.nodeCount; i += 1) {
    if (!hasFlag(run, i, FLAG.dormant)) consider(run, i);
  }
}

function attemptEnded(run: RunState, event: AttemptEnded, effects: Effect[]): void {
  const { node } = event;
  if (isTerminal(run, node)) {
    throw new InvalidJobStateError(`Node ${node} has ended and cannot end again.`, run.id);
  }
  if (statusOf(run, node) === 'running') run.slots -= 1;
  run.waits.delete(node);
  setAttempt(run, node, event.attempt);
  if (event.error?.classification === 'infrastructure') addLoss(run, node);
  noteTimes(run, event);
  if (event.retryAt !== undefined && run.phase !== 'stopping') {
    run.errors.set(node, event.error ?? UNKNOWN_ERROR);
    setStatus(run, node, 'waiting');
    run.waits.set(node, { kind: 'retry', until: event.retryAt });
    effects.push({ type: 'timer', node, at: event.retryAt });
    return;
  }
  if (event.output !== undefined && run.plan.outputKept[patternOf(run, node)] === 1) {
    run.outputs.set(node, event.output);
  }
  if (event.error === undefined) run.errors.delete(node);
  else run.errors.set(node, event.error);
  end(run, node, event.status);
}

const UNKNOWN_ERROR = { classification: 'unknown', type: 'unknown', message: '' } as const;

function noteTimes(run: RunState, event: AttemptEnded): void {
  if (run.plan.outputKept[patternOf(run, event.node)] !== 1) return;
  run.times.set(event.node, { startedAt: event.startedAt, endedAt: event.at });
}

/** A node that worked has ended: its successors are told, unless the run is being stopped. */
function end(run: RunState, node: number, status: AttemptEnded['status']): void {
  setStatus(run, node, status);
  run.settled.push(node);
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
  run.waits.set(node, wait);
  if (wait.kind === 'time') effects.push({ type: 'timer', node, at: wait.until });
  if (run.phase === 'stopping') cancelNode(run, node, effects);
}

function makeReady(run: RunState, node: number): void {
  run.waits.delete(node);
  setStatus(run, node, 'ready');
  run.ready.push(node, specOf(run, node).priority);
}

function stop(run: RunState, event: StopEvent, effects: Effect[]): void {
  if (run.phase === 'over' || run.status === 'cancelled' || run.status === 'timeout') {
    throw new InvalidJobStateError(`The run is ${run.status} and cannot be stopped.`, run.id);
  }
  for (const { node, attempt } of event.running) resumeAttempt(run, node, attempt);
  if (event.status !== 'failed') run.status = event.status;
  if (run.phase === 'work') stopWork(run, event.grace, effects);
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
  if (run.phase === 'stopping' && run.slots === 0) run.open = 0;
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
