import type { Graph } from './graph.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything lies, by place among the cards and frames. */
export interface Layout {
  readonly cards: readonly Box[];
  readonly frames: readonly Box[];
  readonly bounds: Box;
}

/** Sizes of a card and of what lies between cards, in pixels. */
export const CARD = { width: 164, height: 42, column: 204, row: 56 } as const;
export const GAP = { x: CARD.column - CARD.width, y: CARD.row - CARD.height } as const;
/** What a card of one node takes: characters of its name and of what it does, and the rest. */
const TEXT = { least: 104, name: 7.4, about: 6.4, rest: 42 } as const;
/** Of a frame: its name stands on top. */
const PAD = { side: 14, top: 30 } as const;

const SWEEPS = 4;
/** Levels taller than this are put in several columns, where the whole is taller than wide. */
const TALL = { whole: 24 * CARD.row, frame: 60 * CARD.row } as const;
const RATIO = 1.7;
const LOWER = 0.8;

/** Something that is placed inside a frame: a card, or a frame of its own. */
interface Item {
  readonly card: number;
  readonly frame: number;
  readonly level: number;
  readonly width: number;
  readonly height: number;
}

/** How wide cards have to be to show what stands on them: a small graph is seen whole then. */
export function cardWidthOf({ cards }: Graph): number {
  let wanted: number = TEXT.least;
  for (const { kind, label, about } of cards) {
    if (kind !== 'node' || wanted >= CARD.width) return CARD.width;
    const text = Math.max(label.length * TEXT.name, about.length * TEXT.about);
    wanted = Math.max(wanted, Math.ceil(TEXT.rest + text));
  }
  return Math.min(wanted, CARD.width);
}

/**
 * Lays a graph out from left to right by levels, frames as boxes of their own: each thing is put
 * one column behind the last before it, and within a column near its neighbours. Takes time in
 * proportion to cards and edges.
 */
export function layoutByLevels(graph: Graph, cardWidth: number = CARD.width): Layout {
  const cards: Box[] = [];
  const frames: Box[] = [];
  const inside = contents(graph, cardWidth);
  const laid = new Map<number, Laid>();
  // Inner frames stand behind outer ones.
  for (let frame = graph.frames.length - 1; frame >= -1; frame -= 1) {
    const items = (inside.get(frame) ?? []).map((item) => sized(item, laid));
    laid.set(frame, layItems(graph, frame, items));
  }
  put(-1, { x: 0, y: 0 });
  const whole = laid.get(-1);
  const { width = 0, height = 0 } = whole ?? {};
  return { cards, frames, bounds: { x: 0, y: 0, width, height } };

  function put(frame: number, { x, y }: { readonly x: number; readonly y: number }): void {
    for (const { item, box } of laid.get(frame)?.boxes ?? []) {
      const placed = { ...box, x: x + box.x, y: y + box.y };
      if (item.card >= 0) cards[item.card] = placed;
      else {
        frames[item.frame] = placed;
        put(item.frame, { x: placed.x + PAD.side, y: placed.y + PAD.top });
      }
    }
  }
}

interface Laid {
  readonly boxes: readonly { readonly item: Item; readonly box: Box }[];
  readonly width: number;
  readonly height: number;
}

function contents({ cards, frames }: Graph, cardWidth: number): Map<number, Item[]> {
  const inside = new Map<number, Item[]>();
  const add = (frame: number, item: Item) => {
    const known = inside.get(frame);
    if (known === undefined) inside.set(frame, [item]);
    else known.push(item);
  };
  const levels = new Array<number>(frames.length).fill(Number.POSITIVE_INFINITY);
  cards.forEach(({ level, frame }, card) => {
    add(frame, { card, frame: -1, level, width: cardWidth, height: CARD.height });
    for (let at = frame; at >= 0; at = frames[at]?.frame ?? -1) {
      levels[at] = Math.min(levels[at] ?? level, level);
    }
  });
  frames.forEach(({ frame }, at) => {
    add(frame, { card: -1, frame: at, level: levels[at] ?? 0, width: 0, height: 0 });
  });
  return inside;
}

function sized(item: Item, laid: ReadonlyMap<number, Laid>): Item {
  if (item.card >= 0) return item;
  const { width = CARD.width, height = CARD.height } = laid.get(item.frame) ?? {};
  return { ...item, width: width + 2 * PAD.side, height: height + PAD.top + PAD.side };
}

function layItems(graph: Graph, frame: number, items: Item[]): Laid {
  items.sort((a, b) => a.level - b.level);
  const links = linksOf(graph, frame, items);
  const columns = columnsOf(items, links);
  order(columns, links);
  return placed(wrapped(columns, items, frame < 0 ? TALL.whole : TALL.frame), items);
}

interface Links {
  readonly before: readonly (readonly number[])[];
  readonly behind: readonly (readonly number[])[];
}

/** Edges between the things of a frame, by their order; those that lead back are left out. */
function linksOf(graph: Graph, frame: number, items: readonly Item[]): Links {
  const itemOf = itemsByCard(graph, frame, items);
  const before: number[][] = items.map(() => []);
  const behind: number[][] = items.map(() => []);
  const seen = new Set<number>();
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const from = itemOf[graph.from[edge] ?? 0] ?? -1;
    const to = itemOf[graph.to[edge] ?? 0] ?? -1;
    if (from < 0 || to < 0 || from >= to) continue;
    const key = from * items.length + to;
    if (seen.has(key)) continue;
    seen.add(key);
    before[to]?.push(from);
    behind[from]?.push(to);
  }
  return { before, behind };
}

