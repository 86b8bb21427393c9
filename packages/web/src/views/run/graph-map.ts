/** All of a graph, small, with a frame around what is seen of it. */

import { now } from '../../data/clock.ts';
import type { Box } from '../../logic/graph-layout.ts';
import { fitted, type Size, type Viewport } from '../../logic/graph-viewport.ts';
import { paint } from './graph-paint.ts';
import type { Palette } from './graph-palette.ts';
import type { Scene } from './graph-scene.ts';

/** The picture behind the frame: made anew now and then, and not for every move. */
export interface MapPaint {
  readonly picture: HTMLCanvasElement;
  readonly codes: Uint8Array;
  readonly at: number;
}

interface Parts {
  readonly scene: Scene;
  readonly view: Viewport;
  readonly size: Size;
  readonly palette: Palette;
  readonly before: MapPaint | undefined;
}

export const MAP: Size = { width: 168, height: 104 };
const ANEW_MS = 1_000;

export function paintMap(map: HTMLCanvasElement, parts: Parts): MapPaint | undefined {
  const context = map.getContext('2d');
  if (context === null || map.hidden) return parts.before;
  const made = pictureOf(parts);
  const ratio = devicePixelRatio;
  if (map.width !== Math.round(MAP.width * ratio)) {
    map.width = Math.round(MAP.width * ratio);
    map.height = Math.round(MAP.height * ratio);
  }
  const { palette, view, size, scene } = parts;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, map.width, map.height);
  context.drawImage(made.picture, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const small = fitted(scene.layout.bounds, MAP, 0.3);
  const scale = small.zoom / view.zoom;
  const x = small.x - view.x * scale;
  const y = small.y - view.y * scale;
  context.strokeStyle = palette.accent;
  context.fillStyle = palette.accent;
  context.lineWidth = 1.5;
  context.globalAlpha = 0.1;
  context.fillRect(x, y, size.width * scale, size.height * scale);
  context.globalAlpha = 1;
  context.strokeRect(x, y, size.width * scale, size.height * scale);
  return made;
}

function pictureOf({ scene, palette, before }: Parts): MapPaint {
  const { codes } = scene.looks;
  const isGood = before !== undefined && (before.codes === codes || now() - before.at < ANEW_MS);
  if (isGood) return before;
  const picture = before?.picture ?? document.createElement('canvas');
  picture.width = Math.round(MAP.width * devicePixelRatio);
  picture.height = Math.round(MAP.height * devicePixelRatio);
  const context = picture.getContext('2d');
  const view = fitted(scene.layout.bounds, MAP, 0.3);
  const bare = { ...scene.graph, from: new Int32Array(0), to: new Int32Array(0) };
  if (context !== null) {
    const looks = { ...scene.looks, picked: -1, cursor: -1 };
    paint({ context, size: MAP, view, palette }, { ...scene, graph: bare, looks });
  }
  return { picture, codes, at: now() };
}

/** The point of the graph that a point of its map stands for. */
export function pointOfMap(bounds: Box, at: { readonly x: number; readonly y: number }) {
  const { x, y, zoom } = fitted(bounds, MAP, 0.3);
  return { x: (at.x - x) / zoom, y: (at.y - y) / zoom };
}
