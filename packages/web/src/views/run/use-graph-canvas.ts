import { type RefObject, useEffect, useRef } from 'react';
import { type Graph, partOf } from '../../logic/graph.ts';
import type { Box, Layout } from '../../logic/graph-layout.ts';
import { toggled } from '../../logic/graph-looks.ts';
import { createGraphCanvas, type GraphCanvas, type Hit } from './graph-canvas.ts';
import type { Looks } from './graph-scene.ts';

/** The canvas, which outlives what is drawn on it; it calls what was given last. */
export function useGraphCanvas(given: { act(at: Hit): void; hover(at: Hit): void }) {
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

interface Drawn {
  readonly drawn: Graph;
  readonly layout: Layout | undefined;
  readonly looks: Looks;
}

/** A node, and where what it was shown as lay when that was opened or closed. */
interface Anchor {
  readonly node: number;
  readonly box: Box;
}

/** Shows what is to be drawn; what was opened or closed stays where it was on the screen. */
export function useShown(
  controls: RefObject<GraphCanvas | null>,
  { drawn, layout, looks }: Drawn,
  anchor: RefObject<Anchor | undefined>,
): void {
  useEffect(() => {
    if (layout === undefined) return;
    const { node = -1, box: from } = anchor.current ?? {};
    const to = partOf(layout, drawn.endOf[node] ?? -1);
    const moved = from !== undefined && to !== undefined && to !== from ? { from, to } : undefined;
    if (moved !== undefined) anchor.current = undefined;
    controls.current?.show({ graph: drawn, layout, looks }, moved);
  }, [drawn, layout, looks, controls, anchor]);
  const box = layout && partOf(layout, looks.picked);
  useEffect(() => {
    if (box !== undefined) controls.current?.reveal(box);
  }, [box, controls]);
}

/** What opens and closes groups and stacks. */
export function useToggle(
  { drawn, layout }: Pick<Drawn, 'drawn' | 'layout'>,
  open: string | undefined,
  put: (open: string) => void,
) {
  const anchor = useRef<Anchor>(undefined);
  const toggle = (end: number) => {
    const part = partOf(drawn, end);
    const box = layout && partOf(layout, end);
    if (part === undefined) return;
    const node =
      'nodes' in part ? part.nodes[0] : drawn.endOf.findIndex((one) => isIn(one, end, drawn));
    if (box !== undefined && node !== undefined) anchor.current = { node, box };
    put(toggled(openKeys(drawn, open), part.key));
  };
  return { anchor, toggle };
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
