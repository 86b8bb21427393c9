import { useMemo } from 'react';
import { levelsOf } from '../logic/dag-levels.ts';
import { type DagNode, graphOfDag } from '../logic/dag-nodes.ts';
import { type Card, type Folding, graphOf, partOf } from '../logic/graph.ts';
import { type Box, CARD, type Layout, layoutByLevels } from '../logic/graph-layout.ts';
import { useIsNarrow } from './narrow.ts';
import './dag-picture.css';

interface Props {
  readonly nodes: readonly DagNode[];
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
/** What a narrow screen has room for: a wider graph would be seen through a slit. */
const NARROW = 340;
/** Graphs of few nodes are not drawn larger than those of many. */
const SMALL = { width: 700, height: 190 } as const;
/** How far a large graph is made smaller before it scrolls. */
const LEGIBLE = 0.7;
/** Groups are frames around their nodes; what is alike is one card. */
const FOLDING: Folding = { isOpen: (_, kind) => kind === 'group' };
const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };
const EMPTY: Layout = { cards: [], frames: [], bounds: NOWHERE };

/** A graph as a still picture, laid out from left to right by levels. */
export function DagPicture({ nodes, label, tooLarge, lit, small = false }: Props) {
  const dag = useMemo(() => graphOfDag(nodes, lit), [nodes, lit]);
  const graph = useMemo(() => graphOf(dag, FOLDING), [dag]);
  const isNarrow = useIsNarrow();
  const isTooLarge = graph.cards.length > MOST_CARDS;
  const layout = useMemo(() => (isTooLarge ? EMPTY : layoutByLevels(graph)), [graph, isTooLarge]);
  if (isTooLarge) return <p className="dim">{tooLarge}</p>;
  const at = (end: number) => partOf(layout, end) ?? NOWHERE;
  const isCritical = (card: Card | undefined) =>
    card?.nodes.some((node) => dag.critical[node] === 1) ?? false;
  const isLit = (end: number) => isCritical(graph.cards[end]);
  const { width, height } = layout.bounds;
  const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN];
  if (isNarrow && !small && wide * LEGIBLE > NARROW) {
    return <Levels cards={graph.cards} label={label} isLit={isCritical} />;
  }
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
      {layout.frames.map(({ x, y, width: w, height: h }, frame) => (
        <g key={graph.frames[frame]?.key} className="dag-frame">
          <rect x={x} y={y} width={w} height={h} rx={6} />
          <text x={x + 10} y={y + 18} className="dag-about">
            {graph.frames[frame]?.label}
          </text>
        </g>
      ))}
      {Array.from(graph.from, (from, edge) => [from, graph.to[edge] ?? 0] as const).map(
        ([from, to]) => (
          <path
            key={`${from} ${to}`}
            className={isLit(from) && isLit(to) ? 'dag-edge dag-lit' : 'dag-edge'}
            d={curve(at(from), at(to))}
          />
        ),
      )}
      {graph.cards.map((card, place) => (
        <Drawn key={card.key} card={card} at={at(place)} lit={isLit(place)} />
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

interface LevelsProps {
  readonly cards: readonly Card[];
  readonly label: string;
  readonly isLit: (card: Card) => boolean;
}

/** The cards from top to bottom, those of a level beside each other. */
function Levels({ cards, label, isLit }: LevelsProps) {
  return (
    <ol className="dag-levels" aria-label={label}>
      {levelsOf(cards).map((level) => (
        <li key={level[0]?.key}>
          {level.map((card) => (
            <span key={card.key} className={isLit(card) ? 'dag-level-lit' : undefined}>
              {nameOf(card)} <span className="dim">{card.about}</span>
            </span>
          ))}
        </li>
      ))}
    </ol>
  );
}

function nameOf({ label, nodes }: Card): string {
  return nodes.length > 1 ? `${label} × ${nodes.length}` : label;
}

function curve(from: Box, to: Box): string {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = Math.max(20, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

interface DrawnProps {
  readonly card: Card;
  readonly at: Box;
  readonly lit: boolean;
}

const NAME_CHARS = 23;
const ABOUT_CHARS = 26;

function Drawn({ card, at: { x, y }, lit }: DrawnProps) {
  const many = card.nodes.length;
  return (
    <g transform={`translate(${x} ${y})`} className={lit ? 'dag-card dag-lit' : 'dag-card'}>
      <title>{nameOf(card)}</title>
      {many > 1 && <rect x={3} y={3} width={CARD.width} height={CARD.height} rx={6} />}
      <rect width={CARD.width} height={CARD.height} rx={6} />
      <text x={10} y={18} className="dag-name">
        {cut(nameOf(card), NAME_CHARS)}
      </text>
      <text x={10} y={33} className="dag-about">
        {cut(card.about, ABOUT_CHARS)}
      </text>
    </g>
  );
}

function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 1)}…` : text;
}
