import { useMemo } from 'react';
import { type Card, type GraphNode, graphOf } from '../logic/graph.ts';
import { CARD, layoutByLevels, type Place } from '../logic/graph-layout.ts';
import './dag-picture.css';

interface Props {
  readonly nodes: readonly GraphNode[];
  readonly label: string;
  /** Stands in place of a graph that is too large to be drawn. */
  readonly tooLarge: string;
  /** Nodes of the critical path, which is lit. */
  readonly lit?: readonly string[];
  /** Only shapes, for a list. */
  readonly small?: boolean;
}

const MOST_CARDS = 400;
const MARGIN = 4;
/** Graphs of few nodes are not drawn larger than those of many. */
const SMALL = { width: 700, height: 190 } as const;
/** How far a large graph is made smaller before it scrolls. */
const LEGIBLE = 0.7;
const NOTHING: ReadonlySet<string> = new Set();

/** A graph as a still picture, laid out from left to right by levels. */
export function DagPicture({ nodes, label, tooLarge, lit, small = false }: Props) {
  const graph = useMemo(() => graphOf(nodes, NOTHING), [nodes]);
  const isTooLarge = graph.cards.length > MOST_CARDS;
  const places = useMemo(
    () => (isTooLarge ? new Map<string, Place>() : layoutByLevels(graph)),
    [graph, isTooLarge],
  );
  if (isTooLarge) return <p className="dim">{tooLarge}</p>;
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  const bright = new Set(lit);
  const isLit = (card: Card) => card.nodes.some(({ node_id: id }) => bright.has(id));
  const litCards = new Set(graph.cards.filter(isLit).map(({ id }) => id));
  const width = Math.max(0, ...[...places.values()].map(({ x }) => x)) + CARD.width;
  const height = Math.max(0, ...[...places.values()].map(({ y }) => y)) + CARD.height;
  const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const size = small
    ? `${Math.max(wide, SMALL.width)} ${Math.max(high, SMALL.height)}`
    : `${wide} ${high}`;
  const picture = (
    <svg
      className={small ? 'dag dag-small' : 'dag'}
      viewBox={`${-MARGIN} ${-MARGIN} ${size}`}
      preserveAspectRatio="xMinYMid"
      style={small ? {} : { maxWidth: wide, minWidth: wide * LEGIBLE }}
      role="img"
      aria-label={label}
    >
      {graph.edges.map(({ from, to }) => (
        <path
          key={`${from} ${to}`}
          className={litCards.has(from) && litCards.has(to) ? 'dag-edge dag-lit' : 'dag-edge'}
          d={curve(at(from), at(to))}
        />
      ))}
      {graph.cards.map((card) => (
        <Drawn key={card.id} card={card} at={at(card.id)} lit={litCards.has(card.id)} />
      ))}
    </svg>
  );
  if (small) return picture;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
    <div className="dag-scroll" tabIndex={0} role="group" aria-label={label}>
      {picture}
    </div>
  );
}

function curve(from: Place, to: Place): string {
  const [x1, y1] = [from.x + CARD.width, from.y + CARD.height / 2];
  const [x2, y2] = [to.x, to.y + CARD.height / 2];
  const bend = Math.max(20, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

interface DrawnProps {
  readonly card: Card;
  readonly at: Place;
  readonly lit: boolean;
}

const NAME_CHARS = 23;
const ABOUT_CHARS = 26;

function Drawn({ card, at: { x, y }, lit }: DrawnProps) {
  const [first] = card.nodes;
  const many = card.nodes.length;
  const about = first?.uses ?? first?.type.replaceAll('_', ' ') ?? '';
  return (
    <g transform={`translate(${x} ${y})`} className={lit ? 'dag-card dag-lit' : 'dag-card'}>
      <title>{many > 1 ? `${card.label} × ${many}` : card.label}</title>
      {many > 1 && <rect x={3} y={3} width={CARD.width} height={CARD.height} rx={6} />}
      <rect width={CARD.width} height={CARD.height} rx={6} />
      <text x={10} y={18} className="dag-name">
        {cut(many > 1 ? `${card.label} × ${many}` : card.label, NAME_CHARS)}
      </text>
      <text x={10} y={33} className="dag-about">
        {cut(about, ABOUT_CHARS)}
      </text>
    </g>
  );
}

function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 1)}…` : text;
}
