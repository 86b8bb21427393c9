import { useMantineColorScheme } from '@mantine/core';
import {
  Background,
  type Connection,
  Controls,
  type Edge,
  type FinalConnectionState,
  MiniMap,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { DRAWN, type DrawnPhase, layoutProfile, type Point } from '../../logic/profile-layout.ts';
import { agentLinks, type Outline, phaseLinks } from '../../logic/profile-model.ts';
import { linkFault } from '../../logic/profile-model-links.ts';
import { tellFailure } from '../../ui/toasts.ts';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';
import { AgentNode, type AgentNodeType, PhaseNode, type PhaseNodeType } from './part-nodes.tsx';

const NODE_TYPES = { phase: PhaseNode, agent: AgentNode };
const MAP_FROM = 5;
const FIT = { maxZoom: 1, minZoom: 0.45, padding: 0.08 } as const;

type PartNode = PhaseNodeType | AgentNodeType;

/** The phases as cards from left to right, to be connected and moved. */
export function GraphCanvas() {
  const { editor, outline, at, select, act, isReadOnly } = useDesk();
  const { colorScheme } = useMantineColorScheme();
  const [dragged, setDragged] = useState<{ readonly id: string; readonly point: Point }>();
  const flow = useRef<ReactFlowInstance<PartNode> | null>(null);
  const { moved } = editor;
  const drawn = useMemo(
    () => layoutProfile(outline, { moved, isReadOnly }),
    [outline, moved, isReadOnly],
  );
  const nodes = useMemo(() => nodesOf(drawn, dragged, isReadOnly), [drawn, dragged, isReadOnly]);
  const edges = useMemo(() => edgesOf(outline, at), [outline, at]);
  const count = drawn.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one more or less is shown with the rest.
  useEffect(() => {
    void flow.current?.fitView(FIT);
  }, [count]);
  const isValid = ({ source, target }: Connection | Edge) =>
    linkFault(editor.doc, { from: source, to: target }) === undefined;
  const refuse = (
    _event: unknown,
    { isValid: isGood, fromNode, toNode, fromHandle }: FinalConnectionState,
  ) => {
    if (isGood !== false || fromNode === null || toNode === null) return;
    const [from, to] = fromHandle?.type === 'target' ? [toNode, fromNode] : [fromNode, toNode];
    const fault = linkFault(editor.doc, { from: from.id, to: to.id });
    if (fault !== undefined) tellFailure(PROFILE_WORDS.links[fault], '');
  };
  return (
    <ReactFlow<PartNode>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      onInit={(instance) => {
        flow.current = instance;
        void instance.fitView(FIT);
      }}
      onNodeDrag={(_event, { id, position }) => setDragged({ id, point: position })}
      onNodeDragStop={(_event, node) => {
        setDragged(undefined);
        const id = node.type === 'phase' ? node.data.drawn.phase.id : '';
        if (id !== '') editor.step({ do: 'place', id, point: node.position });
      }}
      onConnect={({ source, target }) => act({ do: 'connect', from: source, to: target })}
      onConnectEnd={refuse}
      isValidConnection={isValid}
      onEdgeClick={(_event, { id }) => select(id)}
      onPaneClick={() => select('')}
      colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
      minZoom={0.1}
      maxZoom={1.6}
      nodeDragThreshold={4}
      connectionRadius={30}
      nodesDraggable={!isReadOnly}
      nodesConnectable={!isReadOnly}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      deleteKeyCode={null}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={20} />
      <Controls showInteractive={false} />
      {count >= MAP_FROM && <MiniMap pannable zoomable />}
    </ReactFlow>
  );
}

function nodesOf(
  drawn: readonly DrawnPhase[],
  dragged: { readonly id: string; readonly point: Point } | undefined,
  isReadOnly: boolean,
): PartNode[] {
  return drawn.flatMap((one): PartNode[] => {
    const { phase, width, height, point, agents } = one;
    const { place } = phase;
    return [
      {
        ...{ id: place, type: 'phase', data: { drawn: one }, width, height },
        ...{ position: dragged?.id === place ? dragged.point : point, draggable: !isReadOnly },
      },
      ...phase.agents.map(
        (agent): AgentNodeType => ({
          ...{ id: agent.place, type: 'agent', data: { agent }, parentId: place },
          ...{ position: agents.get(agent.place) ?? { x: 0, y: 0 }, ...DRAWN.agent },
          ...{ draggable: false, zIndex: 1 },
        }),
      ),
    ];
  });
}

function edgesOf(outline: Outline, at: string): Edge[] {
  const links = [...phaseLinks(outline), ...outline.phases.flatMap(agentLinks)];
  return links.map(({ from, to }) => {
    const id = `${from} ${to}`;
    return {
      ...{ id, source: from, target: to, zIndex: 1 },
      className: id === at ? 'edge-picked' : '',
    };
  });
}
