import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphFrom, type PlanNode } from './graph.fixture.ts';
import { graphOf } from './graph.ts';
import { type Box, CARD, cardWidthOf, GAP, layoutByLevels } from './graph-layout.ts';

const OPEN = { isOpen: () => true };
const drawn = (nodes: readonly PlanNode[]) => graphOf(graphFrom(nodes), OPEN);

/** A graph without cycles: each edge leads to a later node; some stand in groups. */
const graphs = fc.integer({ min: 1, max: 40 }).chain((size) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 80 }),
      fc.array(fc.nat(3), { minLength: size, maxLength: size }),
    )
    .map(([pairs, groups]) =>
      Array.from({ length: size }, (_, node) => ({
        id: groups[node] === 0 ? `n${node}` : `g${groups[node]}/n${node}`,
        edges: pairs.filter(([from, to]) => from < to && to === node).map(([from]) => from),
      })),
    )
    .map((nodes) =>
      drawn(
        nodes.map(({ id, edges }) => ({
          id,
          needs: [...new Set(edges)].map((at) => nodes[at]?.id ?? ''),
        })),
      ),
    ),
);

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (a: Box, b: Box) =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

describe('the layout by levels', () => {
  it('puts no card upon another, and each into its frame', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { cards, frames, bounds } = layoutByLevels(graph);
        expect(cards).toHaveLength(graph.cards.length);
        cards.forEach((box, at) => {
          expect(within(box, bounds)).toBe(true);
          expect(cards.every((other, i) => i === at || !overlap(box, other))).toBe(true);
          const frame = frames[graph.cards[at]?.frame ?? -1];
          expect(frame === undefined || within(box, frame)).toBe(true);
        });
        frames.forEach((box, at) => {
          const around = graph.frames[at]?.frame ?? -1;
          const beside = frames.filter((_, i) => i !== at && graph.frames[i]?.frame === around);
          expect(beside.every((other) => !overlap(box, other))).toBe(true);
          expect(within(box, frames[around] ?? bounds)).toBe(true);
        });
      }),
    );
  });

  it('puts every card to the right of all its parents in the same frame', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { cards } = layoutByLevels(graph);
        graph.from.forEach((from, edge) => {
          const to = graph.to[edge] ?? 0;
          if (graph.cards[from]?.frame !== graph.cards[to]?.frame) return;
          expect(cards[to]?.x ?? 0).toBeGreaterThan(cards[from]?.x ?? 0);
        });
      }),
    );
  });

  it('keeps parallel chains apart', () => {
    const graph = drawn([
      { id: 'a' },
      { id: 'b' },
      { id: 'x', needs: ['b'] },
      { id: 'y', needs: ['a'] },
    ]);
    const { cards } = layoutByLevels(graph);
    const y = (label: string) =>
      cards[graph.cards.findIndex((card) => card.label === label)]?.y ?? 0;
    expect(Math.sign(y('a') - y('b'))).toBe(Math.sign(y('y') - y('x')));
  });

  it('makes cards as wide as what stands on them, so that six nodes in a row are seen whole', () => {
    const names = ['fetch', 'lint', 'build', 'sign', 'deploy', 'tidy'];
    const six = drawn(
      names.map((id, i) => ({ id, uses: 'transform.cel', needs: names.slice(i - 1, i) })),
    );
    const width = cardWidthOf(six);
    expect(width).toBeLessThan(CARD.width);
    expect(layoutByLevels(six, width).bounds.width).toBe(6 * width + 5 * GAP.x);
    const long = drawn([{ id: 'a-name-that-takes-more-than-there-is-room-for' }]);
    expect(cardWidthOf(long)).toBe(CARD.width);
  });

  it('lays out a chain of ten thousand without running out of stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => ({
      ...{ id: `n${i}`, needs: i === 0 ? [] : [`n${i - 1}`] },
    }));
    expect(layoutByLevels(drawn(chain)).cards[9_999]?.x).toBe(9_999 * CARD.column);
  });

  it('puts a level that is far taller than the graph is wide into several columns', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => ({ id: `n${i}`, uses: `w${i}` }));
    const { bounds } = layoutByLevels(drawn(many));
    expect(bounds.width / bounds.height).toBeGreaterThan(1);
    expect(bounds.width / bounds.height).toBeLessThan(4);
  });
});
