/** Where the parts of a graph lie: boxes of any size, from left to right by levels. */
import {
  agentLinks,
  type Link,
  type Outline,
  type PhaseView,
  phaseLinks,
} from './profile-model.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
export type Points = ReadonlyMap<string, Point>;

export interface Box extends Size {
  readonly id: string;
}

export interface Gaps {
  readonly column: number;
  readonly row: number;
}

/** Each box one column behind the last of those that lead to it; a circle is cut somewhere. */
export function layoutBoxes(boxes: readonly Box[], links: readonly Link[], gaps: Gaps): Points {
  const levels = levelsOf(boxes, links);
  const columns: Box[][] = [];
  for (const box of boxes) {
    const at = levels.get(box.id) ?? 0;
    columns[at] = [...(columns[at] ?? []), box];
  }
  const middles = new Map<string, number>();
  const points = new Map<string, Point>();
  let x = 0;
  for (const column of columns) {
    const sorted = byParents(column ?? [], links, middles);
    const height = sorted.reduce((sum, box) => sum + box.height + gaps.row, -gaps.row);
    let y = -height / 2;
    for (const box of sorted) {
      points.set(box.id, { x, y });
      middles.set(box.id, y + box.height / 2);
      y += box.height + gaps.row;
    }
    x += Math.max(0, ...sorted.map(({ width }) => width)) + gaps.column;
  }
  return fromZero(points);
}

function byParents(
  column: readonly Box[],
  links: readonly Link[],
  middles: ReadonlyMap<string, number>,
): readonly Box[] {
  const weight = new Map(
    column.map(({ id }) => {
      const parents = links.flatMap(({ from, to }) => (to === id ? (middles.get(from) ?? []) : []));
      return [id, parents.reduce((sum, at) => sum + at, 0) / Math.max(1, parents.length)];
    }),
  );
  return column.toSorted((a, b) => (weight.get(a.id) ?? 0) - (weight.get(b.id) ?? 0));
}

function fromZero(points: ReadonlyMap<string, Point>): Points {
  const top = Math.min(0, ...[...points.values()].map(({ y }) => y));
  return new Map([...points].map(([id, { x, y }]) => [id, { x, y: y - top }]));
}

/** The longest way to each box, in boxes. */
export function levelsOf(
  boxes: readonly { readonly id: string }[],
  links: readonly Link[],
): ReadonlyMap<string, number> {
  const open = new Set(boxes.map(({ id }) => id));
  const levels = new Map<string, number>();
  while (open.size > 0) {
    const ready = [...open].filter(
      (id) => !links.some(({ from, to }) => to === id && from !== id && open.has(from)),
    );
    // Only a circle leaves none: it is cut before its first one.
    for (const id of ready.length > 0 ? ready : [...open].slice(0, 1)) {
      const parents = links.flatMap(({ from, to }) => (to === id ? (levels.get(from) ?? []) : []));
      levels.set(id, Math.max(-1, ...parents) + 1);
      open.delete(id);
    }
  }
  return levels;
}

/** Sizes in the drawing of a profile, in pixels; its style sheet has the same. */
export const DRAWN = {
  agent: { width: 164, height: 40 },
  head: 52,
  pad: 12,
  gate: 26,
  foot: 36,
  bareFoot: 8,
  least: 188,
  agentGaps: { column: 28, row: 8 },
  gaps: { column: 52, row: 28 },
} as const;

export interface DrawnPhase extends Size {
  readonly phase: PhaseView;
  readonly point: Point;
  /** Where its agents lie in it, by their places. */
  readonly agents: Points;
  /** Where its gates begin. */
  readonly gatesTop: number;
}

export interface Drawing {
  /** Where phases were put by hand, by their ids. */
  readonly moved: Readonly<Record<string, Point>>;
  /** Nothing is added below the parts of a phase then. */
  readonly isReadOnly: boolean;
}

/** Where all of a profile lies. */
export function layoutProfile(
  outline: Outline,
  { moved, isReadOnly }: Drawing,
): readonly DrawnPhase[] {
  const foot = isReadOnly ? DRAWN.bareFoot : DRAWN.foot;
  const drawn = outline.phases.map((phase) => ({ phase, ...insideOf(phase, foot) }));
  const boxes = drawn.map(({ phase: { place }, width, height }) => ({ id: place, width, height }));
  const points = layoutBoxes(boxes, phaseLinks(outline), DRAWN.gaps);
  return drawn.map((one) => {
    const { id, place } = one.phase;
    const hand = Object.hasOwn(moved, id) ? moved[id] : undefined;
    return { ...one, point: hand ?? points.get(place) ?? { x: 0, y: 0 } };
  });
}

function insideOf(phase: PhaseView, foot: number): Omit<DrawnPhase, 'phase' | 'point'> {
  const { agent, head, pad, gate, least, agentGaps } = DRAWN;
  const boxes = phase.agents.map(({ place }) => ({ id: place, ...agent }));
  const inner = layoutBoxes(boxes, agentLinks(phase), agentGaps);
  const agents = new Map([...inner].map(([id, { x, y }]) => [id, { x: x + pad, y: y + head }]));
  const right = Math.max(0, ...[...inner.values()].map(({ x }) => x + agent.width));
  const bottom = Math.max(0, ...[...inner.values()].map(({ y }) => y + agent.height));
  const gatesTop = head + bottom + (bottom > 0 ? pad : 0);
  const gates = phase.gates.length === 0 ? 0 : phase.gates.length * gate + pad;
  return {
    ...{ agents, gatesTop, width: Math.max(least, right + pad * 2) },
    height: gatesTop + gates + foot,
  };
}
