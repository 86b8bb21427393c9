import { isObject } from './json-place.ts';
import { type RunGraph, rowOf, rowsOf } from './run-graph.ts';

/** A node of a graph as it is written, for a picture of it. */
export interface DagNode {
  readonly node_id: string;
  /** Its action, else its type. */
  readonly does: string;
  readonly parent_nodes: readonly string[];
}

/**
 * The nodes of a graph as it is written, for a picture of it. What was typed may be anything: what is
 * no node is left out. What waits for a group is drawn behind the children of the group.
 */
export function nodesOfDag(dag: unknown): readonly DagNode[] {
  const { nodes, edges } = objectOf(dag);
  const found: Written[] = [];
  collect(nodes, undefined, found);
  const parents = new Map(found.map(({ id, needs }) => [id, new Set(needs)]));
  for (const edge of listOf(edges)) {
    const { from, to } = objectOf(edge);
    if (typeof from === 'string' && typeof to === 'string') parents.get(to)?.add(from);
  }
  const last = lastOfGroups(found);
  return found.map(({ id, group, node }) => ({
    node_id: id,
    does:
      textOf(node.uses) ??
      textOf(node.action_type) ??
      (textOf(node.type) ?? 'action').replaceAll('_', ' '),
    parent_nodes: [...(parents.get(id) ?? [])].flatMap((parent) =>
      parent === group ? [parent] : (last.get(parent) ?? [parent]),
    ),
  }));
}

interface Written {
  readonly id: string;
  readonly group: string | undefined;
  readonly needs: readonly string[];
  readonly node: Readonly<Record<string, unknown>>;
}

function collect(nodes: unknown, group: string | undefined, found: Written[]): void {
  for (const one of listOf(nodes)) {
    const node = objectOf(one);
    const id = textOf(node.id);
    if (id === undefined) continue;
    const needs = [...listOf(node.needs), ...listOf(node.parent_nodes)].filter(isText);
    found.push({ id, group, node, needs: group === undefined ? needs : [group, ...needs] });
    collect(node.children, id, found);
  }
}

/** The children of each group that no other child of it waits for. */
function lastOfGroups(found: readonly Written[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, Written[]>();
  for (const one of found) {
    if (one.group === undefined) continue;
    const known = groups.get(one.group);
    if (known) known.push(one);
    else groups.set(one.group, [one]);
  }
  return new Map(
    [...groups].map(([group, children]) => {
      const waitedFor = new Set(children.flatMap(({ needs }) => needs));
      return [group, children.map(({ id }) => id).filter((id) => !waitedFor.has(id))];
    }),
  );
}

const isText = (value: unknown): value is string => typeof value === 'string';
const textOf = (value: unknown) => (isText(value) ? value : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/**
 * The graph that is drawn of such nodes; a node in a cycle stands in the first column.
 * @param lit ids of the critical path
 */
export function graphOfDag(nodes: readonly DagNode[], lit: readonly string[] = []): RunGraph {
  const size = nodes.length;
  const ids = nodes.map(({ node_id: id }) => id);
  const indexOf = new Map(ids.map((id, node) => [id, node]));
  const from: number[] = [];
  const to: number[] = [];
  nodes.forEach(({ parent_nodes: parents }, node) => {
    for (const parent of parents) {
      const at = indexOf.get(parent);
      if (at === undefined) continue;
      from.push(at);
      to.push(node);
    }
  });
  const edges = { from: Int32Array.from(from), to: Int32Array.from(to) };
  const parents = rowsOf(size, edges.to, edges.from);
  const children = rowsOf(size, edges.from, edges.to);
  const critical = new Uint8Array(size);
  for (const id of lit) critical[indexOf.get(id) ?? size] = 1;
  const none = () => new Int32Array(size).fill(-1);
  return {
    ...{ size, ids, indexOf, does: nodes.map(({ does }) => does) },
    ...{ groups: none(), copyOf: none(), replaced: new Uint8Array(size) },
    levels: levelsOf(size, { parents, children }),
    ...{ ...edges, labels: new Map<number, string>(), parents, children, critical },
  };
}

/** The longest way to each node. */
function levelsOf(
  size: number,
  { parents, children }: Pick<RunGraph, 'parents' | 'children'>,
): Int32Array {
  const levels = new Int32Array(size);
  const open = Int32Array.from({ length: size }, (_, node) => rowOf(parents, node).length);
  const ready = Array.from(open.keys()).filter((node) => open[node] === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const child of rowOf(children, node)) {
      levels[child] = Math.max(levels[child] ?? 0, (levels[node] ?? 0) + 1);
      open[child] = (open[child] ?? 0) - 1;
      if (open[child] === 0) ready.push(child);
    }
  }
  return levels;
}
