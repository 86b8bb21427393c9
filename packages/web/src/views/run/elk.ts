import ELK, { type ELK as Elk } from 'elkjs/lib/elk-api.js';
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker';
import type { Graph } from '../../logic/graph.ts';
import { CARD, type Places } from '../../logic/graph-layout.ts';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(CARD.column - CARD.width),
  'elk.spacing.nodeNode': String(CARD.row - CARD.height),
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

let elk: Elk | undefined;

/** Lays a graph out in a thread of its own. */
export async function layoutByElk({ cards, edges }: Graph): Promise<Places> {
  elk ??= new ELK({ workerFactory: () => new ElkWorker() });
  const laid = await elk.layout({
    id: 'root',
    layoutOptions: OPTIONS,
    children: cards.map(({ id }) => ({ id, width: CARD.width, height: CARD.height })),
    edges: edges.map(({ from, to }, index) => ({
      ...{ id: `e${index}`, sources: [from], targets: [to] },
    })),
  });
  return new Map((laid.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}
