import type { NodeStatus } from '@tenuto/contract';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { Card } from '../../logic/graph.ts';
import { lookOf } from '../../logic/status.ts';
import { StatusMark } from '../../ui/status.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.graph;

export type CardNodeType = Node<{ readonly card: Card; readonly isPicked: boolean }, 'card'>;

/** One node of the graph, or a stack of nodes that are alike. */
export function CardNode({ data: { card, isPicked } }: NodeProps<CardNodeType>) {
  const [first] = card.nodes;
  const many = card.nodes.length > 1;
  const attempts = !many && first !== undefined ? first.attempts : 0;
  const classes = [
    'node',
    `tone-${lookOf(card.status).tone}`,
    many && 'node-stack',
    isPicked && 'node-picked',
  ];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <StatusMark status={card.status} bare />
      <span className="node-text">
        <span className="node-name" title={card.label}>
          {card.label}
        </span>
        <span className="node-about">
          {many ? <Counts card={card} /> : (first?.uses ?? first?.type.replaceAll('_', ' '))}
          {attempts > 1 && ` · ${words.attempt(attempts)}`}
        </span>
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const SHOWN: readonly NodeStatus[] = ['failed', 'timeout', 'running', 'waiting', 'completed'];

function Counts({ card }: { readonly card: Card }) {
  return (
    <>
      {words.stack(card.nodes.length)}
      {SHOWN.map((status) => {
        const number = card.counts[status];
        if (number === undefined) return null;
        return (
          <span key={status} className={`node-count tone-${lookOf(status).tone}`}>
            <StatusMark status={status} bare />
            {number}
          </span>
        );
      })}
    </>
  );
}
