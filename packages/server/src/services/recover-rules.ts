/** Which recoveries a person may ask for, by the state of the run and of the node. Pure. */
import type { RecoveryAction, RunStatus } from '@tenuto/contract';
import type { NodeSpec, NodeView } from '@tenuto/engine';

/**
 * How a recovery is asked for. `abort`: the row of a run that is over is changed, nobody needs to
 * act. `reopen`: it is taken out of the history. `tell`: its owner is told.
 */
export type RecoverWay = 'abort' | 'reopen' | 'tell';

/** Without a node there is nothing to do. */
export const NEEDS_NODE: ReadonlySet<RecoveryAction> = new Set(['skip_node', 'fallback_strategy']);
/** About the run as a whole. */
export const TAKES_NO_NODE: ReadonlySet<RecoveryAction> = new Set([
  'requeue_job',
  'rollback_state',
  'abort_execution',
]);

/** Undefined when a run in this state cannot be recovered so. */
export function recoverWay(status: RunStatus, action: RecoveryAction): RecoverWay | undefined {
  switch (status) {
    case 'failed':
    case 'timeout':
      return action === 'abort_execution' ? 'abort' : 'reopen';
    case 'running':
      return 'tell';
    // Its nodes can be decided about; as a whole it goes nowhere but on, or to its end.
    case 'paused':
      return TAKES_NO_NODE.has(action) ? undefined : 'tell';
    default:
      return undefined;
  }
}

/** What is wrong with a request, and whether another state could make it right. */
export interface Obstacle {
  readonly kind: 'state' | 'request';
  readonly message: string;
}

/** Why a node cannot be recovered so; undefined when it can. */
export function nodeObstacle(
  action: RecoveryAction,
  way: RecoverWay,
  { id, status, spec }: Pick<NodeView, 'id' | 'status'> & { readonly spec: NodeSpec | undefined },
): Obstacle | undefined {
  if (action === 'fallback_strategy' && spec?.fallback === undefined) {
    return { kind: 'request', message: `The node "${id}" has no fallback.` };
  }
  if (way === 'tell') {
    if (status === 'waiting') return undefined;
    return { kind: 'state', message: `The node "${id}" is ${status} and does not wait.` };
  }
  if (action === 'retry_job' || status !== 'completed') return undefined;
  return { kind: 'state', message: `The node "${id}" has completed.` };
}
