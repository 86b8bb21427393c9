/** The rows of a timeline: which there are, in which order, and what groups and decisions span. */
import { GRAPH_STATES, type GraphState } from '@tenuto/contract';
import { type RunGraph, rowOf } from './run-graph.ts';
import { NOT_THERE, type RunStates } from './run-states.ts';
import type { Bar } from './timeline.ts';

/** Where nodes lie in time, in milliseconds since the epoch. */
export interface Places {
  /** When each began; infinite for what has not. */
  readonly starts: Float64Array;
  /** When each has ended; infinite while it goes on. */
  readonly ends: Float64Array;
  /** The group that each stands in, or -1. */
  readonly parents: Int32Array;
  /** 1 for groups: they span what stands in them. */
  readonly groups: Uint8Array;
  /** 1 for what was done in no time, once what it waits for had ended: decisions, checkpoints. */
  readonly moments: Uint8Array;
}

const COMPLETED = GRAPH_STATES.indexOf('completed');

/** Takes time in proportion to nodes and edges. */
export function placesOf(graph: RunGraph, states: RunStates): Places {
  const size = states.codes.length;
  const places: Places = {
    ...{ starts: new Float64Array(size).fill(Number.POSITIVE_INFINITY) },
    ...{ ends: new Float64Array(size).fill(Number.NEGATIVE_INFINITY) },
    parents: Int32Array.from({ length: size }, (_, node) => groupOf(graph, states, node)),
    ...{ groups: new Uint8Array(size), moments: new Uint8Array(size) },
  };
  for (const group of places.parents) if (group >= 0) places.groups[group] = 1;
  for (let node = 0; node < size; node += 1) placeNode(places, states, node);
  placeMoments(places, graph, states);
  return places;
}

/** An instance stands in the instance of its group, where that has one of its own. */
function groupOf({ ids, groups, copyOf, indexOf }: RunGraph, { codes }: RunStates, node: number) {
  const group = groups[node] ?? -1;
  if (group < 0 || codes[group] !== NOT_THERE) return group;
  let item = (ids[node] ?? '').slice((ids[copyOf[node] ?? -1] ?? '').length);
  while (item !== '') {
    const found = indexOf.get((ids[group] ?? '') + item);
    if (found !== undefined) return found;
    item = item.slice(0, item.lastIndexOf('['));
  }
  return -1;
}

/** Puts a node where it has been at work, and stretches all groups around it. */
function placeNode(places: Places, { ended, running, waits }: RunStates, node: number): void {
  if (places.groups[node] === 1) return;
  const past = ended.get(node) ?? [];
  const present = running.get(node) ?? waits.get(node);
  const first = past[0] ?? present;
  if (first === undefined) return;
  const to = present !== undefined ? Number.POSITIVE_INFINITY : (past.at(-1)?.to ?? first.from);
  for (let at = node; at >= 0; at = places.parents[at] ?? -1) {
    places.starts[at] = Math.min(places.starts[at] ?? 0, first.from);
    places.ends[at] = Math.max(places.ends[at] ?? 0, to);
  }
}

function placeMoments(places: Places, graph: RunGraph, { codes }: RunStates): void {
  const { starts, ends, groups, moments, parents } = places;
  const silent: number[] = [];
  codes.forEach((code, node) => {
    if (code === COMPLETED && groups[node] === 0 && starts[node] === Number.POSITIVE_INFINITY) {
      silent.push(node);
    }
  });
  // What another one waits for stands at a lower level.
  silent.sort((a, b) => (graph.levels[a] ?? 0) - (graph.levels[b] ?? 0));
  for (const node of silent) {
    let at = starts[parents[node] ?? -1] ?? Number.NEGATIVE_INFINITY;
    for (const before of rowOf(graph.parents, node)) at = Math.max(at, ends[before] ?? at);
    if (!Number.isFinite(at)) continue;
    moments[node] = 1;
    starts[node] = at;
    ends[node] = at;
  }
}

/** What is drawn of a node that has no attempts of its own; undefined where that is nothing. */
export function ownBar(
  { starts, ends, groups, moments }: Places,
  node: number,
  status: GraphState,
): Bar | undefined {
  const [from = Number.POSITIVE_INFINITY, to = 0] = [starts[node], ends[node]];
  const kind = groups[node] === 1 ? 'group' : 'moment';
  if (from === Number.POSITIVE_INFINITY || (kind === 'moment' && moments[node] !== 1)) {
    return undefined;
  }
  return { kind, from, to: Number.isFinite(to) ? to : null, status, attempt: 1 };
}

/** One row: a node, how deep it stands in groups, and whether what stands in it is hidden. */
export interface TimelineRowOf {
  readonly node: number;
  readonly depth: number;
  readonly isFolded: boolean;
}

interface Wish {
  /** States whose nodes are shown, with the groups they stand in; all when empty. */
  readonly shown: ReadonlySet<string>;
  /** Groups whose parts are hidden. */
  readonly folded: ReadonlySet<number>;
}

/** In the order in which they began, parts behind their group; what has not begun comes last. */
export function timelineRows(
  { codes }: RunStates,
  { starts, parents }: Places,
  { shown, folded }: Wish,
): readonly TimelineRowOf[] {
  const wanted = Uint8Array.from(GRAPH_STATES, (state) =>
    shown.size === 0 || shown.has(state) ? 1 : 0,
  );
  const seen = new Uint8Array(codes.length);
  codes.forEach((code, node) => {
    if (code === NOT_THERE || wanted[code] === 0) return;
    for (let at = node; at >= 0 && seen[at] === 0; at = parents[at] ?? -1) seen[at] = 1;
  });
  const inside = new Map<number, number[]>();
  seen.forEach((isSeen, node) => {
    if (isSeen === 0) return;
    const group = parents[node] ?? -1;
    const others = inside.get(group);
    if (others === undefined) inside.set(group, [node]);
    else others.push(node);
  });
  const rows: TimelineRowOf[] = [];
  const put = (group: number, depth: number): void => {
    const nodes = inside.get(group) ?? [];
    nodes.sort((a, b) => {
      const [x = 0, y = 0] = [starts[a], starts[b]];
      return x === y ? a - b : x - y;
    });
    for (const node of nodes) {
      const isFolded = folded.has(node);
      rows.push({ node, depth, isFolded });
      if (!isFolded) put(node, depth + 1);
    }
  };
  put(-1, 0);
  return rows;
}
