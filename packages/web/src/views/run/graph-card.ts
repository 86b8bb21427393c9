import { GRAPH_STATES } from '@tenuto/contract';
import type { Box } from '../../logic/graph-layout.ts';
import { SIGNS } from './graph-palette.ts';
import type { Canvas, Scene } from './graph-scene.ts';

const NAME_PX = 13;
const ABOUT_PX = 11;
const FAMILY = 'system-ui, sans-serif';
/** How much text grows in its card where the whole is made smaller; more would not fit into it. */
const MOST_GROWN = 1.3;
const TEXT_X = 32;
const RADIUS = 6;
/** The order of states in the strip of a stack: what is done first. */
const STRIP = (
  [
    ...['completed', 'skipped', 'running', 'retrying', 'waiting', 'needs_person', 'failed'],
    ...['timeout', 'not_reached', 'cancelled'],
  ] as const
).map((state) => GRAPH_STATES.indexOf(state));

/** How much larger text is drawn at a zoom, in steps: each size of a text is measured by itself. */
export function grownAt(zoom: number): number {
  return Math.min(MOST_GROWN, Math.max(1, Math.round(10 / zoom) / 10));
}

/** A card with sign, name and what it does, as the rest of the console has them. */
export function paintCard(canvas: Canvas, scene: Scene, at: number): void {
  const { context, palette } = canvas;
  const card = scene.graph.cards[at];
  const box = scene.layout.cards[at];
  if (card === undefined || box === undefined) return;
  const { looks } = scene;
  const tone = palette.tones[looks.codes[at] ?? 0] ?? palette.dim;
  if (card.kind !== 'node') paintBehind(canvas, box);
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
  const alpha = context.globalAlpha;
  // What is dimmed still hides what lies behind it.
  context.globalAlpha = 1;
  context.fillStyle = palette.surface;
  context.fill();
  context.globalAlpha = alpha;
  context.lineWidth = 1;
  context.strokeStyle = palette.strong;
  context.stroke();
  context.beginPath();
  context.roundRect(box.x, box.y, 3.5, box.height, [RADIUS, 0, 0, RADIUS]);
  context.fillStyle = tone;
  context.fill();
  paintSign(canvas, { x: box.x + 11, y: box.y + 14, code: looks.codes[at] ?? 0 });
  const room = box.width - TEXT_X - 8;
  context.textBaseline = 'alphabetic';
  const grown = grownAt(canvas.view.zoom);
  context.font = `500 ${NAME_PX * grown}px ${FAMILY}`;
  context.fillStyle = palette.text;
  context.fillText(fitting(context, card.label, room), box.x + TEXT_X, box.y + 18);
  context.font = `${ABOUT_PX * grown}px ${FAMILY}`;
  context.fillStyle = palette.dim;
  context.fillText(
    fitting(context, looks.about[at] ?? '', room),
    box.x + TEXT_X,
    box.y + 32 + 2 * grown - 1,
  );
  const counts = looks.counts.get(at);
  if (counts !== undefined) paintStrip(canvas, { box, counts, total: card.nodes.length });
  if (at === looks.picked || at === looks.cursor) paintAround(canvas, box, at === looks.picked);
}

/** Two more cards look out from behind a card of many. */
function paintBehind({ context, palette }: Canvas, { x, y, width, height }: Box): void {
  for (const aside of [6, 3]) {
    context.beginPath();
    context.roundRect(x + aside, y + aside, width, height, RADIUS);
    context.fillStyle = palette.surface;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = palette.strong;
    context.stroke();
  }
}

interface Sign {
  readonly x: number;
  readonly y: number;
  readonly code: number;
}

/** The sign of a state, in its colour. */
export function paintSign({ context, palette }: Canvas, { x, y, code }: Sign): void {
  const sign = SIGNS[code];
  if (sign === undefined) return;
  context.save();
  context.translate(x, y);
  context.scale(14 / 16, 14 / 16);
  context.strokeStyle = palette.tones[code] ?? palette.dim;
  context.lineWidth = 1.8;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.stroke(sign);
  context.restore();
}

interface Strip {
  readonly box: Box;
  readonly counts: Uint32Array;
  readonly total: number;
}

/** How much of a stack is in which state, as a strip along its foot. */
function paintStrip({ context, palette }: Canvas, { box, counts, total }: Strip): void {
  const width = box.width - 12;
  let x = box.x + 6;
  context.fillStyle = palette.line;
  context.fillRect(x, box.y + box.height - 5, width, 2.5);
  for (const code of STRIP) {
    const count = counts[code] ?? 0;
    if (count === 0) continue;
    const part = Math.max(2, (count / total) * width);
    context.fillStyle = palette.tones[code] ?? palette.dim;
    context.fillRect(x, box.y + box.height - 5, Math.min(part, box.x + 6 + width - x), 2.5);
    x += part;
  }
}

function paintAround({ context, palette }: Canvas, box: Box, isPicked: boolean): void {
  context.beginPath();
  context.roundRect(box.x - 4, box.y - 4, box.width + 8, box.height + 8, RADIUS + 3);
  context.lineWidth = 2;
  context.strokeStyle = palette.accent;
  context.setLineDash(isPicked ? [] : [4, 3]);
  context.stroke();
  context.setLineDash([]);
}

const fitted = new Map<string, string>();
const MOST_KEPT = 20_000;

/** As much of a text as fits; what was found is remembered, since measuring is slow. */
function fitting(context: CanvasRenderingContext2D, text: string, room: number): string {
  const key = `${context.font}|${room}|${text}`;
  const known = fitted.get(key);
  if (known !== undefined) return known;
  if (fitted.size > MOST_KEPT) fitted.clear();
  let shown = text;
  if (context.measureText(text).width > room) {
    let [low, high] = [0, text.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const isShort = context.measureText(`${text.slice(0, middle)}…`).width <= room;
      if (isShort) low = middle;
      else high = middle - 1;
    }
    shown = `${text.slice(0, low)}…`;
  }
  fitted.set(key, shown);
  return shown;
}
