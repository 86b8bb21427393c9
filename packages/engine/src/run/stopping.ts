/** Giving up what has not ended: told to abort, or cancelled without having started. */
import type { Effect } from './event.ts';
import { usesOf } from './round.ts';
import { FLAG, hasFlag, isTerminal, type RunState, setStatus, specOf, statusOf } from './state.ts';

/** Cancels what has not started and tells what is going on to abort. Cleanup nodes stay. */
export function stopWork(run: RunState, grace: boolean, effects: Effect[]): void {
  run.phase = 'stopping';
  run.paused = false;
  run.ready.clear();
  run.open = 0;
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant) || isTerminal(run, node)) continue;
    if (specOf(run, node).type === 'cleanup') continue;
    if (statusOf(run, node) === 'running' && usesOf(run, node) !== undefined) {
      run.open += 1;
      effects.push({ type: 'abort', node, grace });
    } else {
      cancelNode(run, node, effects);
    }
  }
}

/** Cancels a node that has nothing going on; whoever it waits for is told. */
export function cancelNode(run: RunState, node: number, effects: Effect[]): void {
  forgetWait(run, node, effects);
  setStatus(run, node, 'cancelled');
}

/** A node does not wait any more, whatever it waited for. */
export function forgetWait(run: RunState, node: number, effects: Effect[]): void {
  const wait = run.waits.get(node);
  if (wait?.kind === 'run') effects.push({ type: 'cancelRun', runId: wait.runId });
  if (wait?.kind === 'intervention') effects.push({ type: 'unask', intervention: wait.id });
  run.waits.delete(node);
}

/** Nothing of the run is going on, and what has not run does not run. */
export function giveUpRest(run: RunState, effects: Effect[]): void {
  stopWork(run, false, effects);
}
