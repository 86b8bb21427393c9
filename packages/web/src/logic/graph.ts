import { GRAPH_STATES } from '@tenuto/contract';
import { type RunGraph, rowOf } from './run-graph.ts';
import { NOT_THERE } from './run-states.ts';

/** One card: a node, many that are alike, or a group that is folded. */
export interface Card {
  /** The same for as long as the graph is: `node`, `stack:…`, `group:…`. */
  readonly key: string;
  readonly kind: 'node' | 'stack' | 'group';
  readonly label: string;
  readonly about: string;
  /** What it stands for, by index. */
  readonly nodes: readonly number[];
  readonly level: number;
  /** The open group around it, by place among the frames, or -1. */
  readonly frame: number;
}

/** A group that is open: a frame around its cards. */
export interface Frame {
  readonly key: string;
  readonly label: string;
  /** The frame around it, or -1. */
  readonly frame: number;
  /** The node of the plan that it is, where it is one; else its nodes only share how they begin. */
  node: number | undefined;
}

/**
 * What is drawn of a graph: cards, frames, and edges between them. An end of an edge is the place of
 * a card, or behind all cards that of a frame.
 */
export interface Graph {
  readonly cards: readonly Card[];
  readonly frames: readonly Frame[];
  /** The card or frame that each node is shown as, as an end of edges; -1 for none. */
  readonly endOf: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Labels of conditions, by edge. */
  readonly labels: ReadonlyMap<number, string>;
}

/** What of a graph is shown folded. */
export interface Folding {
  /** Whether a group or a stack is open. */
  isOpen(key: string, kind: 'stack' | 'group', size: number): boolean;
}

/** From so many on, nodes that are alike are one card. */
export const STACK_FROM = 13;

/** Makes the cards of a graph. Takes time in proportion to its nodes and edges. */
export function graphOf(graph: RunGraph, folding: Folding): Graph {
  const groups = groupTree(graph);
  const frames: Frame[] = [];
  const frameAt = new Map<string, number>();
  const cards: Card[] = [];
  const endOf = new Int32Array(graph.size).fill(-1);
  const add = (card: Omit<Card, 'level'>) => {
    const level = card.nodes.reduce((least, node) => Math.min(least, graph.levels[node] ?? 0), 1e9);
    for (const node of card.nodes) endOf[node] = cards.length;
    cards.push({ ...card, level });
  };
  const place = placing(groups, folding, { frames, frameAt });
  const folded = new Map<string, number[]>();
  const loose = new Map<string, { frame: number; nodes: number[] }>();
  const likeness = likenessOf(graph);
  for (let node = 0; node < graph.size; node += 1) {
    if (graph.replaced[node] === 1) continue;
    const at = place(node);
    const head = groups.frameOf(node, frameAt);
    const frame = head === undefined ? undefined : frames[head];
    if (at.folded !== undefined) push(folded, at.folded, node);
    else if (frame !== undefined) frame.node = node;
    else {
      const key = `${at.frame}|${likeness(node)}`;
      const known = loose.get(key);
      if (known === undefined) loose.set(key, { frame: at.frame, nodes: [node] });
      else known.nodes.push(node);
    }
  }
  for (const [key, nodes] of folded) add(groups.card(key, nodes, place(nodes[0] ?? 0).frame));
  for (const like of loose.values()) addLike(graph, folding, { ...like, frames, add });
  frames.forEach(({ node }, at) => {
    if (node !== undefined) endOf[node] = cards.length + at;
  });
  return { cards, frames, endOf, ...edgesOf(graph, endOf) };
}

/** The place of what lies at an end of an edge. */
export function partOf<C, F>(
  { cards, frames }: { readonly cards: readonly C[]; readonly frames: readonly F[] },
  end: number,
): C | F | undefined {
  return cards[end] ?? frames[end - cards.length];
}

function push(map: Map<string, number[]>, key: string, node: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [node]);
  else known.push(node);
}

interface Alike {
  readonly frame: number;
  readonly nodes: readonly number[];
  readonly frames: Frame[];
  readonly add: (card: Omit<Card, 'level'>) => void;
}

/** Nodes that are alike: as one card, in a frame where that was opened, or just so if they are few. */
function addLike(graph: RunGraph, folding: Folding, { frame, nodes, frames, add }: Alike): void {
  const [first = 0] = nodes;
  const id = graph.ids[first] ?? '';
  const key = `stack:${id}`;
  const label = baseName(id) || id;
  const isStack = nodes.length >= STACK_FROM;
  if (isStack && !folding.isOpen(key, 'stack', nodes.length)) {
    add({ key, kind: 'stack', label, about: graph.does[first] ?? '', nodes, frame });
    return;
  }
  if (isStack) frames.push({ key, label, frame, node: undefined });
  const inside = isStack ? frames.length - 1 : frame;
  for (const node of nodes) {
    const name = graph.ids[node] ?? '';
    const about = graph.does[node] ?? '';
    add({ key: name, kind: 'node', label: name, about, nodes: [node], frame: inside });
  }
}

/** `shard[3]`, `shard-3` and `shard_3` are shards. */
function baseName(id: string): string {
  return id.replace(/\[\d+\]/g, '[]').replace(/[-_.]?\d+$/, '');
}

/** What makes nodes alike: the same work, between the same neighbours; copies of one are so, too. */
function likenessOf(graph: RunGraph): (node: number) => string {
  return (node) => {
    const copy = graph.copyOf[node] ?? -1;
    if (copy >= 0) return `copy|${copy}`;
    const parents = mixed(rowOf(graph.parents, node));
    const children = mixed(rowOf(graph.children, node));
    return `${baseName(graph.ids[node] ?? '')}|${graph.does[node]}|${parents}|${children}`;
  };
}

