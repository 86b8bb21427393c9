/** Which nodes of a run a node reads by name. */
import { referencesOf } from '../plan/index.ts';
import { nodeNamed } from './bindings.ts';
import { type RunState, specOf } from './state.ts';

/**
 * The nodes whose outputs or facts the expressions of a node name, whatever they are used for. What
 * a node put out before it was run again is none of them: in a fork it has not run before.
 */
export function readsOf(run: RunState, node: number): ReadonlySet<number> {
  const reads = new Set<number>();
  for (const { steps, present } of referencesOf(specOf(run, node))) {
    for (const names of [steps, present]) {
      for (const name of names === 'all' ? run.plan.names.keys() : names) {
        const read = nodeNamed(run, node, name);
        if (read !== undefined && read !== node) reads.add(read);
      }
    }
  }
  return reads;
}
