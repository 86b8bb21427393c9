/** Recoveries under way: what each was begun for, and how it ended. */
import type { Effect } from './event.ts';
import { type RecoveryStep, RUN } from './recovery-step.ts';
import { FLAG, hasFlag, type RunState, statusOf } from './state.ts';

/** Begins a recovery about a node or the run; one that is under way for it has not helped. */
export function openSession(
  run: RunState,
  node: number,
  of: { readonly step: RecoveryStep; readonly before: string },
  effects: Effect[],
): void {
  const earlier = run.sessions.get(node);
  // Asking has done what it can once there is an answer.
  const answered = earlier?.step.action === 'escalate_manual';
  closeSession(run, node, answered ? 'completed' : 'failed', effects);
  run.sessions.set(node, of);
  effects.push({ type: 'recoveryBegan', node, session: of });
}

export function closeSession(
  run: RunState,
  node: number,
  outcome: 'completed' | 'failed' | 'cancelled',
  effects: Effect[],
  remaining?: readonly number[],
): void {
  const session = run.sessions.get(node);
  if (session === undefined) return;
  run.sessions.delete(node);
  const { intervention } = session.step;
  if (node === RUN && intervention !== undefined && !isAwaited(run, intervention)) {
    effects.push({ type: 'unask', intervention });
  }
  const after = node === RUN ? run.status : statusOf(run, node);
  effects.push({
    type: 'recoveryEnded',
    node,
    session,
    outcome,
    after,
    ...(remaining !== undefined && { remaining }),
  });
}

/** Whether a node waits for that decision: it says itself when it does not any more. */
function isAwaited({ waits }: RunState, intervention: string): boolean {
  for (const wait of waits.values()) {
    if (wait.kind === 'intervention' && wait.id === intervention) return true;
  }
  return false;
}

/** A node has ended for good: so has what was done to bring it there. */
export function nodeSettled(run: RunState, node: number, effects: Effect[]): void {
  if (!run.sessions.has(node)) return;
  const good = statusOf(run, node) === 'completed' || hasFlag(run, node, FLAG.excused);
  const stopped = statusOf(run, node) === 'cancelled';
  closeSession(run, node, good ? 'completed' : stopped ? 'cancelled' : 'failed', effects);
}

/** Nothing is left to be done for any node. */
export function cancelSessions(run: RunState, effects: Effect[]): void {
  for (const node of [...run.sessions.keys()]) {
    if (node !== RUN) closeSession(run, node, 'cancelled', effects);
  }
}

/** The run is over: what was done about it has helped, or not. */
export function closeRunSession(run: RunState, effects: Effect[]): void {
  cancelSessions(run, effects);
  const { action } = run.sessions.get(RUN)?.step ?? {};
  const wanted = action === 'abort_execution' ? 'aborted' : 'completed';
  const outcome =
    run.status === wanted ? 'completed' : run.status === 'cancelled' ? 'cancelled' : 'failed';
  closeSession(run, RUN, outcome, effects);
}