/** The thing of a frame that each card is, or is inside of; -1 for cards elsewhere. */
function itemsByCard({ cards, frames }: Graph, frame: number, items: readonly Item[]): Int32Array {
  const byFrame = new Map<number, number>();
  const itemOf = new Int32Array(cards.length + frames.length).fill(-1);
  items.forEach((item, at) => {
    if (item.card >= 0) itemOf[item.card] = at;
    else byFrame.set(item.frame, at);
  });
  if (byFrame.size === 0) return itemOf;
  const settle = (end: number, around: number) => {
    for (let at = around; at >= 0 && at !== frame; at = frames[at]?.frame ?? -1) {
      const item = byFrame.get(at);
      if (item !== undefined) itemOf[end] = item;
    }
  };
  for (const [place, card] of cards.entries()) settle(place, card.frame);
  for (const place of frames.keys()) settle(cards.length + place, place);
  return itemOf;
}

/** One column behind the last before it: things are in an order in which edges lead on. */
function columnsOf(items: readonly Item[], { before }: Links): number[][] {
  const column = new Int32Array(items.length);
  const columns: number[][] = [];
  for (let item = 0; item < items.length; item += 1) {
    let at = 0;
    for (const parent of before[item] ?? []) at = Math.max(at, (column[parent] ?? 0) + 1);
    column[item] = at;
    columns[at] ??= [];
    columns[at]?.push(item);
  }
  return columns;
}

/** Moves each thing to the middle of its neighbours, forth and back, so that edges cross less. */
function order(columns: number[][], { before, behind }: Links): void {
  const size = before.length;
  const position = new Float64Array(size);
  const weight = new Float64Array(size);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const links = sweep % 2 === 0 ? before : behind;
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      column.forEach((item, index) => {
        const near = links[item] ?? [];
        const sum = near.reduce((all, one) => all + (position[one] ?? 0), 0);
        weight[item] = near.length === 0 ? index - column.length / 2 : sum / near.length;
      });
      column.sort((a, b) => (weight[a] ?? 0) - (weight[b] ?? 0));
      column.forEach((item, index) => {
        position[item] = index - column.length / 2;
      });
    }
  }
}

/** Very tall levels as several columns, so that the whole is no thin line when it is seen whole. */
function wrapped(
  columns: readonly number[][],
  items: readonly Item[],
  tall: number,
): readonly number[][] {
  const tallest = (of: readonly number[][]) =>
    of.reduce((most, column) => Math.max(most, heightOf(column, items)), 0);
  const highest = items.reduce((most, { height }) => Math.max(most, height), 0);
  let limit = tallest(columns);
  let best = columns;
  while (limit > Math.max(tall, highest) && widthOf(best, items) < tallest(best) * RATIO) {
    limit = Math.max(limit * LOWER, highest);
    best = columns.flatMap((column) => cut(column, limit, items));
  }
  return best;
}

/** A column in parts of about the same height, no taller than a limit unless one thing alone is. */
function cut(column: readonly number[], most: number, items: readonly Item[]): number[][] {
  const whole = heightOf(column, items);
  const highest = column.reduce((high, at) => Math.max(high, items[at]?.height ?? 0), 0);
  const limit = Math.min(most, whole / Math.ceil(whole / most) + highest / 2);
  const parts: number[][] = [];
  let height = Number.POSITIVE_INFINITY;
  for (const at of column) {
    const own = (items[at]?.height ?? 0) + GAP.y;
    if (height + own > limit + GAP.y) {
      parts.push([]);
      height = 0;
    }
    parts.at(-1)?.push(at);
    height += own;
  }
  return parts;
}

function heightOf(column: readonly number[], items: readonly Item[]): number {
  return column.reduce((sum, at) => sum + (items[at]?.height ?? 0) + GAP.y, -GAP.y);
}

function widthOf(columns: readonly (readonly number[])[], items: readonly Item[]): number {
  return columns.reduce((sum, column) => sum + columnWidth(column, items) + GAP.x, -GAP.x);
}

function columnWidth(column: readonly number[], items: readonly Item[]): number {
  return column.reduce((most, at) => Math.max(most, items[at]?.width ?? 0), 0);
}

function placed(columns: readonly number[][], items: readonly Item[]): Laid {
  const of = (at: number) => items[at] ?? { width: 0, height: 0, card: -1, frame: -1, level: 0 };
  const heights = columns.map((column) => heightOf(column, items));
  const height = heights.reduce((most, one) => Math.max(most, one), 0);
  const boxes: { item: Item; box: Box }[] = [];
  let x = 0;
  columns.forEach((column, index) => {
    const width = columnWidth(column, items);
    let y = (height - (heights[index] ?? 0)) / 2;
    for (const at of column) {
      const item = of(at);
      const box = { x, y, width: item.width, height: item.height };
      boxes.push({ item, box });
      y += item.height + GAP.y;
    }
    x += width + GAP.x;
  });
  return { boxes, width: Math.max(0, x - GAP.x), height };
}
