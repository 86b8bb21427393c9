import { GRAPH_STATES, type GraphState } from '@tenuto/contract';
import { type Card, type Graph, worstOf } from './graph.ts';
import { type RunGraph, reached } from './run-graph.ts';
import { NOT_THERE, type RunStates } from './run-states.ts';

const CODE: ReadonlyMap<string, number> = new Map(GRAPH_STATES.map((state, i) => [state, i]));
const codeOf = (state: GraphState) => CODE.get(state) ?? 0;

/** How the cards of a graph stand: their states, frames behind cards, and how many of a stack are in which. */
export interface CardStates {
  readonly codes: Uint8Array;
  readonly counts: ReadonlyMap<number, Uint32Array>;
}

/** Takes a fraction of a millisecond for a thousand nodes: it is done for each change. */
export function cardStates({ cards, frames }: Graph, { codes: of }: RunStates): CardStates {
  const codes = new Uint8Array(cards.length + frames.length);
  const inside: number[][] = frames.map(() => []);
  const counts = new Map<number, Uint32Array>();
  cards.forEach(({ nodes, kind, frame }, card) => {
    const worst = worstOf(nodes, of);
    codes[card] = worst === NOT_THERE ? 0 : worst;
    inside[frame]?.push(card);
    if (kind === 'node') return;
    const count = new Uint32Array(GRAPH_STATES.length);
    for (const node of nodes) {
      const code = of[node] ?? NOT_THERE;
      if (code !== NOT_THERE) count[code] = (count[code] ?? 0) + 1;
    }
    counts.set(card, count);
  });
  frames.forEach(({ node }, at) => {
    const code = node === undefined ? worstOf(inside[at] ?? [], codes) : of[node];
    codes[cards.length + at] = code === NOT_THERE ? 0 : (code ?? 0);
  });
  return { codes, counts };
}

/** What of a card of many is said in words. */
export interface Tally {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

export function tallyOf(card: Card, counts: Uint32Array | undefined): Tally {
  const of = (...states: GraphState[]) =>
    states.reduce((sum, state) => sum + (counts?.[codeOf(state)] ?? 0), 0);
  return {
    total: card.nodes.length,
    done: of('completed', 'skipped'),
    failed: of('failed', 'timeout'),
  };
}

/** 1 for each card with a node in one of these states; undefined when all are wanted. */
export function cardsIn(
  { cards }: Graph,
  { codes }: RunStates,
  states: ReadonlySet<string>,
): Uint8Array | undefined {
  if (states.size === 0) return undefined;
  const wanted = new Set([...states].map((state) => CODE.get(state) ?? -1));
  return Uint8Array.from(cards, ({ nodes }) =>
    nodes.some((node) => wanted.has(codes[node] ?? NOT_THERE)) ? 1 : 0,
  );
}

/** Edges along one longest way, by place. */
export function criticalEdges(graph: Graph, { critical }: RunGraph): Uint8Array {
  return edgesWithin(graph, (node) => critical[node] === 1);
}

/** All that a node waits for, and all that waits for it. */
export function dependenciesOf(graph: RunGraph, node: number): ReadonlySet<number> {
  return new Set([...reached(graph.parents, node), ...reached(graph.children, node)]);
}

/** Edges by which a card depends on others, and others on it. */
export function dependencyEdges(graph: Graph, nodes: ReadonlySet<number>): Uint8Array {
  return edgesWithin(graph, (node) => nodes.has(node));
}

/** 1 for edges both of whose ends have such a node. */
function edgesWithin({ cards, frames, from, to }: Graph, has: (node: number) => boolean) {
  const within = [
    ...cards.map(({ nodes }) => nodes.some(has)),
    ...frames.map(({ node }) => node !== undefined && has(node)),
  ];
  return Uint8Array.from(from, (start, edge) =>
    within[start] === true && within[to[edge] ?? 0] === true ? 1 : 0,
  );
}

/** 1 for cards that an edge of these begins or ends at. */
export function endsOf(graph: Graph, edges: Uint8Array): Uint8Array {
  const cards = new Uint8Array(graph.cards.length + graph.frames.length);
  edges.forEach((lit, edge) => {
    if (lit === 0) return;
    cards[graph.from[edge] ?? 0] = 1;
    cards[graph.to[edge] ?? 0] = 1;
  });
  return cards;
}

/** Which groups and stacks are open, as an address says it. */
export function foldingOf(open: string | undefined, size: number) {
  const named = new Set(open?.split(',').map((key) => decodeURIComponent(key)) ?? []);
  return {
    isOpen(key: string, kind: 'stack' | 'group'): boolean {
      if (named.has('all')) return true;
      if (named.has(key)) return true;
      if (open !== undefined) return false;
      // A graph that can be seen whole opens with its groups.
      return kind === 'group' && size <= OPEN_UP_TO;
    },
  };
}

const OPEN_UP_TO = 150;

/** The address of a folding in which one thing is the other way round. */
export function toggled(openKeys: readonly string[], key: string): string {
  const keys = openKeys.includes(key) ? openKeys.filter((one) => one !== key) : [...openKeys, key];
  return keys.length === 0
    ? 'none'
    : keys.map((one) => one.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}
