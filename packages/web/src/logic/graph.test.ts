import { describe, expect, it } from 'vitest';
import { codeOf, graphFrom, type PlanNode } from './graph.fixture.ts';
import { graphOf, worstOf } from './graph.ts';

const FOLDED = { isOpen: () => false };
const OPEN = { isOpen: () => true };
const only = (...keys: readonly string[]) => ({ isOpen: (key: string) => keys.includes(key) });
const labels = ({ cards }: ReturnType<typeof graphOf>) => cards.map(({ label }) => label);

function fanOut(size: number): PlanNode[] {
  const shards = Array.from({ length: size }, (_, i) => ({ id: `shard-${i}`, needs: ['list'] }));
  return [{ id: 'list' }, ...shards, { id: 'merge', needs: shards.map(({ id }) => id) }];
}

describe('the cards of a graph', () => {
  it('are a card a node, with an edge a parent', () => {
    const graph = graphOf(
      graphFrom([{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['a', 'b'] }]),
      FOLDED,
    );
    expect(labels(graph)).toEqual(['a', 'b', 'c']);
    expect([...graph.from].map((from, edge) => [from, graph.to[edge]])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
  });

  it('are one for more than twelve that are alike', () => {
    const graph = graphOf(graphFrom(fanOut(20)), FOLDED);
    expect(labels(graph)).toEqual(['list', 'shard', 'merge']);
    expect(graph.cards[1]).toMatchObject({ kind: 'stack', about: 'work' });
    expect(graph.cards[1]?.nodes).toHaveLength(20);
    expect(graph.from).toHaveLength(2);
  });

  it('are one each for twelve, and for a stack that was unfolded', () => {
    expect(graphOf(graphFrom(fanOut(12)), FOLDED).cards).toHaveLength(14);
    expect(graphOf(graphFrom(fanOut(20)), only('stack:shard-0')).cards).toHaveLength(22);
  });

  it('are not put together when they have other neighbours, or do something else', () => {
    const chain = Array.from({ length: 30 }, (_, i) => ({
      ...{ id: `n${i}`, needs: i === 0 ? [] : [`n${i - 1}`] },
    }));
    expect(graphOf(graphFrom(chain), FOLDED).cards).toHaveLength(30);
    const mixed = Array.from({ length: 30 }, (_, i) => ({ id: `n${i}`, uses: `w${i % 3}` }));
    expect(graphOf(graphFrom(mixed), only()).cards).toHaveLength(30);
  });

  it('are as many for twenty thousand edges as for two', () => {
    const layer = (name: string, needs: readonly string[]) =>
      Array.from({ length: 100 }, (_, i) => ({ id: `${name}-${i}`, needs }));
    const a = layer('a', []);
    const b = layer(
      'b',
      a.map(({ id }) => id),
    );
    const c = layer(
      'c',
      b.map(({ id }) => id),
    );
    expect(labels(graphOf(graphFrom([...a, ...b, ...c]), FOLDED))).toEqual(['a', 'b', 'c']);
  });
});

describe('groups', () => {
  const nodes: PlanNode[] = [
    { id: 'before' },
    { id: 'g', needs: ['before'] },
    { id: 'in', group: 'g' },
    { id: 'in2', group: 'g', needs: ['in'] },
    { id: 'after', needs: ['g'] },
  ];

  it('are one card with all that stands in them', () => {
    const graph = graphOf(graphFrom(nodes), FOLDED);
    expect(graph.cards.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'group g',
      'node before',
      'node after',
    ]);
    expect(graph.cards[0]?.nodes).toEqual([1, 2, 3]);
    expect(graph.from).toHaveLength(2);
  });

  it('are a frame when they are open', () => {
    const graph = graphOf(graphFrom(nodes), OPEN);
    expect(graph.frames.map(({ label }) => label)).toEqual(['g']);
    const inside = graph.cards.filter(({ frame }) => frame === 0).map(({ label }) => label);
    expect(inside).toEqual(['in', 'in2']);
    // Edges of the group lead to its frame and from it.
    const ends = [...graph.from].map((from, edge) => [from, graph.to[edge]]);
    expect(ends).toEqual([
      [0, 4],
      [1, 2],
      [4, 3],
    ]);
  });

  it('are made of what stands before a slash, where the plan has none', () => {
    const plan = ['a/x', 'a/y', 'b/x', 'b/y', 'c/alone'].map((id) => ({ id }));
    const graph = graphOf(graphFrom(plan), FOLDED);
    expect(labels(graph)).toEqual(['a', 'b', 'c/alone']);
    expect(graphOf(graphFrom(plan), only('group:a')).cards).toHaveLength(4);
  });
});

describe('instances of for_each', () => {
  const nodes: PlanNode[] = [
    { id: 'g' },
    { id: 'in', group: 'g', pattern: 'g' },
    { id: 'then', group: 'g', pattern: 'g', needs: ['in'] },
  ];
  const made = Array.from({ length: 40 }, (_, i) => ({
    node: 3 + i,
    of: i % 2 === 0 ? 1 : 2,
    node_id: `${i % 2 === 0 ? 'in' : 'then'}[${i >> 1}]`,
  }));

  it('stand in the place of what they are copies of, one card for each of these', () => {
    const graph = graphOf(graphFrom(nodes, made), only('group:g'));
    expect(labels(graph)).toEqual(['in[]', 'then[]']);
    expect(graph.from).toHaveLength(1);
    expect(graph.endOf[1]).toBe(-1);
  });

  it('wait for the instance of their own item', () => {
    const graph = graphFrom(nodes, made.slice(0, 4));
    const edges = [...graph.from].map(
      (from, edge) => `${graph.ids[from]} ${graph.ids[graph.to[edge] ?? 0]}`,
    );
    expect(edges).toContain('in[1] then[1]');
    expect(edges).not.toContain('in[0] then[1]');
  });
});

it('says of many the worst that is true of one', () => {
  const codes = Uint8Array.from([codeOf('completed'), codeOf('failed'), codeOf('running')]);
  expect(worstOf([0, 2], codes)).toBe(codeOf('running'));
  expect(worstOf([0, 1, 2], codes)).toBe(codeOf('failed'));
  expect(worstOf([0], codes)).toBe(codeOf('completed'));
});
