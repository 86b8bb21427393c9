import type { Graph } from './graph.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}
export type Places = ReadonlyMap<string, Place>;

/** Sizes of a card and of what lies between cards, in pixels. */
export const CARD = { width: 164, height: 42, column: 212, row: 56 } as const;

const SWEEPS = 4;

/**
 * Lays a graph out from left to right by levels: each card one level behind the last of its
 * parents, and within a level near its neighbours. Takes time in proportion to the edges.
 */
export function layoutByLevels({ cards, edges }: Graph): Places {
  const ids = cards.map(({ id }) => id);
  const parents = neighbours(ids, edges, (edge) => [edge.to, edge.from]);
  const children = neighbours(ids, edges, (edge) => [edge.from, edge.to]);
  const levels = levelsOf(ids, { parents, children });
  order(levels, { parents, children });
  const tallest = Math.max(1, ...levels.map((level) => level.length));
  const places = new Map<string, Place>();
  levels.forEach((level, x) => {
    const top = ((tallest - level.length) * CARD.row) / 2;
    level.forEach((id, y) => {
      places.set(id, { x: x * CARD.column, y: top + y * CARD.row });
    });
  });
  return places;
}

type Neighbours = ReadonlyMap<string, readonly string[]>;
interface Links {
  readonly parents: Neighbours;
  readonly children: Neighbours;
}

function neighbours(
  ids: readonly string[],
  edges: Graph['edges'],
  ends: (edge: Graph['edges'][number]) => readonly [string, string],
): Neighbours {
  const all = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const edge of edges) {
    const [of, to] = ends(edge);
    all.get(of)?.push(to);
  }
  return all;
}

/** The longest way to each card, without recursion: a chain may be ten thousand long. */
function levelsOf(ids: readonly string[], { parents, children }: Links): string[][] {
  const left = new Map(ids.map((id) => [id, parents.get(id)?.length ?? 0]));
  const level = new Map<string, number>();
  const ready = ids.filter((id) => left.get(id) === 0);
  for (let next = 0; next < ready.length; next += 1) {
    const id = ready[next] ?? '';
    const own = level.get(id) ?? 0;
    for (const child of children.get(id) ?? []) {
      level.set(child, Math.max(level.get(child) ?? 0, own + 1));
      const open = (left.get(child) ?? 0) - 1;
      left.set(child, open);
      if (open === 0) ready.push(child);
    }
  }
  const levels: string[][] = [];
  for (const id of ids) {
    const at = level.get(id) ?? 0;
    levels[at] ??= [];
    levels[at].push(id);
  }
  return Array.from(levels, (one) => one ?? []);
}

/** Moves each card to the middle of its neighbours, forth and back, so that edges cross less. */
function order(levels: string[][], { parents, children }: Links): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    const links = forth ? parents : children;
    const sequence = forth ? levels : levels.toReversed();
    const position = new Map<string, number>();
    for (const level of sequence) {
      const weight = new Map(
        level.map((id, index) => [id, middle(links.get(id) ?? [], position) ?? index]),
      );
      level.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
      level.forEach((id, index) => {
        position.set(id, index - level.length / 2);
      });
    }
  }
}

function middle(ids: readonly string[], position: ReadonlyMap<string, number>): number | undefined {
  const known = ids.flatMap((id) => position.get(id) ?? []);
  if (known.length === 0) return undefined;
  return known.reduce((sum, at) => sum + at, 0) / known.length;
}
