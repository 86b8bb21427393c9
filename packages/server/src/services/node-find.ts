import { OrchestrationError } from '@tenuto/contract';
import type { Access, LiveRun, NodeSpec, NodeView, Plan, RunRecord } from '@tenuto/engine';
import type { JobParts } from './services.ts';

/** A run whose nodes can be looked at. */
export interface Viewed {
  readonly plan: Plan;
  readonly nodes: LiveRun;
}

/**
 * The nodes of a run: from its owner when that is here, else by replay of its journal.
 * @param fresh as of now, and not of up to a second ago
 */
export async function viewOf(
  parts: JobParts,
  access: Access,
  run: RunRecord,
  fresh = false,
): Promise<Viewed> {
  const plan = await parts.plans(access, run);
  const live = run.over ? undefined : parts.engine.live(run.runId);
  return { plan, nodes: live ?? (await parts.views(access, run, plan, fresh)) };
}

/**
 * @param what it is looked for as
 * @throws OrchestrationError 404
 */
export function findNode({ plan, nodes }: Viewed, nodeId: string, what = 'node'): NodeView {
  const node = findOfPlan(plan, nodes, nodeId) ?? findInstance(plan, nodes, nodeId);
  if (node !== undefined) return node;
  throw new OrchestrationError('not_found', `The job has no ${what} "${nodeId}".`);
}

/** The ids of some nodes, by index; those that were given up for others have theirs, too. */
export function idsOf({ nodes }: Viewed, indexes: Iterable<number>): ReadonlyMap<number, string> {
  return new Map([...indexes].map((index) => [index, nodes.idOf(index)]));
}

/** The plan's node that an instance of `for_each` was made from: its id without the items. */
export function patternOf(plan: Plan, { index, id }: NodeView): number {
  if (index < plan.nodeCount) return index;
  const plain = id.replace(/(\[\d+\])+$/, '');
  return plan.ids.indexOf(plain);
}

/** What the node does and under which rules. */
export function specOf(plan: Plan, node: NodeView): NodeSpec | undefined {
  return plan.specs[patternOf(plan, node)];
}

function findOfPlan(plan: Plan, nodes: LiveRun, nodeId: string): NodeView | undefined {
  const index = plan.ids.indexOf(nodeId);
  const position = index < 0 ? nodes.nodeCount() : positionOf(nodes, index);
  const node = position < nodes.nodeCount() ? nodes.node(position) : undefined;
  return node?.index === index ? node : undefined;
}

/** An instance that `for_each` has made; those stand behind the nodes of the plan. */
function findInstance(plan: Plan, nodes: LiveRun, nodeId: string): NodeView | undefined {
  const count = nodes.nodeCount();
  for (let i = positionOf(nodes, plan.nodeCount); i < count; i += 1) {
    const node = nodes.node(i);
    if (node.id === nodeId) return node;
  }
  return undefined;
}

/** The first position whose node has at least this index: positions go in the order of indexes. */
function positionOf(nodes: LiveRun, index: number): number {
  let [low, high] = [0, nodes.nodeCount()];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nodes.node(middle).index < index) low = middle + 1;
    else high = middle;
  }
  return low;
}
