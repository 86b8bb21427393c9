/** Draws a graph on a canvas: cards that can be read when they are large, marks when they are not. */
import { GRAPH_STATES } from '@tenuto/contract';
import { partOf } from '../../logic/graph.ts';
import type { Box } from '../../logic/graph-layout.ts';
import type { Size, Viewport } from '../../logic/graph-viewport.ts';
import { grownAt, paintCard, paintSign } from './graph-card.ts';
import type { Canvas, Scene } from './graph-scene.ts';

/** From so large on a card is drawn with its name. */
export const NAMED = 0.42;
const NAMED_FRAME = 0.25;
const LABELLED = 0.5;
const MOST_LABEL = 56;
/** More edges than so many are not drawn at once; lit ones always are. */
const MOST_EDGES = 5_000;
const DIMMED = 0.28;
/** Marks of what needs a look are never smaller than this, in pixels of the screen. */
const LOUD_PX = 5;
const LEAST_PX = 1.5;
const SKIPPED = GRAPH_STATES.indexOf('skipped');
const RUNNING = GRAPH_STATES.indexOf('running');
const LOUD: ReadonlySet<number> = new Set(
  (['failed', 'timeout', 'needs_person', 'retrying'] as const).map((one) =>
    GRAPH_STATES.indexOf(one),
  ),
);

export function paint(canvas: Canvas, scene: Scene): void {
  const { context, size, view } = canvas;
  const ratio = devicePixelRatio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const { zoom } = view;
  context.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * view.x, ratio * view.y);
  const seen = visible(view, size);
  paintFrames(canvas, scene, seen);
  paintEdges(canvas, scene, seen);
  if (zoom >= NAMED) paintCards(canvas, scene, seen);
  else paintMarks(canvas, scene, seen);
  if (zoom >= LABELLED) paintLabels(canvas, scene, seen);
}

function visible({ x, y, zoom }: Viewport, { width, height }: Size): Box {
  return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
}

export function meets(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function paintFrames(canvas: Canvas, scene: Scene, seen: Box): void {
  const { context, view, palette } = canvas;
  const { graph, layout, looks } = scene;
  graph.frames.forEach((frame, at) => {
    const box = layout.frames[at];
    if (box === undefined || !meets(box, seen)) return;
    const end = graph.cards.length + at;
    context.beginPath();
    context.roundRect(box.x, box.y, box.width, box.height, 8);
    context.fillStyle = palette.sunken;
    context.globalAlpha = 0.6;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = Math.max(1, 1 / view.zoom);
    context.strokeStyle = looks.picked === end ? palette.accent : palette.line;
    context.stroke();
    if (view.zoom < NAMED_FRAME) return;
    paintSign(canvas, { x: box.x + 11, y: box.y + 9, code: looks.codes[end] ?? 0 });
    context.fillStyle = palette.dim;
    context.font = '600 12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.fillText(`${frame.label} ▾`, box.x + 31, box.y + 16.5, box.width - 44);
  });
}

type Kind = 'plain' | 'skipped' | 'running' | 'lit';

function paintEdges(canvas: Canvas, scene: Scene, seen: Box): void {
  const kinds = edgesSeen(scene, seen);
  const { palette } = canvas;
  const dimmed = scene.looks.lit !== undefined || scene.looks.shown !== undefined;
  const every = Math.ceil((kinds.plain.length + kinds.skipped.length) / MOST_EDGES);
  const thinned = (edges: readonly number[]) =>
    every <= 1 ? edges : edges.filter((edge) => edge % every === 0);
  const alpha = dimmed ? 0.45 : 1;
  stroke(canvas, scene, { edges: thinned(kinds.plain), color: palette.strong, alpha });
  const skipped = { edges: thinned(kinds.skipped), color: palette.strong, alpha };
  stroke(canvas, scene, { ...skipped, dash: [5, 4] });
  const running = palette.tones[RUNNING] ?? palette.accent;
  stroke(canvas, scene, { edges: kinds.running, color: running, alpha });
  stroke(canvas, scene, { edges: kinds.lit, color: palette.accent, alpha: 1, width: 2 });
}

function edgesSeen({ graph, layout, looks }: Scene, seen: Box): Record<Kind, number[]> {
  const kinds: Record<Kind, number[]> = { plain: [], skipped: [], running: [], lit: [] };
  const right = seen.x + seen.width;
  const bottom = seen.y + seen.height;
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const [start, end] = [graph.from[edge] ?? 0, graph.to[edge] ?? 0];
    const a = partOf(layout, start);
    const b = partOf(layout, end);
    if (a === undefined || b === undefined) continue;
    if (Math.min(a.x, b.x) > right || Math.max(a.x + a.width, b.x) < seen.x) continue;
    if (Math.min(a.y, b.y) > bottom || Math.max(a.y + a.height, b.y + b.height) < seen.y) continue;
    const isSkipped = looks.codes[end] === SKIPPED && looks.codes[start] !== SKIPPED;
    const isRunning = looks.codes[end] === RUNNING;
    const kind = isSkipped ? 'skipped' : isRunning ? 'running' : 'plain';
    kinds[looks.lit?.[edge] === 1 ? 'lit' : kind].push(edge);
  }
  return kinds;
}

