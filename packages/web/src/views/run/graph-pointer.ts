/** What the pointer, the window and the theme do to a canvas. */

import type { Size } from '../../logic/graph-viewport.ts';
import { ZOOM } from '../../logic/graph-viewport.ts';

/** Further than this, and it was no click. */
const CLICK_PX = 4;

export function onResize(canvas: HTMLCanvasElement, act: (size: Size) => void): () => void {
  const observer = new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    act({ width, height });
  });
  observer.observe(canvas);
  return () => observer.disconnect();
}

export function onTheme(act: () => void): () => void {
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, {
    attributeFilter: ['data-mantine-color-scheme'],
  });
  return () => observer.disconnect();
}

export interface Point {
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

export function onPointer(canvas: HTMLCanvasElement, act: Pointer): () => void {
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

export function onDrag(canvas: HTMLCanvasElement, go: (at: Point) => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const down = (event: PointerEvent) => {
    canvas.setPointerCapture(event.pointerId);
    go(pointIn(canvas, event));
  };
  const move = (event: PointerEvent) => {
    if (event.buttons === 1) go(pointIn(canvas, event));
  };
  canvas.addEventListener('pointerdown', down, { signal });
  canvas.addEventListener('pointermove', move, { signal });
  return () => ended.abort();
}
