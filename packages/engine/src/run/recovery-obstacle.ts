/** Why a recovery cannot be carried out as things stand. */
import type { RecoverEvent } from './event.ts';
import type { RecoveryStep } from './recovery-step.ts';
import { isHeldBack, runsAgain } from './rerun.ts';
import { FLAG, hasFlag, type RunState, specOf, statusOf } from './state.ts';
import { cutOf } from './undo.ts';

/** @returns undefined when nothing is in its way */
export function obstacleTo(run: RunState, event: RecoverEvent): string | undefined {
  const { node, step } = event;
  const over = run.phase === 'over';
  if (run.phase !== 'work' && !over) return `The run is ${run.phase}.`;
  if (over && run.status !== 'failed' && run.status !== 'timeout') {
    return `The run is ${run.status}, which is final.`;
  }
  if (over && step.action === 'abort_execution') {
    return `The run is ${run.status}: nothing goes on.`;
  }
  if (step.action === 'rollback_state' && cutOf(run, step.with.to) === undefined) {
    return `The run has not reached a checkpoint "${step.with.to}".`;
  }
  return node === undefined ? undefined : obstacleAt(run, node, event);
}

function obstacleAt(run: RunState, node: number, { step, from }: RecoverEvent): string | undefined {
  // Of a pattern only the instances run, and of instances that were given up, nothing does.
  if (node < 0 || node >= run.size || hasFlag(run, node, FLAG.dormant)) {
    return 'There is no such node.';
  }
  if (step.action === 'fallback_strategy' && specOf(run, node).fallback === undefined) {
    return 'The node has no fallback.';
  }
  if (step.action === 'rollback_state' || step.action === 'abort_execution') return undefined;
  const over = run.phase === 'over';
  if (over && (from === 'node' || step.action === 'retry_job')) return undefined;
  if (over) return step.action === 'requeue_job' ? undefined : obstacleToReopen(run, node, step);
  // The journal does not tell a node that waits for a circuit from one that waits for its turn.
  const status = statusOf(run, node);
  return status === 'waiting' || status === 'ready' ? undefined : 'The node does not wait.';
}

/** Something is done about a node only if it would run again: nothing else is undecided. */
function obstacleToReopen(run: RunState, node: number, { action }: RecoveryStep) {
  const status = statusOf(run, node);
  if (status === 'completed') return 'The node has completed.';
  if (!runsAgain(run, node)) return `The node is ${status} and would not run again.`;
  if (action !== 'escalate_manual') return undefined;
  if (specOf(run, node).type === 'cleanup') return 'Cleanup waits for nobody.';
  return isHeldBack(run, node) ? 'The node is in a group that has not started.' : undefined;
}
