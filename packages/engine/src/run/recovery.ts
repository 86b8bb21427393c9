/** Carrying out recoveries that are about one node, and those that run a run again. */
import type { Json } from '@tenuto/contract';
import type { AttemptEnded, Effect, RecoverEvent } from './event.ts';
import { type RecoveryStep, RUN } from './recovery-step.ts';
import { makeReady, waitForRetry } from './releasing.ts';
import { rerun } from './rerun.ts';
import { beginRound } from './round.ts';
import { closeSession, openSession } from './sessions.ts';
import { FLAG, type RunState, setFlag, setStatus, specOf, statusOf } from './state.ts';
import { forgetWait } from './stopping.ts';
import { beginUndo, cutOf } from './undo.ts';

/** A node's last attempt has failed, and something is done about it. */
export function recoverNode(
  run: RunState,
  { node, error, status }: AttemptEnded,
  step: RecoveryStep,
  effects: Effect[],
): void {
  if (error !== undefined) run.errors.set(node, error);
  follow(run, node, step);
  if (step.action === 'rollback_state' || step.action === 'abort_execution') {
    // What follows comes as an event of its own, which says what was going on.
    setStatus(run, node, status);
    run.wanted = { node, step };
    return;
  }
  openSession(run, node, { step, before: status }, effects);
  followStep(run, node, step, effects);
}

/** Counts that a rule of the policy was followed. */
function follow(run: RunState, node: number, { rule }: RecoveryStep): void {
  if (rule === undefined) return;
  const key = `${rule}/${node}`;
  run.followed.set(key, (run.followed.get(key) ?? 0) + 1);
}

/** Does to a node what the recovery says. */
function followStep(run: RunState, node: number, step: RecoveryStep, effects: Effect[]): void {
  switch (step.action) {
    case 'retry_job':
    case 'requeue_job':
      beginRound(run, node, { kind: step.probe ? 'probe' : 'work', renewed: !step.probe });
      waitForRetry(run, node, step.retryAt ?? run.now, effects);
      if (step.action === 'requeue_job') effects.push({ type: 'requeue' });
      break;
    case 'fallback_strategy':
      beginRound(run, node, { kind: 'fallback', renewed: false });
      makeReady(run, node);
      break;
    case 'skip_node':
      skip(run, node, step.with.result);
      break;
    case 'escalate_manual':
      setStatus(run, node, 'waiting');
      run.waits.set(node, { kind: 'intervention', id: step.intervention ?? '', since: run.now });
      effects.push({ type: 'ask', node, step });
      break;
  }
}

/** Ends a node without its work; for those after it, it has completed with this output. */
function skip(run: RunState, node: number, result: unknown): void {
  run.outputs.set(node, (result ?? null) as Json);
  setFlag(run, node, FLAG.excused);
  setStatus(run, node, 'skipped');
  run.settled.push(node);
}

/**
 * Whether a recovery can be carried out as things stand; else says why not.
 */
export function obstacleTo(run: RunState, event: RecoverEvent): string | undefined {
  const { node, step } = event;
  if (run.phase !== 'work' && run.phase !== 'over') return `The run is ${run.phase}.`;
  const over = run.phase === 'over';
  if (over && run.status !== 'failed' && run.status !== 'timeout') {
    return `The run is ${run.status}, which is final.`;
  }
  if (over && step.action === 'abort_execution')
    return `The run is ${run.status}: nothing goes on.`;
  if (step.action === 'rollback_state' && cutOf(run, step.with.to) === undefined) {
    return `The run has not reached a checkpoint "${step.with.to}".`;
  }
  if (node === undefined) return undefined;
  if (node < 0 || node >= run.size) return 'There is no such node.';
  if (step.action === 'fallback_strategy' && specOf(run, node).fallback === undefined) {
    return 'The node has no fallback.';
  }
  if (step.action === 'rollback_state' || step.action === 'abort_execution') return undefined;
  if (event.from === 'node' || (over && step.action === 'retry_job')) return undefined;
  if (over) return statusOf(run, node) === 'completed' ? 'The node has completed.' : undefined;
  // The journal does not tell a node that waits for a circuit from one that waits for its turn.
  const status = statusOf(run, node);
  return status === 'waiting' || status === 'ready' ? undefined : 'The node does not wait.';
}

/** Carries out a recovery that was asked for: by hand, by a decision, or by the run's own state. */
export function recover(run: RunState, event: RecoverEvent, effects: Effect[]): void {
  const { step } = event;
  follow(run, event.node ?? RUN, step);
  if (step.action === 'rollback_state') beginUndo(run, event, effects);
  else if (run.phase === 'over') reopen(run, event, effects);
  else if (event.node !== undefined) recoverWaiting(run, event.node, step, effects);
  else recoverRun(run, step, effects);
}

/** A run that failed or timed out goes on; the node that it is about is dealt with first. */
function reopen(run: RunState, event: RecoverEvent, effects: Effect[]): void {
  const { step, node, from = 'failed' } = event;
  run.reopenedAt = event.at;
  openSession(run, RUN, { step, before: run.status }, effects);
  const about = node ?? (step.action === 'escalate_manual' ? run.firstFailure : -1);
  const special = from === 'failed' && about >= 0 && step.action !== 'requeue_job';
  const again =
    from === 'start'
      ? ({ from: 'cut', cut: 0 } as const)
      : node !== undefined && (from === 'node' || step.action === 'retry_job')
        ? ({ from: 'node', node } as const)
        : ({ from: 'failed' } as const);
  rerun(run, again, () => {
    if (special && step.action !== 'retry_job') followStep(run, about, step, effects);
  });
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
    effects.push({ type: 'ask', node: RUN, step });
    return;
  }
  effects.push({ type: 'requeue' });
  closeSession(run, RUN, 'completed', effects);
}