interface Pen {
  readonly edges: readonly number[];
  readonly color: string;
  readonly alpha: number;
  readonly width?: number;
  readonly dash?: readonly number[];
}

function stroke({ context, view }: Canvas, scene: Scene, pen: Pen): void {
  if (pen.edges.length === 0) return;
  // Many or small ones are lines: a curve takes ten times as long.
  const straight = view.zoom < 0.2 || pen.edges.length > 1_500;
  context.beginPath();
  for (const edge of pen.edges) {
    const way = wayOf(scene, edge);
    if (way === undefined) continue;
    context.moveTo(way.x1, way.y1);
    if (straight) context.lineTo(way.x2, way.y2);
    else
      context.bezierCurveTo(way.x1 + way.bend, way.y1, way.x2 - way.bend, way.y2, way.x2, way.y2);
  }
  context.globalAlpha = pen.alpha * (view.zoom < 0.2 ? 0.5 : 1);
  context.strokeStyle = pen.color;
  context.lineWidth = (pen.width ?? 1) / Math.min(1, Math.max(view.zoom, 0.05));
  context.setLineDash([...(pen.dash ?? [])]);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function wayOf({ graph, layout }: Scene, edge: number) {
  const a = partOf(layout, graph.from[edge] ?? 0);
  const b = partOf(layout, graph.to[edge] ?? 0);
  if (a === undefined || b === undefined) return undefined;
  const [x1, y1] = [a.x + a.width, a.y + a.height / 2];
  const [x2, y2] = [b.x, b.y + b.height / 2];
  return { x1, y1, x2, y2, bend: Math.max(20, Math.min(90, Math.abs(x2 - x1) / 2)) };
}

function paintCards(canvas: Canvas, scene: Scene, seen: Box): void {
  const { cards } = scene.layout;
  for (let card = 0; card < cards.length; card += 1) {
    const box = cards[card];
    if (box === undefined || !meets(box, seen)) continue;
    canvas.context.globalAlpha = scene.looks.shown?.[card] === 0 ? DIMMED : 1;
    paintCard(canvas, scene, card);
  }
  canvas.context.globalAlpha = 1;
}

/** Marks by state, so that the colour changes a dozen times and not ten thousand. */
function paintMarks(canvas: Canvas, { graph, layout, looks }: Scene, seen: Box): void {
  const { context, view, palette } = canvas;
  const byLook = new Map<number, number[]>();
  layout.cards.forEach((box, card) => {
    if (!meets(box, seen)) return;
    const key = (looks.codes[card] ?? 0) * 2 + (looks.shown?.[card] === 0 ? 0 : 1);
    const known = byLook.get(key);
    if (known === undefined) byLook.set(key, [card]);
    else known.push(card);
  });
  const keys = [...byLook.keys()].sort(
    (a, b) => Number(LOUD.has(a >> 1)) - Number(LOUD.has(b >> 1)),
  );
  for (const key of keys) {
    const least = (LOUD.has(key >> 1) ? LOUD_PX : LEAST_PX) / view.zoom;
    context.beginPath();
    for (const card of byLook.get(key) ?? []) {
      const box = layout.cards[card];
      if (box === undefined) continue;
      const many = graph.cards[card]?.kind !== 'node' ? 6 : 0;
      const height = Math.max(box.height + many, least);
      context.rect(box.x, box.y - (height - box.height) / 2, Math.max(box.width, least), height);
    }
    context.globalAlpha = (key & 1) === 0 ? 0.18 : 1;
    context.fillStyle = palette.tones[key >> 1] ?? palette.dim;
    context.fill();
  }
  context.globalAlpha = 1;
  paintPicked(canvas, partOf(layout, looks.picked));
}

function paintPicked({ context, view, palette }: Canvas, box: Box | undefined): void {
  if (box === undefined) return;
  const room = 4 / view.zoom;
  context.lineWidth = 2 / view.zoom;
  context.strokeStyle = palette.accent;
  context.strokeRect(box.x - room, box.y - room, box.width + 2 * room, box.height + 2 * room);
}

/** What a branch is taken for stands where its edge arrives: above it, so that dashes are seen. */
function paintLabels({ context, palette, view }: Canvas, scene: Scene, seen: Box): void {
  context.font = `600 ${11 * grownAt(view.zoom)}px system-ui, sans-serif`;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'right';
  context.fillStyle = palette.dim;
  for (const [edge, label] of scene.graph.labels) {
    const way = wayOf(scene, edge);
    if (way === undefined) continue;
    const [x, y] = [way.x2 - 6, way.y2 - 5];
    if (meets({ x: x - MOST_LABEL, y: y - 12, width: MOST_LABEL, height: 14 }, seen)) {
      context.fillText(label, x, y, MOST_LABEL);
    }
  }
  context.textAlign = 'left';
}
