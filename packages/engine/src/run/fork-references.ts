/** Which nodes of a run a node reads by name. */
import { referencesOf } from '../plan/index.ts';
import { nodeNamed } from './bindings.ts';
import { type RunState, specOf } from './state.ts';

/** The nodes whose outputs or facts the expressions of a node name, whatever they are used for. */
export function readsOf(run: RunState, node: number): ReadonlySet<number> {
  const reads = new Set<number>();
  for (const { steps, nodes } of referencesOf(specOf(run, node))) {
    for (const names of [steps, nodes]) {
      for (const name of names === 'all' ? run.plan.names.keys() : names) {
        const read = nodeNamed(run, node, name);
        if (read !== undefined && read !== node) reads.add(read);
      }
    }
  }
  return reads;
}
