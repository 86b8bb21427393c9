/** How often each rule of a policy was followed for each node. */
import { RUN } from './recovery-step.ts';
import { idOf, type RunState } from './state.ts';

/**
 * A node is counted by its id: the instances that a `for_each` makes anew after a rollback are the
 * same items, and would be undone and made again for ever if each of them began to count anew.
 */
function keyOf(run: RunState, rule: number, node: number): string {
  return `${rule}/${node === RUN ? '' : idOf(run, node)}`;
}

/** @param node a node, or `RUN` */
export function timesFollowed(run: RunState, rule: number, node: number): number {
  return run.followed.get(keyOf(run, rule, node)) ?? 0;
}

export function noteFollowed(run: RunState, rule: number, node: number): void {
  run.followed.set(keyOf(run, rule, node), timesFollowed(run, rule, node) + 1);
}
