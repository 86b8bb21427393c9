/** Ends of attempts that no action speaks of. */
import type { RunStatus } from '@tenuto/contract';
import type { InFlight } from './record.ts';
import { decideRetry } from './retry/index.ts';
import { type AttemptEnded, type NodeError, type RunState, specOf } from './run/index.ts';

/** An attempt whose engine died under it. It counts: a node may be what kills its engines. */
export function lostAttempt(
  run: RunState,
  call: InFlight,
  { at, random }: { readonly at: number; readonly random: number },
): AttemptEnded {
  const { node, attempt, startedAt } = call;
  const error: NodeError = {
    classification: 'infrastructure',
    type: 'engine_lost',
    message: 'The engine that ran this attempt died.',
  };
  const retry = decideRetry(specOf(run, node).retry, { ...error, attempts: attempt }, random, at);
  return {
    type: 'ended',
    at,
    node,
    attempt,
    startedAt,
    status: 'failed',
    error,
    ...(retry !== null && { retryAt: retry.retryAt }),
  };
}

export function childError(child: {
  readonly runId: string;
  readonly status: RunStatus;
}): NodeError {
  return {
    classification: 'permanent',
    type: 'run_failed',
    message: `The run ${child.runId} ended ${child.status}.`,
  };
}
