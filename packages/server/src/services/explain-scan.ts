/**
 * One walk over the nodes of a run: what each is, which groups are full, and which nodes are told of
 * first. Walking a large run is cut into parts, so that other requests are answered in between.
 */
import type { NodeStatus } from '@tenuto/contract';
import type { NodeSpec, NodeView, Plan } from '@tenuto/engine';
import type { Relative } from './explain-node.ts';
import type { Viewed } from './node-find.ts';

/** Nodes looked at between two breaths. */
export const NODES_A_BREATH = 5_000;
/** Nodes looked at in all. */
const MOST = 200_000;

/** Those that are under way come first, then those that wait, then what has ended badly. */
const ORDER: readonly NodeStatus[] = [
  'running',
  'waiting',
  'ready',
  'pending',
  'failed',
  'timeout',
  'skipped',
  'cancelled',
];

export interface Scan {
  readonly viewed: Viewed;
  /** By status, in their order; without those that completed. */
  readonly byStatus: ReadonlyMap<NodeStatus, readonly NodeView[]>;
  /** Nodes that were not looked at. */
  readonly unseen: number;
  readonly statuses: ReadonlyMap<number, NodeStatus>;
  /** Values of conditions. */
  readonly outputs: ReadonlyMap<number, unknown>;
  readonly groups: ReadonlyMap<string, GroupTally>;
  /** Where the plan has each id. */
  readonly places: ReadonlyMap<string, number>;
}

interface GroupTally {
  readonly status: NodeStatus;
  /** Direct children that take a place. */
  active: number;
}

/** @param breathe lets others have their turn */
export async function scanNodes(viewed: Viewed, breathe: () => Promise<void>): Promise<Scan> {
  const { plan, nodes } = viewed;
  const count = nodes.nodeCount();
  const looked = Math.min(count, MOST);
  const byStatus = new Map<NodeStatus, NodeView[]>(ORDER.map((status) => [status, []]));
  const statuses = new Map<number, NodeStatus>();
  const outputs = new Map<number, unknown>();
  const groups = new Map<string, GroupTally>();
  const places = new Map(plan.ids.map((id, i) => [id, i]));
  const scan = { viewed, byStatus, statuses, outputs, groups, places, unseen: count - looked };
  for (let i = 0; i < looked; i += 1) {
    if (i > 0 && i % NODES_A_BREATH === 0) await breathe();
    const view = nodes.node(i);
    const { index, id, status } = view;
    statuses.set(index, status);
    byStatus.get(status)?.push(view);
    const spec = plan.specs[patternOf(scan, id)];
    if (spec?.type === 'condition') outputs.set(index, view.output);
    if (isGroup(spec)) groups.set(id, { status, active: 0 });
  }
  for (const status of ['running', 'waiting'] as const) {
    for (const { id } of byStatus.get(status) ?? []) occupy(scan, id);
  }
  return scan;
}

/** The nodes to tell of, those that matter most first. */
export function toldOf({ byStatus }: Scan, statuses: readonly NodeStatus[] = ORDER): NodeView[] {
  return statuses.flatMap((status) => byStatus.get(status) ?? []);
}

function isGroup(spec: NodeSpec | undefined): boolean {
  return spec?.type === 'parallel_group' || spec?.type === 'sequential_group';
}

type Places = Pick<Scan, 'viewed' | 'places'>;

/** The plan's node of an id; an instance of `for_each` carries the numbers of its items behind it. */
function patternOf({ places }: Pick<Scan, 'places'>, id: string): number {
  return places.get(id) ?? places.get(id.replace(/(\[\d+\])+$/, '')) ?? -1;
}

export function specOf(scan: Places, id: string): NodeSpec | undefined {
  return scan.viewed.plan.specs[patternOf(scan, id)];
}

/** A child takes a place in its group; the first one of a group takes one for it further out. */
function occupy(scan: Places & { readonly groups: Map<string, GroupTally> }, nodeId: string): void {
  if (isGroup(specOf(scan, nodeId))) return;
  for (let id = groupIdOf(scan, nodeId); id !== undefined; id = groupIdOf(scan, id)) {
    const group = scan.groups.get(id);
    if (group === undefined) return;
    group.active += 1;
    if (group.active > 1) return;
  }
}

/** The group that a node stands in directly: one that was expanded lacks the item's number. */
export function groupIdOf(scan: Places, id: string): string | undefined {
  const { plan } = scan.viewed;
  const pattern = patternOf(scan, id);
  const group = plan.groups[pattern] ?? -1;
  if (group < 0) return undefined;
  const items = id.slice(plan.ids[pattern]?.length);
  const expanded = plan.patterns[pattern] === group;
  return `${plan.ids[group]}${expanded ? items.replace(/\[\d+\]$/, '') : items}`;
}

/** The innermost group around a node that lets no further child run. */
export function fullGroupOf(
  scan: Scan,
  nodeId: string,
): { readonly id: string; readonly most: number } | undefined {
  for (let id = groupIdOf(scan, nodeId); id !== undefined; id = groupIdOf(scan, id)) {
    const { active = 0 } = scan.groups.get(id) ?? {};
    const most = specOf(scan, id)?.maxParallel;
    if (most !== undefined && active >= most) return { id, most };
    if (active > 0) return undefined;
  }
  return undefined;
}

/** What a node depends on, with how far that is. */
export function parentsOf(scan: Scan, view: NodeView): Relative[] {
  const { plan, nodes } = scan.viewed;
  const pattern = patternOf(scan, view.id);
  if (pattern < 0) return [];
  const offset = view.index - pattern;
  const from = plan.predecessorOffsets[pattern] ?? 0;
  const to = plan.predecessorOffsets[pattern + 1] ?? 0;
  return [...plan.predecessors.subarray(from, to)].flatMap((parent) => {
    const index = parent + offset;
    const status = scan.statuses.get(index);
    if (status === undefined) return [];
    const output = status === 'completed' ? scan.outputs.get(index) : undefined;
    const notTaken = isNotTaken(plan, { parent, child: pattern, output });
    return [{ id: nodes.idOf(index), status, ...(notTaken && { notTaken }) }];
  });
}

/** Whether no edge from a condition to a node has the value that the condition gave. */
function isNotTaken(
  plan: Plan,
  edge: { readonly parent: number; readonly child: number; readonly output: unknown },
): boolean {
  const { parent, child, output } = edge;
  if (output === undefined) return false;
  const labels: string[] = [];
  const to = plan.successorOffsets[parent + 1] ?? 0;
  for (let e = plan.successorOffsets[parent] ?? 0; e < to; e += 1) {
    const label = plan.successors[e] === child ? plan.labels.get(e) : undefined;
    if (label !== undefined) labels.push(label);
  }
  return labels.length > 0 && !labels.includes(String(output));
}
