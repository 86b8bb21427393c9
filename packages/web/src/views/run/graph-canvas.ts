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
  ZOOM,
  zoomAt,
} from '../../logic/graph-viewport.ts';
import { type MapPaint, paintMap, pointOfMap } from './graph-map.ts';
import { paint, type Scene } from './graph-paint.ts';
import { type Palette, readPalette } from './graph-palette.ts';

export type Hit = ReturnType<typeof hit>;

interface Heard {
  /** A card or the name of a frame was clicked; undefined: neither. */
  onClick(at: Hit): void;
  onHover(at: Hit): void;
  /** The first frame with a graph on it has been drawn. */
  onReady(): void;
}

export interface GraphCanvas {
  /** @param kept what was opened or closed: it stays where it was on the screen */
  show(scene: Scene, kept?: { readonly from: Box; readonly to: Box }): void;
  zoom(factor: number): void;
  pan(dx: number, dy: number): void;
  fit(): void;
  /** Moves as little as it takes to show a box, or puts it in the middle. */
  reveal(box: Box, middle?: boolean): void;
  stop(): void;
}

const MATTER = (
  ['needs_person', 'failed', 'timeout', 'retrying', 'running', 'waiting'] as const
).map((state) => GRAPH_STATES.indexOf(state));

/** Further than this, and it was no click. */
const CLICK_PX = 4;

/**
 * @param canvas where the graph is drawn
 * @param map where all of it is drawn small
 */
export function createGraphCanvas(
  canvas: HTMLCanvasElement,
  map: HTMLCanvasElement,
  heard: Heard,
): GraphCanvas {
  let scene: Scene | undefined;
  let palette: Palette = readPalette();
  let size: Size = { width: 0, height: 0 };
  let view: Viewport | undefined;
  let asked = 0;
  let mapPaint: MapPaint | undefined;
  let isReady = false;

  const draw = () => {
    asked = 0;
    const context = canvas.getContext('2d');
    if (context === null || scene === undefined || size.width === 0) return;
    view ??= begun(scene.layout.bounds, size, matters(scene));
    paint({ context, size, view, palette }, scene);
    countMark('graph-draw');
    mapPaint = paintMap(map, { scene, view, size, palette, before: mapPaint });
    if (isReady) return;
    isReady = true;
    heard.onReady();
  };
  const ask = () => {
    if (asked === 0) asked = requestAnimationFrame(draw);
  };
  const look = (next: Viewport) => {
    if (scene === undefined) return;
    view = kept(next, scene.layout.bounds, size);
    ask();
  };
  const middle = () => ({ x: size.width / 2, y: size.height / 2 });
  const stops = [
    onResize(canvas, (next) => {
      size = next;
      ask();
    }),
    onTheme(() => {
      palette = readPalette();
      mapPaint = undefined;
      ask();
    }),
    onPointer(canvas, {
      click: (at) => scene && view && heard.onClick(hit(scene.layout, view, at)),
      hover(at) {
        if (scene === undefined || view === undefined) return;
        const over = hit(scene.layout, view, at);
        canvas.classList.toggle('graph-over', over !== undefined);
        heard.onHover(over);
      },
      drag: (dx, dy) => view && look({ ...view, x: view.x + dx, y: view.y + dy }),
      wheel: (factor, at) => view && look(zoomAt(view, factor, at)),
    }),
    onMap(map, (at) => {
      if (scene === undefined || view === undefined) return;
      const point = pointOfMap(scene.layout.bounds, at);
      look({
        ...view,
        x: size.width / 2 - point.x * view.zoom,
        y: size.height / 2 - point.y * view.zoom,
      });
    }),
  ];
  return {
    show(next, moved) {
      if (moved !== undefined && view !== undefined) {
        const { from, to } = moved;
        const { zoom } = view;
        view = { x: view.x + (from.x - to.x) * zoom, y: view.y + (from.y - to.y) * zoom, zoom };
      }
      if (scene !== undefined && next.layout !== scene.layout) mapPaint = undefined;
      scene = next;
      ask();
    },
    zoom: (factor) => view && look(zoomAt(view, factor, middle())),
    pan: (dx, dy) => view && look({ ...view, x: view.x + dx, y: view.y + dy }),
    fit: () => scene && look(fitted(scene.layout.bounds, size)),
    reveal(box, inMiddle = false) {
      if (view === undefined || scene === undefined) return;
      if (inMiddle || !isSeen(view, box, size)) look(centred(view, box, size));
    },
    stop() {
      cancelAnimationFrame(asked);
      for (const stop of stops) stop();
    },
  };
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

function onResize(canvas: HTMLCanvasElement, act: (size: Size) => void): () => void {
  const observer = new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    act({ width, height });
  });
  observer.observe(canvas);
  return () => observer.disconnect();
}

function onTheme(act: () => void): () => void {
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, {
    attributeFilter: ['data-mantine-color-scheme'],
  });
  return () => observer.disconnect();
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Pointer {
  click(at: Point): void;
  hover(at: Point): void;
  drag(dx: number, dy: number): void;
  wheel(factor: number, at: Point): void;
}

function pointIn(element: HTMLElement, event: MouseEvent): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function onPointer(canvas: HTMLCanvasElement, act: Pointer): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let last: Point | undefined;
  let moved = 0;
  const listen = canvas.addEventListener.bind(canvas);
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = { x: event.clientX, y: event.clientY };
    moved = 0;
  };
  const move = (event: PointerEvent) => {
    if (last === undefined) return act.hover(pointIn(canvas, event));
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    moved += Math.abs(dx) + Math.abs(dy);
    last = { x: event.clientX, y: event.clientY };
    if (moved > CLICK_PX) act.drag(dx, dy);
  };
  const up = (event: PointerEvent) => {
    if (last !== undefined && moved <= CLICK_PX) act.click(pointIn(canvas, event));
    last = undefined;
  };
  const cancel = () => {
    last = undefined;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    if (event.shiftKey) return act.drag(-event.deltaY - event.deltaX, 0);
    const pace = event.ctrlKey ? 0.01 : 0.0018;
    const factor = Math.exp(-event.deltaY * pace);
    act.wheel(Math.min(ZOOM.step, Math.max(1 / ZOOM.step, factor)), pointIn(canvas, event));
  };
  listen('pointerdown', down, { signal });
  listen('pointermove', move, { signal });
  listen('pointerup', up, { signal });
  listen('pointercancel', cancel, { signal });
  listen('wheel', wheel, { signal, passive: false });
  return () => ended.abort();
}

function onMap(map: HTMLCanvasElement, go: (at: Point) => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const down = (event: PointerEvent) => {
    map.setPointerCapture(event.pointerId);
    go(pointIn(map, event));
  };
  const move = (event: PointerEvent) => {
    if (event.buttons === 1) go(pointIn(map, event));
  };
  map.addEventListener('pointerdown', down, { signal });
  map.addEventListener('pointermove', move, { signal });
  return () => ended.abort();
}
