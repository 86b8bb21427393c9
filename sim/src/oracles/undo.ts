/** Compensation: newest first, and nothing twice. */
import { type Plan, type RunState, specOf } from '@tenuto/engine';
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
  for (let other = 0; other < run.size; other += 1) {
    if (other === node || specOf(run, other).rollback === undefined) continue;
    const later = lastDone(history, run, other);
    if (later === undefined || later.seq < done.seq) continue;
    violated(history, 'the newest is undone first', `${what} before node ${other}`);
  }
}

/**
 * The row by which a node completed, if nothing has come after it: neither an undoing nor another
 * attempt. Of nodes that were given up with the rest of their `for_each` nobody asks.
 */
function lastDone(history: History, run: RunState, node: number) {
  if (isGivenUp(run, node)) return undefined;
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

/** Instances of a plan that has none of that kind any more are history. */
function isGivenUp({ plan, size }: RunState & { readonly plan: Plan }, node: number): boolean {
  return node >= plan.nodeCount && node < size;
}
