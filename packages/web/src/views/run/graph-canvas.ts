/** A graph that can be moved and zoomed: what is drawn when, and what the pointer does to it. */
import { GRAPH_STATES } from '@tenuto/contract';
import { countMark } from '../../data/mark.ts';
import { partOf } from '../../logic/graph.ts';
import type { Box } from '../../logic/graph-layout.ts';
import {
  begun,
  centred,
  fitted,
  hit,
  isSeen,
  kept,
  type Size,
  type Viewport,
  zoomAt,
} from '../../logic/graph-viewport.ts';
import type { Point } from '../../logic/pinch.ts';
import { type MapPaint, paintMap, pointOfMap } from './graph-map.ts';
import { paint } from './graph-paint.ts';
import { type Palette, readPalette } from './graph-palette.ts';
import { onDrag, onPointer, onResize, onTheme } from './graph-pointer.ts';
import type { Scene } from './graph-scene.ts';

export type Hit = ReturnType<typeof hit>;

interface Heard {
  /** A card or the name of a frame was clicked; undefined: neither. */
  onClick(at: Hit): void;
  onHover(at: Hit): void;
  /** The first frame with a graph on it has been drawn. */
  onReady(): void;
}

/** Where something lay, and where it lies now. */
export interface Moved {
  readonly from: Box;
  readonly to: Box;
}

export interface GraphCanvas {
  /** @param kept what was opened or closed: it stays where it was on the screen */
  show(scene: Scene, kept?: Moved): void;
  zoom(factor: number): void;
  fit(): void;
  /** Moves as little as it takes to show a box, or puts it in the middle. */
  reveal(box: Box, middle?: boolean): void;
  stop(): void;
}

const MATTER = (
  ['needs_person', 'failed', 'timeout', 'retrying', 'running', 'waiting'] as const
).map((state) => GRAPH_STATES.indexOf(state));

/** All that a canvas knows; each part changes by itself. */
interface Held {
  readonly canvas: HTMLCanvasElement;
  readonly map: HTMLCanvasElement;
  readonly heard: Heard;
  scene: Scene | undefined;
  palette: Palette;
  size: Size;
  view: Viewport | undefined;
  picture: MapPaint | undefined;
  /** The frame that was asked for; 0 when none is on its way. */
  asked: number;
  isReady: boolean;
}

/**
 * @param canvas where the graph is drawn
 * @param map where all of it is drawn small
 */
export function createGraphCanvas(
  canvas: HTMLCanvasElement,
  map: HTMLCanvasElement,
  heard: Heard,
): GraphCanvas {
  const held: Held = {
    ...{ canvas, map, heard, scene: undefined, palette: readPalette(), view: undefined },
    ...{ size: { width: 0, height: 0 }, picture: undefined, asked: 0, isReady: false },
  };
  const ask = () => askFor(held);
  const look = (next: Viewport) => {
    if (held.scene === undefined) return;
    held.view = kept(next, held.scene.layout.bounds, held.size);
    ask();
  };
  const stops = listen(held, { ask, look });
  return {
    show(next, moved) {
      const { view, scene } = held;
      if (moved !== undefined && view !== undefined) held.view = movedWith(view, moved);
      if (scene !== undefined && next.layout !== scene.layout) held.picture = undefined;
      held.scene = next;
      ask();
    },
    zoom(factor) {
      const { view, size } = held;
      const middle = { x: size.width / 2, y: size.height / 2 };
      if (view !== undefined) look(zoomAt(view, factor, middle));
    },
    fit: () => held.scene && look(fitted(held.scene.layout.bounds, held.size)),
    reveal(box, inMiddle = false) {
      const { view, size } = held;
      if (view === undefined) return;
      if (inMiddle || !isSeen(view, box, size)) look(centred(view, box, size));
    },
    stop() {
      cancelAnimationFrame(held.asked);
      for (const stop of stops) stop();
    },
  };
}

function askFor(held: Held): void {
  if (held.asked === 0) held.asked = requestAnimationFrame(() => draw(held));
}

function draw(held: Held): void {
  held.asked = 0;
  const { canvas, map, scene, size, palette } = held;
  const context = canvas.getContext('2d');
  if (context === null || scene === undefined || size.width === 0) return;
  const view = held.view ?? begun(scene.layout.bounds, size, matters(scene));
  held.view = view;
  paint({ context, size, view, palette }, scene);
  countMark('graph-draw');
  held.picture = paintMap(map, { scene, view, size, palette, before: held.picture });
  if (held.isReady) return;
  held.isReady = true;
  held.heard.onReady();
}

function movedWith(view: Viewport, { from, to }: Moved): Viewport {
  const { x, y, zoom } = view;
  return { x: x + (from.x - to.x) * zoom, y: y + (from.y - to.y) * zoom, zoom };
}

interface Moves {
  ask(): void;
  look(view: Viewport): void;
}

function listen(held: Held, { ask, look }: Moves): readonly (() => void)[] {
  const { canvas, map, heard } = held;
  const hitAt = (at: Point): Hit =>
    held.scene && held.view && hit(held.scene.layout, held.view, at);
  return [
    onResize(canvas, (size) => {
      held.size = size;
      ask();
    }),
    onTheme(() => {
      held.palette = readPalette();
      held.picture = undefined;
      ask();
    }),
    onPointer(canvas, {
      click: (at) => heard.onClick(hitAt(at)),
      hover(at) {
        const over = hitAt(at);
        canvas.classList.toggle('graph-over', over !== undefined);
        heard.onHover(over);
      },
      drag(dx, dy) {
        const { view } = held;
        if (view !== undefined) look({ ...view, x: view.x + dx, y: view.y + dy });
      },
      zoom: (factor, at) => held.view && look(zoomAt(held.view, factor, at)),
    }),
    onDrag(map, (at) => {
      const { scene, view, size } = held;
      if (scene === undefined || view === undefined) return;
      const { x, y } = pointOfMap(scene.layout.bounds, at);
      const { zoom } = view;
      look({ x: size.width / 2 - x * zoom, y: size.height / 2 - y * zoom, zoom });
    }),
  ];
}

/** What most come to see of a graph that is too large to be seen whole. */
function matters({ layout, looks, graph }: Scene): Box | undefined {
  if (looks.picked >= 0) return partOf(layout, looks.picked);
  for (const code of MATTER) {
    const card = looks.codes.subarray(0, graph.cards.length).indexOf(code);
    if (card >= 0) return layout.cards[card];
  }
  return undefined;
}
