import type { JobGraph, JobGraphState, NodeType } from '@tenuto/contract';

/** Edges in rows: those of node i are `ends[at[i]]` up to `ends[at[i + 1]]`. */
export interface Rows {
  readonly at: Int32Array;
  readonly ends: Int32Array;
}

/** A node that `for_each` has made, in a run, of a node of its plan. */
export type Instance = JobGraphState['instances'][number];

/** The graph of a run: the nodes of its plan, and behind them the instances made so far. */
export interface RunGraph {
  readonly size: number;
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** What each node does: its action, else its type. */
  readonly does: readonly string[];
  /** The group that each stands in, or -1. */
  readonly groups: Int32Array;
  /** The node of the plan that an instance is a copy of; -1 for the plan's own. */
  readonly copyOf: Int32Array;
  /** 1 for patterns that have instances: these stand for them. */
  readonly replaced: Uint8Array;
  readonly levels: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly labels: ReadonlyMap<number, string>;
  readonly parents: Rows;
  readonly children: Rows;
  readonly critical: Uint8Array;
}

/** Puts the columns of a plan and its instances together. Takes time in proportion to them. */
export function runGraphOf(graph: JobGraph, instances: readonly Instance[]): RunGraph {
  const plan = graph.node_ids.length;
  const size = instances.reduce((most, { node }) => Math.max(most, node + 1), plan);
  const ids = [...graph.node_ids];
  const does = graph.types.map((type, i) => doesOf(graph, type, i));
  const groups = filled(size, graph.groups);
  const copyOf = new Int32Array(size).fill(-1);
  const levels = filled(size, graph.levels);
  const replaced = new Uint8Array(size);
  for (const { node, of, node_id: id } of instances) {
    ids[node] = id;
    does[node] = does[of] ?? '';
    copyOf[node] = of;
    replaced[of] = 1;
    groups[node] = groups[of] ?? -1;
    levels[node] = levels[of] ?? 0;
  }
  for (let node = 0; node < size; node += 1) ids[node] ??= '';
  const indexOf = new Map(ids.map((id, node) => [id, node]));
  const ends = withCopies(graph.edges, { ids, indexOf, copyOf, instances, replaced });
  const critical = new Uint8Array(size);
  for (const node of graph.critical_path) critical[node] = 1;
  return {
    ...{ size, ids, indexOf, does, groups, copyOf, replaced, levels, critical },
    ...{ from: ends.from, to: ends.to },
    labels: new Map(graph.edges.labels.map(({ edge, when }) => [edge, when])),
    parents: rowsOf(size, ends.to, ends.from),
    children: rowsOf(size, ends.from, ends.to),
  };
}

function doesOf(graph: JobGraph, type: number, node: number): string {
  const action = graph.action_names[graph.uses[node] ?? -1];
  const name: NodeType | undefined = graph.type_names[type];
  return action ?? name?.replaceAll('_', ' ') ?? '';
}

function filled(size: number, column: readonly number[]): Int32Array {
  const all = new Int32Array(size).fill(-1);
  all.set(column);
  return all;
}

interface Copies {
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly copyOf: Int32Array;
  readonly instances: readonly Instance[];
  readonly replaced: Uint8Array;
}

/** Edges of the plan, and those between instances of the same item. */
function withCopies({ from, to }: JobGraph['edges'], copies: Copies) {
  const { ids, indexOf, instances } = copies;
  if (instances.length === 0) return { from: Int32Array.from(from), to: Int32Array.from(to) };
  const [out, into] = [[...from], [...to]];
  const before = new Map<number, number[]>();
  to.forEach((end, edge) => {
    const start = from[edge] ?? 0;
    if (copies.replaced[end] === 1) before.set(end, [...(before.get(end) ?? []), start]);
  });
  for (const { node, of, node_id: id } of instances) {
    const item = id.slice((ids[of] ?? '').length);
    for (const parent of before.get(of) ?? []) {
      out.push(indexOf.get((ids[parent] ?? '') + item) ?? parent);
      into.push(node);
    }
  }
  return { from: Int32Array.from(out), to: Int32Array.from(into) };
}

/** Sorts edges into rows by one of their ends, by counting. */
export function rowsOf(size: number, keys: Int32Array, values: Int32Array): Rows {
  const at = new Int32Array(size + 1);
  for (const key of keys) at[key + 1] = (at[key + 1] ?? 0) + 1;
  for (let i = 0; i < size; i += 1) at[i + 1] = (at[i + 1] ?? 0) + (at[i] ?? 0);
  const next = at.slice();
  const ends = new Int32Array(keys.length);
  for (let edge = 0; edge < keys.length; edge += 1) {
    const key = keys[edge] ?? 0;
    const place = next[key] ?? 0;
    ends[place] = values[edge] ?? 0;
    next[key] = place + 1;
  }
  return { at, ends };
}

export function rowOf({ at, ends }: Rows, of: number): Int32Array {
  return ends.subarray(at[of] ?? 0, at[of + 1] ?? 0);
}

/** All that can be reached along rows, itself included. */
export function reached(rows: Rows, from: number): Set<number> {
  const seen = new Set([from]);
  const open = [from];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of rowOf(rows, node)) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}
