import type { EdgeInput } from '@tenuto/contract';
import { type FlatNodes, typeOf } from './flatten.ts';
import type { Problems } from './problems.ts';

export interface Edges {
  readonly count: number;
  readonly successorOffsets: Int32Array;
  readonly successors: Int32Array;
  readonly predecessorOffsets: Int32Array;
  readonly predecessors: Int32Array;
  readonly labels: ReadonlyMap<number, string>;
}

/** How an edge's `when` and a condition's value are compared. */
export function edgeLabel(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Edges as they are gathered, before they are sorted into rows. */
interface EdgeList {
  readonly from: number[];
  readonly to: number[];
  readonly labels: Map<number, string>;
}

/** Reads parents, edges and the order of sequential groups into CSR form. */
export function readEdges(
  flat: FlatNodes,
  edges: readonly EdgeInput[],
  maxEdges: number,
  problems: Problems,
): Edges {
  const list: EdgeList = { from: [], to: [], labels: new Map() };
  const labelled = edges.length > 0 ? addWrittenEdges(flat, edges, list, problems) : undefined;
  addParents(flat, labelled, list, problems);
  addSequences(flat, list);
  if (list.from.length > maxEdges) {
    problems.add(
      '/edges',
      `The graph has more than ${maxEdges} edges; remove redundant ones or raise the limit.`,
    );
  }
  return toRows(flat.inputs.length, list);
}

function addWrittenEdges(
  flat: FlatNodes,
  edges: readonly EdgeInput[],
  list: EdgeList,
  problems: Problems,
): Set<number> {
  const seen = new Set<number>();
  edges.forEach((edge, i) => {
    const path = `/edges/${i}`;
    const from = resolve(flat, edge.from, `${path}/from`, problems);
    const to = resolve(flat, edge.to, `${path}/to`, problems);
    if (from < 0 || to < 0 || !mayDepend(flat, to, from, path, problems)) return;
    const parent = flat.inputs[from];
    if (edge.when !== undefined && parent?.type !== 'condition') {
      problems.add(
        `${path}/when`,
        `Only edges out of a condition have a label, and "${edge.from}" is none.`,
      );
    }
    const key = from * flat.inputs.length + to;
    if (seen.has(key)) {
      problems.add(path, `The edge from "${edge.from}" to "${edge.to}" is there twice.`);
      return;
    }
    seen.add(key);
    if (edge.when !== undefined) list.labels.set(list.from.length, edgeLabel(edge.when));
    list.from.push(from);
    list.to.push(to);
  });
  return seen;
}

function addParents(
  flat: FlatNodes,
  written: ReadonlySet<number> | undefined,
  list: EdgeList,
  problems: Problems,
): void {
  const size = flat.inputs.length;
  flat.inputs.forEach((node, to) => {
    if (node.parent_nodes !== undefined && node.needs !== undefined) {
      problems.add(
        flat.paths[to] ?? '',
        `"${node.id}" has both parent_nodes and needs; they are two names of one field.`,
      );
    }
    const field = node.needs === undefined ? 'parent_nodes' : 'needs';
    const parents = node.needs ?? node.parent_nodes ?? [];
    const own = parents.length > 8 ? new Set<string>() : undefined;
    parents.forEach((parent, i) => {
      if (own === undefined ? parents.indexOf(parent) < i : own.has(parent)) return;
      own?.add(parent);
      const path = `${flat.paths[to]}/${field}/${i}`;
      const from = resolve(flat, parent, path, problems);
      if (from < 0 || !mayDepend(flat, to, from, path, problems)) return;
      if (written?.has(from * size + to) === true) return;
      list.from.push(from);
      list.to.push(to);
    });
  });
}

function addSequences(flat: FlatNodes, list: EdgeList): void {
  const written = writtenInSequences(flat, list);
  flat.inputs.forEach((node, group) => {
    if (node.type !== 'sequential_group') return;
    let previous = -1;
    for (let i = group + 1; i < (flat.subtreeEnd[group] ?? 0); i = flat.subtreeEnd[i] ?? i + 1) {
      if (previous >= 0 && !written.has(previous * flat.inputs.length + i)) {
        list.from.push(previous);
        list.to.push(i);
      }
      previous = i;
    }
  });
}

/** The edges that children of sequential groups already have, lest one be there twice. */
function writtenInSequences(flat: FlatNodes, list: EdgeList): ReadonlySet<number> {
  const written = new Set<number>();
  list.to.forEach((to, e) => {
    if (flat.inputs[flat.groups[to] ?? -1]?.type === 'sequential_group') {
      written.add((list.from[e] ?? 0) * flat.inputs.length + to);
    }
  });
  return written;
}

function resolve(flat: FlatNodes, id: string, path: string, problems: Problems): number {
  const index = flat.indexOf.get(id);
  if (index === undefined) problems.add(path, `There is no node "${id}".`, id);
  return index ?? -1;
}

/** The rules about who may wait for whom that are not about cycles. */
function mayDepend(
  flat: FlatNodes,
  to: number,
  from: number,
  path: string,
  problems: Problems,
): boolean {
  const [child, parent] = [flat.inputs[to], flat.inputs[from]];
  if (child === undefined || parent === undefined) return false;
  const refuse = (message: string) => {
    problems.add(path, message);
    return false;
  };
  if (to === from) return refuse(`"${child.id}" depends on itself.`);
  if (contains(flat, from, to))
    return refuse(`"${child.id}" stands in the group "${parent.id}" and cannot wait for its end.`);
  if (contains(flat, to, from))
    return refuse(`The group "${child.id}" cannot wait for "${parent.id}", which stands in it.`);
  if (flat.patternOf[to] !== flat.patternOf[from]) {
    return refuse(
      `"${child.id}" and "${parent.id}" are not in the same for_each group; wait for the group instead.`,
    );
  }
  if (typeOf(parent) === 'cleanup' && typeOf(child) !== 'cleanup') {
    return refuse(
      `"${child.id}" waits for the cleanup node "${parent.id}", which runs at the end; only cleanup nodes may.`,
    );
  }
  if (typeOf(child) === 'cleanup' && typeOf(parent) !== 'cleanup') {
    return refuse(
      `The cleanup node "${child.id}" runs when everything else is over; it may depend on cleanup nodes only.`,
    );
  }
  return true;
}

function contains(flat: FlatNodes, group: number, node: number): boolean {
  return node > group && node < (flat.subtreeEnd[group] ?? 0);
}

function toRows(nodeCount: number, list: EdgeList): Edges {
  const count = list.from.length;
  const successorOffsets = offsets(nodeCount, list.from);
  const predecessorOffsets = offsets(nodeCount, list.to);
  const successors = new Int32Array(count);
  const predecessors = new Int32Array(count);
  const labels = new Map<number, string>();
  const nextOut = successorOffsets.slice();
  const nextIn = predecessorOffsets.slice();
  for (let e = 0; e < count; e += 1) {
    const from = list.from[e] ?? 0;
    const to = list.to[e] ?? 0;
    const out = nextOut[from] ?? 0;
    const into = nextIn[to] ?? 0;
    successors[out] = to;
    predecessors[into] = from;
    nextOut[from] = out + 1;
    nextIn[to] = into + 1;
    const label = list.labels.get(e);
    if (label !== undefined) labels.set(out, label);
  }
  return { count, successorOffsets, successors, predecessorOffsets, predecessors, labels };
}

/** Where each node's row begins, by counting. */
function offsets(nodeCount: number, ends: readonly number[]): Int32Array {
  const starts = new Int32Array(nodeCount + 1);
  for (const end of ends) starts[end + 1] = (starts[end + 1] ?? 0) + 1;
  for (let i = 0; i < nodeCount; i += 1) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  return starts;
}
