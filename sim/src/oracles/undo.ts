/** Compensation: newest first, and nothing twice. */
import { liveView, type RunState, specOf } from '@tenuto/engine';
import { type Effect, type History, violated } from './history.ts';
import { attemptsOf } from './rounds.ts';

/** Asks of a compensation that begins whether all that completed later has been undone. */
export function checkUndo(history: History, effect: Effect, run: RunState, node: number): void {
  const done = lastDone(history, run, node);
  const what = `${effect.nodeId} of ${effect.runId}`;
  if (done === undefined) {
    violated(history, 'only what is done is undone', `${what} had not completed`);
    return;
  }
  for (const other of shownNodes(run)) {
    if (other === node || specOf(run, other).rollback === undefined) continue;
    const later = lastDone(history, run, other);
    if (later === undefined || later.seq < done.seq) continue;
    violated(history, 'the newest is undone first', `${what} before node ${other}`);
  }
}

/**
 * The row by which a node completed, if nothing has come after it: neither an undoing nor another
 * attempt.
 */
function lastDone(history: History, run: RunState, node: number) {
  const rows = attemptsOf(history, run.id, node).filter((row) => row.kind !== 'probe');
  const last = rows.findLast((row) => row.kind !== 'rollback');
  const undone = rows.some(
    (row) =>
      row.kind === 'rollback' &&
      row.status === 'completed' &&
      row.generation === last?.generation &&
      row.attempt > last.attempt,
  );
  return last?.status === 'completed' && !undone ? last : undefined;
}

/** The nodes of a run but those that were given up with the rest of their `for_each`. */
function shownNodes(run: RunState): number[] {
  const view = liveView(run);
  return Array.from({ length: view.nodeCount() }, (_, i) => view.node(i).index);
}
