import type { Box, Layout } from './graph-layout.ts';

/** What part of a graph is seen: a point of the graph is at `x + point * zoom` on the screen. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const ZOOM = { most: 2, least: 0.001, step: 1.4 } as const;
/** From so large on, names can be read. */
export const LEGIBLE = 0.62;
const BEGUN = 0.8;
const MARGIN = 20;

/** Zooms around a point of the screen. */
export function zoomAt(
  { x, y, zoom }: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
): Viewport {
  const next = Math.min(ZOOM.most, Math.max(ZOOM.least, zoom * factor));
  const grown = next / zoom;
  return { x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown, zoom: next };
}

/** All of a box, as large as it may be. */
export function fitted(box: Box, size: Size, most = 1): Viewport {
  const wide = (size.width - 2 * MARGIN) / Math.max(1, box.width);
  const high = (size.height - 2 * MARGIN) / Math.max(1, box.height);
  const zoom = Math.max(ZOOM.least, Math.min(most, wide, high));
  return {
    x: (size.width - box.width * zoom) / 2 - box.x * zoom,
    y: (size.height - box.height * zoom) / 2 - box.y * zoom,
    zoom,
  };
}

/**
 * All of the graph where it can be read then, else what matters most, else its beginning: that of a
 * long chain in full size, since it would leave the field empty otherwise.
 */
export function begun(box: Box, size: Size, matters?: Box): Viewport {
  const all = fitted(box, size);
  if (all.zoom >= LEGIBLE) return all;
  if (matters !== undefined) {
    const near = centred({ x: 0, y: 0, zoom: BEGUN }, matters, size);
    return within(near, box, size);
  }
  const zoom = Math.max(LEGIBLE, Math.min(1, (size.height - 2 * MARGIN) / box.height));
  const tall = box.height * zoom > size.height;
  const y = tall ? MARGIN - box.y * zoom : (size.height - box.height * zoom) / 2 - box.y * zoom;
  return { x: MARGIN - box.x * zoom, y, zoom };
}

/** Moved so that no room is lost beyond an edge of the graph where there is more of it inside. */
function within(view: Viewport, box: Box, size: Size): Viewport {
  const inside = (at: number, start: number, length: number, room: number) => {
    const far = room - MARGIN - (start + length) * view.zoom;
    const near = MARGIN - start * view.zoom;
    return far > near ? (far + near) / 2 : Math.max(far, Math.min(near, at));
  };
  return {
    x: inside(view.x, box.x, box.width, size.width),
    y: inside(view.y, box.y, box.height, size.height),
    zoom: view.zoom,
  };
}

/** The same zoom, or one at which names can be read, with a box in the middle. */
export function centred(view: Viewport, box: Box, size: Size): Viewport {
  const zoom = Math.max(view.zoom, LEGIBLE);
  return {
    x: size.width / 2 - (box.x + box.width / 2) * zoom,
    y: size.height / 2 - (box.y + box.height / 2) * zoom,
    zoom,
  };
}

/** Whether a box is on the screen as a whole. */
export function isSeen({ x, y, zoom }: Viewport, box: Box, size: Size): boolean {
  const left = x + box.x * zoom;
  const top = y + box.y * zoom;
  return (
    left >= 0 &&
    top >= 0 &&
    left + box.width * zoom <= size.width &&
    top + box.height * zoom <= size.height
  );
}

/** The card, or else the innermost frame whose name is, at a point of the screen. */
export function hit(
  { cards, frames }: Layout,
  { x, y, zoom }: Viewport,
  at: { readonly x: number; readonly y: number },
): { readonly card: number } | { readonly frame: number } | undefined {
  const px = (at.x - x) / zoom;
  const py = (at.y - y) / zoom;
  // Marks that are smaller than a finger tip are hit from a little aside, too.
  const slack = Math.min(12, 3 / zoom);
  const within = (box: Box, room: number, height = box.height) =>
    px >= box.x - room &&
    px <= box.x + box.width + room &&
    py >= box.y - room &&
    py <= box.y + height + room;
  const exact = cards.findIndex((box) => within(box, 0));
  const card = exact >= 0 ? exact : cards.findIndex((box) => within(box, slack));
  if (card >= 0) return { card };
  const frame = frames.findLastIndex((box) => within(box, 0, 26));
  return frame >= 0 ? { frame } : undefined;
}

/** Keeps at least a corner of the graph on the screen. */
export function kept(view: Viewport, box: Box, size: Size): Viewport {
  const room = 60;
  const x = Math.min(
    size.width - room - box.x * view.zoom,
    Math.max(room - (box.x + box.width) * view.zoom, view.x),
  );
  const y = Math.min(
    size.height - room - box.y * view.zoom,
    Math.max(room - (box.y + box.height) * view.zoom, view.y),
  );
  return { ...view, x, y };
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The nearest card in a direction; undefined at the edge. */
export function towards(
  boxes: readonly Box[],
  from: number,
  direction: Direction,
): number | undefined {
  const start = boxes[from];
  if (start === undefined) return boxes.length > 0 ? 0 : undefined;
  const sideways = direction === 'left' || direction === 'right';
  const sign = direction === 'right' || direction === 'down' ? 1 : -1;
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  boxes.forEach((box, at) => {
    const dx = box.x - start.x;
    const dy = box.y - start.y;
    const ahead = sign * (sideways ? dx : dy);
    if (at === from || ahead <= 1) return;
    const aside = Math.abs(sideways ? dy : dx);
    const far = ahead + aside * (sideways ? 1.5 : 4);
    if (far < least) [best, least] = [at, far];
  });
  return best;
}
