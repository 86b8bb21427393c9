import { describe, expect, test } from 'vitest';
import { nodesOf, planOf, SHAPES, scaled } from './shape.ts';

describe('a shape', () => {
  test.each([
    ['single', 20_000],
    ['chain', 10_000],
    ['fan', 10_000],
    ['wide', 50_001],
  ] as const)('called %s has %d nodes', (name, nodes) => {
    expect(nodesOf(SHAPES[name])).toBe(nodes);
  });

  test('can be made smaller: by runs where there are some, else by nodes', () => {
    expect(scaled(SHAPES.fan, 0.1)).toMatchObject({ runs: 20, passes: 1, levels: [1, 48, 1] });
    expect(scaled(SHAPES.wide, 0.1)).toMatchObject({ runs: 1, passes: 1, levels: [1, 5_000] });
    expect(scaled(SHAPES.single, 1)).toBe(SHAPES.single);
    expect(nodesOf(scaled(SHAPES.wide, 1e-9))).toBe(2);
  });

  test('is a graph in which each node needs the whole level before', () => {
    const plan = planOf([2, 3, 1]);
    expect(plan).toMatchObject({ nodeCount: 6, edgeCount: 9 });
    expect([...plan.levels]).toEqual([0, 0, 1, 1, 1, 2]);
    expect(plan.specs.every(({ uses }) => uses === 'noop')).toBe(true);
  });
});
