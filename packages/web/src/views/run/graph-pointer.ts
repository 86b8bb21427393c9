/** What the pointer, the window and the theme do to a canvas. */

import type { Size } from '../../logic/graph-viewport.ts';
import { ZOOM } from '../../logic/graph-viewport.ts';
import { createHold, type Point } from '../../logic/pinch.ts';

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

interface Pointer {
  click(at: Point): void;
  hover(at: Point): void;
  drag(dx: number, dy: number): void;
  /** Larger or smaller, around a point. */
  zoom(factor: number, at: Point): void;
}

function pointIn(element: HTMLElement, event: MouseEvent): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

export function onPointer(canvas: HTMLCanvasElement, act: Pointer): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const hold = createHold();
  let moved = 0;
  const listen = canvas.addEventListener.bind(canvas);
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (hold.fingers === 0) moved = 0;
    hold.take(event.pointerId, pointIn(canvas, event));
  };
  const move = (event: PointerEvent) => {
    const at = pointIn(canvas, event);
    const grip = hold.move(event.pointerId, at);
    if (grip === undefined) return act.hover(at);
    const { dx, dy, factor, around } = grip;
    moved += Math.abs(dx) + Math.abs(dy) + Math.abs(factor - 1);
    // Two fingers are no click, however little they move.
    if (hold.fingers > 1) moved = Math.max(moved, 2 * CLICK_PX);
    if (moved > CLICK_PX) act.drag(dx, dy);
    if (factor !== 1) act.zoom(factor, around);
  };
  const up = (event: PointerEvent) => {
    const isClick = hold.fingers === 1 && moved <= CLICK_PX;
    cancel(event);
    if (isClick) act.click(pointIn(canvas, event));
  };
  const cancel = (event: PointerEvent) => hold.leave(event.pointerId);
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    if (event.shiftKey) return act.drag(-event.deltaY - event.deltaX, 0);
    const pace = event.ctrlKey ? 0.01 : 0.0018;
    const factor = Math.exp(-event.deltaY * pace);
    act.zoom(Math.min(ZOOM.step, Math.max(1 / ZOOM.step, factor)), pointIn(canvas, event));
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
