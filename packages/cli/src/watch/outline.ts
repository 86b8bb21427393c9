import type { JobNode } from '@tenuto/contract';

/** Which group each node of a plan stands in, by id; absent for nodes at the top. */
export type Outline = ReadonlyMap<string, string>;

/**
 * Reads the groups out of a graph as it was written: `{nodes: [{id, children: [...]}]}`.
 *
 * @param graph anything; what is not a graph has no groups
 */
export function readOutline(graph: unknown): Outline {
  const outline = new Map<string, string>();
  const open: (readonly [nodes: unknown, group: string | undefined])[] = [
    [memberOf(graph, 'nodes'), undefined],
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const [nodes, group] = next;
    for (const node of Array.isArray(nodes) ? nodes : []) {
      const id = memberOf(node, 'id');
      if (typeof id !== 'string') continue;
      if (group !== undefined) outline.set(id, group);
      open.push([memberOf(node, 'children'), id]);
    }
  }
  return outline;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** A node with what stands in it. */
export interface TreeNode {
  readonly node: JobNode;
  readonly children: readonly TreeNode[];
}

/** Arranges nodes by their groups; instances of a fan-out (`child[3]`) stand in their group. */
export function treeOf(nodes: readonly JobNode[], outline: Outline): readonly TreeNode[] {
  const built = new Map(nodes.map((node) => [node.node_id, { node, children: [] as TreeNode[] }]));
  const tops: TreeNode[] = [];
  for (const item of built.values()) {
    const group = groupOf(item.node.node_id, outline, built);
    if (group === undefined) tops.push(item);
    else group.children.push(item);
  }
  return tops;
}

function groupOf<T>(id: string, outline: Outline, built: ReadonlyMap<string, T>): T | undefined {
  const direct = outline.get(id);
  if (direct !== undefined) return built.get(direct);
  const base = baseOf(id);
  const group = outline.get(base);
  if (group === undefined) return undefined;
  // Inside nested fan-outs the group is itself an instance, with fewer or the same indexes.
  for (let indexes = id.slice(base.length); indexes !== ''; ) {
    const instance = built.get(group + indexes);
    if (instance !== undefined) return instance;
    indexes = indexes.slice(0, indexes.lastIndexOf('['));
  }
  return built.get(group);
}

/** The id that an instance of a fan-out was made from: `child` for `child[3]`. */
export function baseOf(id: string): string {
  return id.replace(/(\[\d{1,6}\])+$/, '');
}
