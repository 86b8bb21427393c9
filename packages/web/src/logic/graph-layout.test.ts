import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card, Graph } from './graph.ts';
import { CARD, layoutByLevels } from './graph-layout.ts';

const card = (id: string): Card => ({ id, label: id, nodes: [], status: 'pending', counts: {} });
const graph = (ids: readonly string[], edges: readonly (readonly [string, string])[]): Graph => ({
  cards: ids.map(card),
  edges: edges.map(([from, to]) => ({ from, to, skipped: false })),
});

/** A graph without cycles: each edge leads to a later card. */
const graphs = fc.integer({ min: 1, max: 40 }).chain((size) =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 80 }).map((pairs) =>
    graph(
      Array.from({ length: size }, (_, id) => `n${id}`),
      pairs.filter(([a, b]) => a < b).map(([a, b]) => [`n${a}`, `n${b}`] as const),
    ),
  ),
);

describe('the layout by levels', () => {
  it('puts every card to the right of all its parents, and none upon another', () => {
    fc.assert(
      fc.property(graphs, (one) => {
        const places = layoutByLevels(one);
        expect(places.size).toBe(one.cards.length);
        for (const { from, to } of one.edges) {
          expect(places.get(to)?.x).toBeGreaterThanOrEqual(
            (places.get(from)?.x ?? 0) + CARD.column,
          );
        }
        const taken = [...places.values()].map(({ x, y }) => `${x} ${y}`);
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  it('keeps parallel chains apart', () => {
    const places = layoutByLevels(
      graph(
        ['a', 'b', 'a2', 'b2'],
        [
          ['a', 'b2'],
          ['b', 'a2'],
        ],
      ),
    );
    const y = (id: string) => places.get(id)?.y ?? 0;
    expect(Math.sign(y('a') - y('b'))).toBe(Math.sign(y('b2') - y('a2')));
  });

  it('lays out a chain of ten thousand without running out of stack', () => {
    const ids = Array.from({ length: 10_000 }, (_, id) => `n${id}`);
    const edges = ids.slice(1).map((id, before) => [ids[before] ?? '', id] as const);
    expect(layoutByLevels(graph(ids, edges)).get('n9999')?.x).toBe(9_999 * CARD.column);
  });
});
