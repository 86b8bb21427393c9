import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type Graph, partOf } from '../../logic/graph.ts';
import type { Box } from '../../logic/graph-layout.ts';
import { toggled } from '../../logic/graph-looks.ts';
import { type Direction, towards, ZOOM } from '../../logic/graph-viewport.ts';
import { stateOf } from '../../logic/run-states.ts';
import { Waiting } from '../../ui/skeleton.tsx';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';
import { createGraphCanvas, type GraphCanvas, type Hit } from './graph-canvas.ts';
import { GraphTools } from './graph-tools.tsx';
import { type Layout, useScene, type Wish } from './use-scene.ts';

const words = RUN_WORDS.graph;
/** From so many cards on, a map of them helps. */
const MAP_FROM = 15;

interface Props extends Wish {
  readonly pick: (nodeId: string) => void;
  readonly look: (change: { readonly open?: string; readonly lit?: string | undefined }) => void;
}

/** The graph of a run from left to right, with the state of each node. */
export function GraphView(props: Props) {
  const { graph, states, pick, look, open, isCritical } = props;
  const { drawn, layout, looks } = useScene(props);
  const [cursor, setCursor] = useState(-1);
  const [hover, setHover] = useState('');
  const act = (at: Hit) => {
    if (at === undefined) return;
    if ('frame' in at) return toggle(drawn.cards.length + at.frame);
    const card = drawn.cards[at.card];
    if (card === undefined) return;
    if (card.kind === 'node') pick(card.label);
    else toggle(at.card);
  };
  const anchor = useRef<{ readonly node: number; readonly box: Box }>(undefined);
  const toggle = (end: number) => {
    const part = partOf(drawn, end);
    const box = layout && partOf(layout, end);
    if (part === undefined) return;
    const node =
      'nodes' in part ? part.nodes[0] : drawn.endOf.findIndex((one) => isIn(one, end, drawn));
    if (box !== undefined && node !== undefined) anchor.current = { node, box };
    look({ open: toggled(openKeys(drawn, open), part.key) });
  };
  const sayOf = (at: Hit) => {
    if (at === undefined || 'frame' in at) return '';
    const card = drawn.cards[at.card];
    if (card === undefined) return '';
    const [node = 0] = card.nodes;
    const state = card.kind === 'node' ? WORDS.status[stateOf(states, node)] : looks.about[at.card];
    return `${card.label}: ${state}`;
  };
  const { canvas, map, controls } = useCanvas({ act, hover: (at) => setHover(sayOf(at)) });
  useEffect(() => {
    if (layout === undefined) return;
    const { node = -1, box: from } = anchor.current ?? {};
    const to = partOf(layout, drawn.endOf[node] ?? -1);
    const moved = from !== undefined && to !== undefined && to !== from ? { from, to } : undefined;
    if (moved !== undefined) anchor.current = undefined;
    controls.current?.show({ graph: drawn, layout, looks: { ...looks, cursor } }, moved);
  }, [drawn, layout, looks, cursor, controls]);
  const shownBox = layout && partOf(layout, looks.picked);
  useEffect(() => {
    if (shownBox !== undefined) controls.current?.reveal(shownBox);
  }, [shownBox, controls]);
  const find = (nodeId: string) => {
    pick(nodeId);
    const box = layout && partOf(layout, drawn.endOf[graph.indexOf.get(nodeId) ?? -1] ?? -1);
    if (box !== undefined) controls.current?.reveal(box, true);
  };
  const onKeyDown = keysOf({
    ...{ layout, cursor, controls },
    from: cursor >= 0 ? cursor : looks.picked,
    go(card) {
      setCursor(card);
      const box = layout?.cards[card];
      if (box !== undefined) controls.current?.reveal(box);
    },
    act: () => act({ card: cursor }),
  });
  const hasMany = drawn.cards.some(({ kind }) => kind !== 'node');
  return (
    <>
      <GraphTools
        graph={graph}
        isCritical={isCritical}
        setCritical={(on) => look({ lit: on ? 'critical' : undefined })}
        unfold={hasMany ? () => look({ open: 'all' }) : undefined}
        fold={drawn.frames.length > 0 || open === 'all' ? () => look({ open: 'none' }) : undefined}
        find={find}
        zoom={(by) =>
          by === 0 ? controls.current?.fit() : controls.current?.zoom(ZOOM.step ** by)
        }
      />
      <div
        className="graph-field"
        role="application"
        aria-label={words.field(drawn.cards.length)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys go from card to card in it.
        tabIndex={0}
        title={hover}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(-1)}
      >
        {layout === undefined && <Waiting />}
        <canvas ref={canvas} className="graph-canvas" />
        <canvas ref={map} className="graph-map" hidden={drawn.cards.length < MAP_FROM} />
        <p className="unseen" aria-live="polite">
          {cursor >= 0 && sayOf({ card: cursor })}
        </p>
      </div>
    </>
  );
}

/** Whether a card, by its place, stands in a frame. */
function isIn(end: number, frame: number, { cards }: Graph): boolean {
  return end === frame || cards[end]?.frame === frame - cards.length;
}

/** Keys of the groups and stacks that are open. */
function openKeys({ frames }: Graph, open: string | undefined): readonly string[] {
  const named = open === undefined || open === 'none' || open === 'all' ? [] : open.split(',');
  return [...new Set([...frames.map(({ key }) => key), ...named.map(decodeURIComponent)])];
}

/** The canvas, which outlives what is drawn on it; it calls what was given last. */
function useCanvas(given: { act(at: Hit): void; hover(at: Hit): void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = useRef<HTMLCanvasElement>(null);
  const controls = useRef<GraphCanvas>(null);
  const latest = useRef(given);
  latest.current = given;
  useEffect(() => {
    if (canvas.current === null || map.current === null) return;
    const made = createGraphCanvas(canvas.current, map.current, {
      onClick: (at) => latest.current.act(at),
      onHover: (at) => latest.current.hover(at),
      onReady: () => performance.mark('graph-ready'),
    });
    controls.current = made;
    return () => {
      controls.current = null;
      made.stop();
    };
  }, []);
  return { canvas, map, controls };
}

interface Keys {
  readonly layout: Layout | undefined;
  readonly cursor: number;
  readonly from: number;
  readonly controls: React.RefObject<GraphCanvas | null>;
  readonly go: (card: number) => void;
  readonly act: () => void;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

function keysOf({ layout, cursor, from, controls, go, act }: Keys) {
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const next = arrow && layout && towards(layout.cards, from, arrow);
    if (arrow !== undefined) {
      if (next !== undefined) go(next);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (cursor >= 0) act();
    } else if (event.key === '+' || event.key === '=') controls.current?.zoom(ZOOM.step);
    else if (event.key === '-') controls.current?.zoom(1 / ZOOM.step);
    else if (event.key === '0') controls.current?.fit();
    else return;
    event.preventDefault();
  };
}
