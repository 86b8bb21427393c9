/**
 * Going back to a checkpoint: attempts that are going on are told to abort; then what completed
 * after the checkpoint and can be undone is undone, newest first, one after the other; then the run
 * goes on from the checkpoint, or ends.
 *
 *   work | over -> undoing -> work (resume) | stopping -> cleanup -> over (fail, abort)
 */
import type { AttemptEnded, Effect, RecoverEvent } from './event.ts';
import { RUN } from './recovery-step.ts';
import { rerun } from './rerun.ts';
import { beginRound, usesOf } from './round.ts';
import { cancelSessions, closeSession, openSession } from './sessions.ts';
import {
  FLAG,
  hasFlag,
  idOf,
  patternOf,
  type RunState,
  setFlag,
  setStatus,
  specOf,
  statusOf,
} from './state.ts';
import { cancelNode, giveUpRest } from './stopping.ts';

/** The word for the beginning of a run, where nothing has ended. */
const START = 'start';

/**
 * Where a rollback returns to: the place of a checkpoint in the order of ends.
 * @param to id of a checkpoint; `start` for the beginning; absent, the last one that was reached
 * @returns undefined when there is no such checkpoint, or it was not reached
 */
export function cutOf(run: RunState, to: string | undefined): number | undefined {
  if (to === START) return 0;
  let cut = 0;
  let found = to === undefined;
  for (const [node, order] of run.order) {
    if (specOf(run, node).type !== 'checkpoint' || statusOf(run, node) !== 'completed') continue;
    if (to !== undefined && idOf(run, node) !== to && run.plan.ids[patternOf(run, node)] !== to) {
      continue;
    }
    found = true;
    cut = Math.max(cut, order);
  }
  return found ? cut : undefined;
}

/** Begins to undo; the attempts that were going on are marked as such already. */
export function beginUndo(run: RunState, event: RecoverEvent, effects: Effect[]): void {
  const { step } = event;
  const cut = cutOf(run, step.with.to) ?? 0;
  openSession(run, RUN, { step, before: run.status }, effects);
  cancelSessions(run, effects);
  run.wanted = undefined;
  run.phase = 'undoing';
  run.status = 'recovering';
  run.paused = false;
  run.ready.clear();
  run.undo = { after: step.with.after ?? 'resume', cut, left: undefined, done: 0 };
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant)) continue;
    const status = statusOf(run, node);
    if (status === 'running' && usesOf(run, node) !== undefined) {
      effects.push({ type: 'abort', node, grace: true });
    } else if (status === 'waiting' || status === 'ready') {
      cancelNode(run, node, effects);
    }
  }
  undoNext(run, effects);
}

/** An attempt has ended that was told to abort; with the last of them the undoing begins. */
export function abortedForUndo(run: RunState, event: AttemptEnded, effects: Effect[]): void {
  setStatus(run, event.node, event.status);
  if (run.plan.keepsOrder) run.order.set(event.node, ++run.ends);
  undoNext(run, effects);
}

/** An attempt to undo a node has ended, and no other one is made. */
export function undoEnded(run: RunState, event: AttemptEnded, effects: Effect[]): void {
  const { undo } = run;
  if (undo === undefined) return;
  setStatus(run, event.node, 'completed');
  if (event.status !== 'completed') {
    failUndo(run, event, effects);
    return;
  }
  setFlag(run, event.node, FLAG.undone);
  undo.left?.shift();
  undo.done += 1;
  undoNext(run, effects);
}

/** Goes on to the next node that is to be undone, once nothing else is going on. */
export function undoNext(run: RunState, effects: Effect[]): void {
  const { undo } = run;
  if (undo === undefined || run.slots > 0) return;
  undo.left ??= undoable(run, undo.cut);
  const [node] = undo.left;
  if (node === undefined) {
    endUndo(run, effects);
    return;
  }
  beginRound(run, node, { kind: 'rollback', renewed: false });
  setStatus(run, node, 'ready');
  run.ready.push(node, specOf(run, node).priority);
}

/** What completed after the cut and can be undone, newest first. */
function undoable(run: RunState, cut: number): number[] {
  const nodes: (readonly [node: number, order: number])[] = [];
  for (const [node, order] of run.order) {
    const done = statusOf(run, node) === 'completed' && !hasFlag(run, node, FLAG.undone);
    if (order > cut && done && specOf(run, node).rollback !== undefined) nodes.push([node, order]);
  }
  return nodes.sort((a, b) => b[1] - a[1]).map(([node]) => node);
}

function endUndo(run: RunState, effects: Effect[]): void {
  const { after, cut } = run.undo ?? { after: 'resume', cut: 0 };
  run.undo = undefined;
  if (after === 'resume') {
    rerun(run, { from: 'cut', cut });
  } else {
    run.status = after === 'fail' ? 'failed' : 'aborted';
    giveUpRest(run, effects);
  }
  closeSession(run, RUN, 'completed', effects);
}

function failUndo(run: RunState, { node, error }: AttemptEnded, effects: Effect[]): void {
  const remaining = run.undo?.left ?? [node];
  run.undo = undefined;
  run.status = 'failed';
  run.failures += 1;
  run.firstFailure = node;
  run.errors.set(node, {
    classification: error?.classification ?? 'unknown',
    type: 'compensation_failed',
    message: `Undoing it failed: ${error?.message ?? 'no reason was given'}`,
  });
  giveUpRest(run, effects);
  closeSession(run, RUN, 'failed', effects, remaining);
}

/** Whether a node has been told to abort so that others can be undone. */
export function isDraining(run: RunState): boolean {
  return run.phase === 'undoing' && run.undo?.left === undefined;
}
