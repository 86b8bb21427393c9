import ELK, { type ELK as Elk } from 'elkjs/lib/elk-api.js';
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker';
import type { Graph } from '../../logic/graph.ts';
import { CARD, cardWidthOf, GAP, type Layout } from '../../logic/graph-layout.ts';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(GAP.x),
  'elk.spacing.nodeNode': String(GAP.y),
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  // Levels are the server's: a card is no further to the right than it has to be.
  'elk.partitioning.activate': 'true',
};

let elk: Elk | undefined;

/** Lays a graph without frames out in a thread of its own. */
export async function layoutByElk(graph: Graph): Promise<Layout> {
  const { cards, from, to } = graph;
  elk ??= new ELK({ workerFactory: () => new ElkWorker() });
  const width = cardWidthOf(graph);
  const { height } = CARD;
  const laid = await elk.layout({
    id: 'root',
    layoutOptions: OPTIONS,
    children: cards.map(({ level }, card) => ({
      ...{ id: String(card), width, height },
      layoutOptions: { 'elk.partitioning.partition': String(level) },
    })),
    edges: Array.from(from, (start, edge) => ({
      ...{ id: `e${edge}`, sources: [String(start)], targets: [String(to[edge])] },
    })),
  });
  const places = new Map((laid.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  return {
    cards: cards.map((_, card) => ({ x: 0, y: 0, ...places.get(String(card)), width, height })),
    frames: [],
    bounds: around([...places.values()], width),
  };
}

function around(
  places: readonly { readonly x: number; readonly y: number }[],
  width: number,
): Layout['bounds'] {
  const right = places.reduce((most, { x }) => Math.max(most, x + width), 0);
  const bottom = places.reduce((most, { y }) => Math.max(most, y + CARD.height), 0);
  return { x: 0, y: 0, width: right, height: bottom };
}
