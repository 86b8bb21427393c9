import type { JobNode } from '@tenuto/contract';
import {
  Background,
  Controls,
  type Edge as FlowEdge,
  MiniMap,
  type NodeMouseHandler,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMantineColorScheme } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type Card, type Graph, graphOf } from '../../logic/graph.ts';
import { CARD } from '../../logic/graph-layout.ts';
import { lookOf } from '../../logic/status.ts';
import { Empty } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { CardNode, type CardNodeType } from './card-node.tsx';
import { useLayout } from './use-layout.ts';

const words = RUN_WORDS.graph;
const NODE_TYPES = { card: CardNode };
/** From so many cards on, a map of them helps. */
const MAP_FROM = 15;

interface Props {
  readonly nodes: readonly JobNode[];
  readonly picked: string | undefined;
  readonly pick: (nodeId: string) => void;
}

/** The graph of a run from left to right, with the state of each node. */
export function GraphView({ nodes, picked, pick }: Props) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const graph = useMemo(() => graphOf(nodes, unfolded), [nodes, unfolded]);
  const places = useLayout(graph);
  const { colorScheme } = useMantineColorScheme();
  const onNodeClick: NodeMouseHandler<CardNodeType> = (_event, { data: { card } }) => {
    if (card.nodes.length > 1) setUnfolded(new Set([...unfolded, card.id]));
    else pick(card.id);
  };
  const flowNodes = useMemo(
    () =>
      places === undefined
        ? []
        : graph.cards.map((card) => flowNode(card, places.get(card.id), picked)),
    [graph, places, picked],
  );
  const flowEdges = useMemo(() => edgesOf(graph), [graph]);
  if (nodes.length === 0) return <Empty title={words.none} />;
  if (places === undefined) return <Waiting />;
  return (
    <ReactFlow
      nodes={flowNodes}
      edges={flowEdges}
      nodeTypes={NODE_TYPES}
      onNodeClick={onNodeClick}
      colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
      onInit={showStart}
      minZoom={0.05}
      maxZoom={2}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      onlyRenderVisibleElements={graph.cards.length > 100}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={20} />
      <Controls showInteractive={false} />
      {graph.cards.length >= MAP_FROM && (
        <MiniMap<CardNodeType>
          pannable
          zoomable
          nodeClassName={({ data }) => `map-${lookOf(data.card.status).tone}`}
        />
      )}
      {unfolded.size > 0 && (
        <button type="button" className="chip graph-fold" onClick={() => setUnfolded(new Set())}>
          {words.fold}
        </button>
      )}
    </ReactFlow>
  );
}

const LEGIBLE = 0.75;
const MARGIN_PX = 24;

/** All of the graph where it can be read then, else its beginning. */
function showStart(flow: ReactFlowInstance<CardNodeType>): void {
  void flow.fitView({ maxZoom: 1, padding: 0.1 }).then(() => {
    if (flow.getZoom() >= LEGIBLE) return;
    const { x, y, height } = flow.getNodesBounds(flow.getNodes());
    const box = document.querySelector('.graph-card')?.getBoundingClientRect();
    const middle = (box?.height ?? 0) / 2;
    const top = height * LEGIBLE > middle * 2 ? MARGIN_PX : middle - (height / 2) * LEGIBLE;
    void flow.setViewport({
      ...{ x: MARGIN_PX - x * LEGIBLE, y: top - y * LEGIBLE, zoom: LEGIBLE },
    });
  });
}

function flowNode(
  card: Card,
  place: { readonly x: number; readonly y: number } | undefined,
  picked: string | undefined,
): CardNodeType {
  return {
    id: card.id,
    type: 'card' as const,
    position: place ?? { x: 0, y: 0 },
    data: { card, isPicked: card.id === picked },
    width: CARD.width,
    height: CARD.height,
    ariaLabel: `${card.label}: ${card.status}`,
  };
}

function edgesOf({ edges, cards }: Graph): FlowEdge[] {
  const running = new Set(cards.filter(({ status }) => status === 'running').map(({ id }) => id));
  return edges.map(({ from, to, skipped }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    className: skipped ? 'edge-skipped' : running.has(to) ? 'edge-running' : '',
  }));
}
