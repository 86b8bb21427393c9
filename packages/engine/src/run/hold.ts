import { makeReady } from './releasing.ts';
import { attemptOf, type RunState, setAttempt, setStatus } from './state.ts';

/**
 * Takes back that a node was about to start, because the circuit of its target is not closed: it
 * waits, and no attempt was made. A journal does not tell of it: after a restart the node is ready,
 * and asks again.
 *
 * @param until when to ask again at the latest, in milliseconds since the epoch, if that is known
 */
export function holdNode(
  run: RunState,
  node: number,
  { key, until, since }: { readonly key: string; readonly until?: number; readonly since: number },
): void {
  run.slots -= 1;
  setAttempt(run, node, attemptOf(run, node) - 1);
  setStatus(run, node, 'waiting');
  run.waits.set(node, { kind: 'circuit', key, since, ...(until !== undefined && { until }) });
}

/** Lets a node that waits for a circuit ask again. False when it does not wait for one any more. */
export function releaseHeld(run: RunState, node: number): boolean {
  if (run.waits.get(node)?.kind !== 'circuit') return false;
  makeReady(run, node);
  return true;
}