/** A number for a list of them: 53 bits, so that two lists of one graph do not meet by chance. */
function mixed(list: Int32Array): number {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (const one of list) {
    high = Math.imul(high ^ one, 0x01000193) + 0x7f4a7c15;
    low = Math.imul(low + one, 0x5bd1e995) ^ (low >>> 15);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0) + list.length;
}

interface GroupTree {
  /** Keys of the groups around a node, outermost first. */
  around(node: number): readonly string[];
  sizeOf(key: string): number;
  labelOf(key: string): string;
  /** The frame that stands for a group's own node. */
  frameOf(node: number, frames: ReadonlyMap<string, number>): number | undefined;
  card(key: string, nodes: readonly number[], frame: number): Omit<Card, 'level'>;
}

/** Groups of the plan; where it has none, nodes are grouped by what stands before a `/`. */
function groupTree(graph: RunGraph): GroupTree {
  const real = graph.groups.some((group) => group >= 0);
  const around = real ? realGroups(graph) : prefixGroups(graph);
  const sizes = new Map<string, number>();
  for (let node = 0; node < graph.size; node += 1) {
    for (const key of around(node)) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  const labelOf = (key: string) => key.slice('group:'.length);
  const keyOf = (node: number) => `group:${graph.ids[node]}`;
  return {
    around,
    labelOf,
    sizeOf: (key) => sizes.get(key) ?? 0,
    frameOf: (node, frames) => (real ? frames.get(keyOf(node)) : undefined),
    card: (key, nodes, frame) => ({
      ...{ key, kind: 'group', label: labelOf(key), about: '', nodes, frame },
    }),
  };
}

/** A group's node is in its own group: folded, both are one card. */
function realGroups({ groups, ids, size }: RunGraph): GroupTree['around'] {
  const isGroup = new Uint8Array(size);
  for (const group of groups) if (group >= 0) isGroup[group] = 1;
  const known = new Map<number, readonly string[]>();
  const around = (group: number): readonly string[] => {
    const found = known.get(group);
    if (found !== undefined) return found;
    const outer = groups[group] ?? -1;
    const keys = [...(outer >= 0 ? around(outer) : []), `group:${ids[group]}`];
    known.set(group, keys);
    return keys;
  };
  return (node) => {
    const group = isGroup[node] === 1 ? node : (groups[node] ?? -1);
    return group < 0 ? [] : around(group);
  };
}

function prefixGroups({ ids }: RunGraph): GroupTree['around'] {
  return (node) => {
    const id = ids[node] ?? '';
    const end = id.indexOf('/');
    return end <= 0 ? [] : [`group:${id.slice(0, end)}`];
  };
}

interface Frames {
  readonly frames: Frame[];
  readonly frameAt: Map<string, number>;
}

/** Where a node goes: into a folded group, or into the frame of the innermost open one. */
function placing(groups: GroupTree, folding: Folding, { frames, frameAt }: Frames) {
  const open = new Map<string, boolean>();
  const isOpen = (key: string) => {
    const known = open.get(key);
    if (known !== undefined) return known;
    const size = groups.sizeOf(key);
    const answer = folding.isOpen(key, 'group', size);
    open.set(key, answer);
    return answer;
  };
  return (node: number): { readonly frame: number; readonly folded?: string } => {
    let frame = -1;
    for (const key of groups.around(node)) {
      // One alone needs no frame.
      if (groups.sizeOf(key) < 2) continue;
      if (!isOpen(key)) return { frame, folded: key };
      let at = frameAt.get(key);
      if (at === undefined) {
        at = frames.length;
        frameAt.set(key, at);
        frames.push({ key, label: groups.labelOf(key), frame, node: undefined });
      }
      frame = at;
    }
    return { frame };
  };
}

function edgesOf(graph: RunGraph, endOf: Int32Array) {
  const seen = new Map<number, number>();
  const [from, to]: [number[], number[]] = [[], []];
  const labels = new Map<number, string>();
  const many = 2 * graph.size + 1;
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const start = endOf[graph.from[edge] ?? 0] ?? -1;
    const end = endOf[graph.to[edge] ?? 0] ?? -1;
    if (start < 0 || end < 0 || start === end) continue;
    const key = start * many + end;
    let at = seen.get(key);
    if (at === undefined) {
      at = from.length;
      seen.set(key, at);
      from.push(start);
      to.push(end);
    }
    const label = graph.labels.get(edge);
    if (label !== undefined && !labels.has(at)) labels.set(at, label);
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to), labels };
}

/** The worst first: what many together are said to be. */
const RANK = (
  [
    ...['needs_person', 'failed', 'timeout', 'retrying', 'running', 'waiting', 'ready'],
    ...['cancelled', 'not_reached', 'pending', 'completed', 'skipped'],
  ] as const
).map((state) => GRAPH_STATES.indexOf(state));

/** What a card that stands for these nodes is said to be, as a code. */
export function worstOf(nodes: readonly number[], codes: Uint8Array): number {
  if (nodes.length === 1) return codes[nodes[0] ?? 0] ?? 0;
  let seen = 0;
  for (const node of nodes) {
    const code = codes[node] ?? NOT_THERE;
    if (code !== NOT_THERE) seen |= 1 << code;
  }
  // Part done and part still to come is going on.
  const rank = RANK.find((code) => (seen & (1 << code)) !== 0);
  return rank ?? 0;
}
