import type { Edges } from './edges.ts';
import type { FlatNodes } from './flatten.ts';

/**
 * Longest-path levels, or a cycle. A group is two points: its begin, which its children wait for,
 * and its end, which waits for them; point i is where node i begins (and, when it is no group,
 * ends), point nodeCount + i is where group i ends. An end is no level of its own: it stands on
 * that of the group's last child.
 */
export function orderNodes(
  flat: FlatNodes,
  edges: Edges,
): { levels: Int32Array } | { cycle: readonly number[] } {
  const size = flat.inputs.length;
  const graph = pointGraph(flat, edges);
  const waiting = new Int32Array(size * 2);
  for (let point = 0; point < size * 2; point += 1) {
    graph.forEachNext(point, (next) => {
      waiting[next] = (waiting[next] ?? 0) + 1;
    });
  }
  const levels = new Int32Array(size * 2);
  const queue = new Int32Array(size * 2);
  let tail = 0;
  for (let point = 0; point < size * 2; point += 1) {
    if (waiting[point] === 0) queue[tail++] = point;
  }
  for (let head = 0; head < tail; head += 1) {
    const point = queue[head] ?? 0;
    graph.forEachNext(point, (next) => {
      const level = (levels[point] ?? 0) + (next < size ? 1 : 0);
      levels[next] = Math.max(levels[next] ?? 0, level);
      waiting[next] = (waiting[next] ?? 0) - 1;
      if (waiting[next] === 0) queue[tail++] = next;
    });
  }
  if (tail < size * 2) return { cycle: nodesOf(findCycle(size, waiting, graph), size) };
  return { levels: levels.slice(0, size) };
}

interface PointGraph {
  forEachNext(point: number, visit: (next: number) => void): void;
}

function pointGraph(flat: FlatNodes, edges: Edges): PointGraph {
  const size = flat.inputs.length;
  const isGroup = (i: number) => (flat.subtreeEnd[i] ?? 0) > i + 1;
  const after = (i: number, visit: (next: number) => void) => {
    const end = edges.successorOffsets[i + 1] ?? 0;
    for (let e = edges.successorOffsets[i] ?? 0; e < end; e += 1) visit(edges.successors[e] ?? 0);
    const group = flat.groups[i] ?? -1;
    if (group >= 0) visit(size + group);
  };
  return {
    forEachNext(point, visit) {
      if (point >= size) {
        if (isGroup(point - size)) after(point - size, visit);
      } else if (isGroup(point)) {
        const end = flat.subtreeEnd[point] ?? 0;
        for (let i = point + 1; i < end; i = flat.subtreeEnd[i] ?? i + 1) visit(i);
      } else {
        after(point, visit);
      }
    },
  };
}

/**
 * A cycle among the points that still wait, in the order of the edges. Each has a predecessor that
 * waits too, so walking backwards comes round.
 */
function findCycle(size: number, waiting: Int32Array, graph: PointGraph): number[] {
  const before = new Int32Array(size * 2).fill(-1);
  let at = -1;
  for (let point = 0; point < size * 2; point += 1) {
    if ((waiting[point] ?? 0) === 0) continue;
    at = point;
    graph.forEachNext(point, (next) => {
      if ((waiting[next] ?? 0) > 0) before[next] = point;
    });
  }
  const metAt = new Map<number, number>();
  const walk: number[] = [];
  while (!metAt.has(at)) {
    metAt.set(at, walk.length);
    walk.push(at);
    at = before[at] ?? -1;
  }
  return walk.slice(metAt.get(at)).reverse();
}

/** The nodes of a cycle of points. A group that is passed from begin to end is named once. */
function nodesOf(cycle: readonly number[], size: number): number[] {
  const place = new Map(cycle.map((point, i) => [point, i]));
  const passed = (point: number) => point < size && place.has(point + size);
  const first = Math.max(0, cycle.findIndex(passed));
  const nodes: number[] = [];
  for (let i = 0; i < cycle.length; i += 1) {
    const point = cycle[(first + i) % cycle.length] ?? 0;
    nodes.push(point < size ? point : point - size);
    if (passed(point)) i = ((place.get(point + size) ?? 0) - first + cycle.length) % cycle.length;
  }
  return nodes;
}
