/** What two plans differ in. */
import type { Json, NodeInput } from '@tenuto/contract';
import { graphOf, type Plan } from '../plan/index.ts';
import { type Difference, diffJson } from './diff.ts';

export interface PlanDifferences {
  readonly isSame: boolean;
  /** Ids of nodes that only the one or the other has. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly nodeId: string; readonly changes: readonly Difference[] }[];
  /** There is more than was asked for. */
  readonly truncated: boolean;
}

/** Nodes by id, each as it is written, without what stands in it. */
export function comparePlans(before: Plan, after: Plan, most = 200): PlanDifferences {
  if (before.hash === after.hash) {
    return { isSame: true, added: [], removed: [], changed: [], truncated: false };
  }
  const old = writtenNodes(before);
  const young = writtenNodes(after);
  const added = [...young.keys()].filter((id) => !old.has(id));
  const removed = [...old.keys()].filter((id) => !young.has(id));
  const changed: { nodeId: string; changes: readonly Difference[] }[] = [];
  let truncated = added.length > most || removed.length > most;
  for (const [nodeId, node] of young) {
    const was = old.get(nodeId);
    if (was === undefined) continue;
    const found = diffJson(was, node);
    if (found.changes.length === 0) continue;
    truncated ||= found.truncated || changed.length >= most;
    if (changed.length >= most) break;
    changed.push({ nodeId, changes: found.changes });
  }
  return {
    ...{ isSame: false, changed, truncated },
    added: added.slice(0, most),
    removed: removed.slice(0, most),
  };
}

function writtenNodes(plan: Plan): Map<string, Json> {
  const nodes = new Map<string, Json>();
  const visit = ({ children, ...own }: NodeInput) => {
    const ids = children?.map(({ id }) => id);
    nodes.set(own.id, { ...own, ...(ids && { children: ids }) } as Json);
    children?.forEach(visit);
  };
  graphOf(plan).nodes.forEach(visit);
  return nodes;
}
