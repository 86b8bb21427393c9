import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ProfilePlan } from '@tenuto/contract';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo, useState } from 'react';
import { useDryRun } from '../../data/profiles.ts';
import { layoutBoxes } from '../../logic/profile-layout.ts';
import { useIsNarrow } from '../../ui/narrow.ts';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.plan;
const TYPING_MS = 300;
const SIZE = { width: 168, height: 42 } as const;
const GAPS = { column: 44, row: 14 } as const;

type PlanNode = ProfilePlan['nodes'][number];
type PlanNodeType = Node<{ readonly node: PlanNode; readonly isLit: boolean }, 'plan'>;

/** What a run of the profile would be: its nodes by levels, and the longest way through them. */
export function PlanView() {
  const { editor } = useDesk();
  const [settled] = useDebouncedValue(editor.doc, TYPING_MS);
  const { data, error, refetch } = useDryRun(settled);
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  if (data.plan === undefined) {
    return (
      <div className="empty">
        <p>{words.invalid}</p>
      </div>
    );
  }
  return <Plan plan={data.plan} />;
}

function Plan({ plan }: { readonly plan: ProfilePlan }) {
  const [isLit, setLit] = useState(true);
  const isNarrow = useIsNarrow();
  const lit = useMemo(
    () => (isLit ? new Set(plan.critical_path) : new Set<string>()),
    [plan, isLit],
  );
  return (
    <section className="card plan-view" aria-label={words.title}>
      <header>
        <h2>{words.title}</h2>
        <span className="dim grow">
          {words.facts(plan.nodes.length, plan.edge_count, plan.level_count)}
        </span>
        <button
          type="button"
          className="chip"
          aria-pressed={isLit}
          title={words.criticalHint(plan.critical_path.length)}
          onClick={() => setLit(!isLit)}
        >
          {words.critical}
        </button>
      </header>
      {isNarrow ? <Levels plan={plan} lit={lit} /> : <PlanGraph plan={plan} lit={lit} />}
    </section>
  );
}

interface PlanProps {
  readonly plan: ProfilePlan;
  readonly lit: ReadonlySet<string>;
}

const NODE_TYPES = { plan: PlanCard };

function PlanGraph({ plan, lit }: PlanProps) {
  const { colorScheme } = useMantineColorScheme();
  const nodes = useMemo(() => nodesOf(plan, lit), [plan, lit]);
  const edges = useMemo(() => edgesOf(plan, lit), [plan, lit]);
  return (
    <div className="plan-graph">
      <ReactFlow<PlanNodeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
        onInit={showStart}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

const LEGIBLE = 0.7;
const MARGIN_PX = 20;

/** All of the graph where it can be read then, else its beginning. */
function showStart(flow: ReactFlowInstance<PlanNodeType>): void {
  void flow.fitView({ maxZoom: 1, padding: 0.06 }).then(() => {
    if (flow.getZoom() >= LEGIBLE) return;
    const { y, zoom } = flow.getViewport();
    const { y: top, height } = flow.getNodesBounds(flow.getNodes());
    const middle = top + height / 2;
    void flow.setViewport({
      ...{ x: MARGIN_PX, y: y + middle * zoom - middle * LEGIBLE, zoom: LEGIBLE },
    });
  });
}

function PlanCard({ data: { node, isLit } }: NodeProps<PlanNodeType>) {
  return (
    <div className={`plan-node ${isLit ? 'is-lit' : ''}`} title={node.node_id}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <NodeButton node={node} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function NodeButton({ node }: { readonly node: PlanNode }) {
  const { select } = useDesk();
  const name = node.node_id.slice(node.phase.length + 1);
  return (
    <button type="button" className="part-button" onClick={() => select(partOf(node.place))}>
      <span className="part-text">
        <strong className="cut">{name}</strong>
        <span className="dim cut">
          {node.phase} · {about(node)}
        </span>
      </span>
    </button>
  );
}

/** The part that a place lies in. */
function partOf(place: string): string {
  return /^\/phases\/\d+(\/(agents|gates)\/\d+)?/.exec(place)?.[0] ?? '';
}

function about({ uses }: PlanNode): string {
  if (uses === null) return words.checkpoint;
  return uses === 'signal.wait' ? words.waits : uses;
}

/** The same as lists, for narrow screens. */
function Levels({ plan, lit }: PlanProps) {
  const levels = new Map<number, PlanNode[]>();
  for (const node of plan.nodes) levels.set(node.level, [...(levels.get(node.level) ?? []), node]);
  return (
    <ol className="plan-levels" aria-label={words.list}>
      {[...levels]
        .toSorted(([a], [b]) => a - b)
        .map(([level, nodes]) => (
          <li key={level}>
            <h3 className="dim">{words.level(level + 1)}</h3>
            <ul>
              {nodes.map((node) => (
                <li
                  key={node.node_id}
                  className={lit.has(node.node_id) ? 'plan-row is-lit' : 'plan-row'}
                >
                  <NodeButton node={node} />
                </li>
              ))}
            </ul>
          </li>
        ))}
    </ol>
  );
}

function nodesOf({ nodes }: ProfilePlan, lit: ReadonlySet<string>): PlanNodeType[] {
  const boxes = nodes.map(({ node_id: id }) => ({ id, ...SIZE }));
  const links = nodes.flatMap(({ node_id: to, parent_nodes: parents }) =>
    parents.map((from) => ({ from, to })),
  );
  const points = layoutBoxes(boxes, links, GAPS);
  return nodes.map((node) => ({
    ...{ id: node.node_id, type: 'plan', ...SIZE },
    ...{ data: { node, isLit: lit.has(node.node_id) } },
    position: points.get(node.node_id) ?? { x: 0, y: 0 },
  }));
}

function edgesOf({ nodes }: ProfilePlan, lit: ReadonlySet<string>): Edge[] {
  return nodes.flatMap(({ node_id: target, parent_nodes: parents }) =>
    parents.map((source) => ({
      ...{ id: `${source} ${target}`, source, target },
      className: lit.has(source) && lit.has(target) ? 'edge-picked' : '',
    })),
  );
}
