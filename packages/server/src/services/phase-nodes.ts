import type { NodeSums, Plan } from '@tenuto/engine';
import type { Viewed } from './node-find.ts';

/** A phase of a run, with its nodes by index. */
export interface PhaseNodes {
  readonly phase: string;
  /** But for the one that waits to be told to go on: a phase takes no time before that. */
  readonly nodes: readonly number[];
  /** The node that checks its gates. */
  readonly gates: number | undefined;
}

const GATES = 'gates';
const NEXT = 'next';
/** Nodes of a phase that are nobody's work. */
const BETWEEN = /^(start|next|gates|approve(-.+)?)$/;

/** The phases of a plan that was made from a profile, in its order. */
export function phaseNodesOf(plan: Pick<Plan, 'ids' | 'nodeCount'>): readonly PhaseNodes[] {
  const byPhase = new Map<string, { nodes: number[]; gates: number | undefined }>();
  for (let node = 0; node < plan.nodeCount; node += 1) {
    const [phase, role] = partsOf(plan.ids[node] ?? '');
    if (phase === undefined) continue;
    const found = byPhase.get(phase) ?? { nodes: [], gates: undefined };
    if (role !== NEXT) found.nodes.push(node);
    if (role === GATES) found.gates = node;
    byPhase.set(phase, found);
  }
  return [...byPhase].map(([phase, nodes]) => ({ phase, ...nodes }));
}

function partsOf(id: string): readonly [phase: string | undefined, role: string] {
  const slash = id.indexOf('/');
  return slash <= 0 ? [undefined, id] : [id.slice(0, slash), id.slice(slash + 1)];
}

/** Whether a node is somebody's work, and not what stands between them. */
export function isWork(id: string): boolean {
  const [phase, role] = partsOf(id);
  return phase !== undefined && !BETWEEN.test(role);
}

/** Whether nothing is left to do in a phase, as the run stands. */
export function isDone(viewed: Viewed | undefined, phase: PhaseNodes): boolean {
  if (viewed === undefined) return false;
  const { nodes } = viewed;
  const wanted = new Set(phase.gates === undefined ? phase.nodes : [phase.gates]);
  const count = nodes.nodeCount();
  for (let i = 0; i < count; i += 1) {
    const { index, status } = nodes.node(i);
    if (wanted.has(index) && status !== 'completed' && status !== 'skipped') return false;
  }
  return true;
}

/** From the start of the first of some nodes to the end of the last, in milliseconds. */
export function spanOf(
  sums: readonly NodeSums[],
  nodes: ReadonlySet<number>,
): { readonly from: number; readonly to: number } | undefined {
  const own = sums.filter(({ node }) => nodes.has(node));
  const starts = own.flatMap(({ startedAt }) => (startedAt === null ? [] : [startedAt]));
  if (starts.length === 0) return undefined;
  return { from: Math.min(...starts), to: Math.max(...own.map(({ endedAt }) => endedAt)) };
}
