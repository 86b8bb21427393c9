/** Carrying out recoveries that are about one node, and those that run a run again. */
import type { Json } from '@tenuto/contract';
import type { AttemptEnded, Effect, RecoverEvent } from './event.ts';
import { noteFollowed } from './followed.ts';
import { type RecoveryStep, RUN } from './recovery-step.ts';
import { consider } from './release.ts';
import { makeReady, waitForRetry } from './releasing.ts';
import { isHeldBack, rerun } from './rerun.ts';
import { beginRound } from './round.ts';
import { closeSession, openSession } from './sessions.ts';
import { FLAG, hasFlag, type RunState, setFlag, setStatus, specOf, statusOf } from './state.ts';
import { forgetWait } from './stopping.ts';
import { beginUndo } from './undo.ts';

/** A node's last attempt has failed, and something is done about it. */
export function recoverNode(
  run: RunState,
  { node, error, status }: AttemptEnded,
  step: RecoveryStep,
  effects: Effect[],
): void {
  if (error !== undefined) run.errors.set(node, error);
  if (step.rule !== undefined) noteFollowed(run, step.rule, node);
  if (step.action === 'rollback_state' || step.action === 'abort_execution') {
    // What follows comes as an event of its own, which says what was going on.
    setStatus(run, node, status);
    run.wanted = { node, step };
    return;
  }
  openSession(run, node, { step, before: status }, effects);
  followStep(run, node, step, effects);
}

/** Does to a node what the recovery says. */
function followStep(run: RunState, node: number, step: RecoveryStep, effects: Effect[]): void {
  switch (step.action) {
    case 'retry_job':
    case 'requeue_job':
      beginRound(run, node, {
        kind: step.probe ? 'probe' : 'work',
        renewed: step.probe !== true && step.goesOn !== true,
        decided: step.decided === true,
      });
      if (mayStart(run, node)) waitForRetry(run, node, step.retryAt ?? run.now, effects);
      if (step.action === 'requeue_job') effects.push({ type: 'requeue' });
      break;
    case 'fallback_strategy':
      useFallback(run, node);
      if (mayStart(run, node)) makeReady(run, node);
      break;
    case 'skip_node':
      skip(run, node, step.with.result);
      break;
    case 'escalate_manual':
      ask(run, node, step, effects);
      break;
  }
}

function useFallback(run: RunState, node: number): void {
  beginRound(run, node, { kind: 'fallback', renewed: false });
}

/** Asks a person about a node, which waits for that, or about the run, which does not. */
function ask(run: RunState, node: number, step: RecoveryStep, effects: Effect[]): void {
  if (node !== RUN) {
    setStatus(run, node, 'waiting');
    run.waits.set(node, { kind: 'intervention', id: step.intervention ?? '', since: run.now });
  }
  effects.push({ type: 'ask', node, step });
}

/**
 * Whether nothing but time keeps a node from its next attempt: it has its place. One that somebody
 * was asked about before it was released, or that its group holds back, goes the way of all nodes.
 */
function mayStart(run: RunState, node: number): boolean {
  if (hasFlag(run, node, FLAG.active)) return true;
  if (statusOf(run, node) !== 'ready') {
    setStatus(run, node, 'pending');
    consider(run, node);
  }
  return statusOf(run, node) === 'ready' && hasFlag(run, node, FLAG.active);
}

/** Ends a node without its work; for those after it, it has completed with this output. */
function skip(run: RunState, node: number, result: unknown): void {
  run.outputs.set(node, (result ?? null) as Json);
  setFlag(run, node, FLAG.excused);
  setStatus(run, node, 'skipped');
  // Before it is its turn, cleanup is not among what is open.
  if (specOf(run, node).type === 'cleanup' && run.phase !== 'cleanup') run.open += 1;
  run.settled.push(node);
}

/** Carries out a recovery that was asked for: by hand, by a decision, or by the run's own state. */
export function recover(run: RunState, event: RecoverEvent, effects: Effect[]): void {
  const { step } = event;
  if (step.rule !== undefined) noteFollowed(run, step.rule, event.node ?? RUN);
  if (step.action === 'rollback_state') beginUndo(run, event, effects);
  else if (run.phase === 'over') reopen(run, event, effects);
  else if (event.node !== undefined) recoverWaiting(run, event.node, step, effects);
  else recoverRun(run, step, effects);
}

/** A run that failed or timed out goes on; the node that it is about is dealt with first. */
function reopen(run: RunState, event: RecoverEvent, effects: Effect[]): void {
  const { step, node, from = 'failed' } = event;
  const { action } = step;
  run.reopenedAt = event.at;
  openSession(run, RUN, { step, before: run.status }, effects);
  const about = node ?? run.firstFailure;
  const again =
    from === 'start'
      ? ({ from: 'cut', cut: 0 } as const)
      : node !== undefined && (from === 'node' || action === 'retry_job')
        ? ({ from: 'node', node, ...(event.also && { also: event.also }) } as const)
        : ({ from: 'failed', ...(event.onward && { onward: event.onward }) } as const);
  rerun(run, again, () => {
    if (from !== 'failed') return;
    if (action === 'skip_node' && node !== undefined) skip(run, node, step.with.result);
    // It does so when it is its turn.
    else if (action === 'fallback_strategy' && node !== undefined) useFallback(run, node);
    else if (action === 'escalate_manual')
      ask(run, mayWait(run, about) ? about : RUN, step, effects);
  });
}

/** Whether a node can wait for a decision before it has been released. */
function mayWait(run: RunState, node: number): boolean {
  if (node < 0 || hasFlag(run, node, FLAG.dormant) || isHeldBack(run, node)) return false;
  return statusOf(run, node) === 'pending' && specOf(run, node).type !== 'cleanup';
}

/** A node that waits, for a retry or for a person, does not wait any more. */
function recoverWaiting(run: RunState, node: number, step: RecoveryStep, effects: Effect[]): void {
  const before = statusOf(run, node);
  forgetWait(run, node, effects);
  openSession(run, node, { step, before }, effects);
  followStep(run, node, step, effects);
}

/** About a run that goes on, and no node of it in particular. */
function recoverRun(run: RunState, step: RecoveryStep, effects: Effect[]): void {
  openSession(run, RUN, { step, before: run.status }, effects);
  if (step.action === 'escalate_manual') {
    ask(run, RUN, step, effects);
    return;
  }
  effects.push({ type: 'requeue' });
  closeSession(run, RUN, 'completed', effects);
}
