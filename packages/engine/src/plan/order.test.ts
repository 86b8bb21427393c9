import type { DagInput, NodeInput } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parallel, sequence, work } from '../../test/graph-nodes.ts';
import { refusalOf } from '../../test/refusal.ts';
import { compilePlan } from './compile.ts';
import { shapeOf } from './plan.ts';

const needs = (...ids: string[]) => ({ needs: ids });

describe('a cycle is named in order', () => {
  const cycles: [string, DagInput['nodes'], string][] = [
    ['of two', [work('a', needs('b')), work('b', needs('a'))], 'b -> a -> b'],
    [
      'behind other nodes',
      [
        work('r'),
        work('a', needs('r', 'c')),
        work('b', needs('a')),
        work('c', needs('b')),
        work('z', needs('c')),
      ],
      'a -> b -> c -> a',
    ],
    [
      'of a group and what waits for it',
      [parallel('g', [work('a')], needs('b')), work('b', needs('g'))],
      'g -> b -> g',
    ],
    [
      'into a group and out of its end',
      [parallel('g', [work('a', needs('b'))]), work('b', needs('g'))],
      'a -> g -> b -> a',
    ],
    [
      'into a group by its begin and out of a child',
      [parallel('g', [work('a')], needs('b')), work('b', needs('a'))],
      'g -> a -> b -> g',
    ],
    [
      'against the order of a sequence',
      [sequence('s', [work('a', needs('b')), work('b')])],
      'a -> b -> a',
    ],
    [
      'of two groups by their children',
      [
        parallel('g', [work('a', needs('d')), work('b')]),
        parallel('h', [work('c', needs('g')), work('d', needs('c'))]),
      ],
      'a -> g -> c -> d -> a',
    ],
  ];

  it.each(cycles)('%s', (_what, nodes, cycle) => {
    const { message, validationErrors } = refusalOf({ nodes });
    const named = (validationErrors[0]?.value as string[] | undefined) ?? [];
    expect(message).toBe(
      `The graph has a cycle: ${[...named, named[0]].join(' -> ')}. Remove one of these edges.`,
    );
    const wanted = cycle.split(' -> ').slice(1);
    const turned = [...named.slice(named.indexOf(wanted[0] ?? '')), ...named].slice(
      0,
      named.length,
    );
    expect(turned).toEqual(wanted);
  });

  it('with its beginning only when it is long', () => {
    const nodes = Array.from({ length: 1_000 }, (_, i) =>
      work(`n${i}`, needs(`n${(i + 1) % 1_000}`)),
    );
    expect(refusalOf({ nodes }).message).toMatch(
      /: n998 -> n997 .* -> n949 -> \.\.\. \(950 more\) -> n998\./,
    );
  });

  it('and is one of the graph, whatever the graph', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 12, maxLength: 12 }),
        (drawn) => {
          const parents = drawn.map((row, i) => row.filter((parent) => parent !== i));
          const nodes = parents.map((row, i) => work(`${i}`, needs(...row.map(String))));
          if (isAcyclic(parents)) {
            expect(shapeOf(compilePlan({ nodes })).depth).toBeGreaterThan(0);
            return;
          }
          const cycle = (refusalOf({ nodes }).validationErrors[0]?.value as string[]).map(Number);
          expect(cycle.length).toBeGreaterThan(1);
          cycle.forEach((node, i) => {
            expect(parents[cycle[(i + 1) % cycle.length] ?? 0]).toContain(node);
          });
        },
      ),
    );
  });
});

function isAcyclic(parents: readonly (readonly number[])[]): boolean {
  const done = new Set<number>();
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    parents.forEach((row, i) => {
      if (row.every((parent) => done.has(parent))) done.add(i);
    });
  }
  return done.size === parents.length;
}

describe('the shape of a plan', () => {
  it('has levels by the longest way, and one longest path', () => {
    const nodes = [
      work('a'),
      work('b', needs('a')),
      work('c', needs('a', 'b')),
      work('d', needs('a')),
      work('e'),
    ];
    const plan = compilePlan({ nodes });
    expect([...plan.levels]).toEqual([0, 1, 2, 1, 0]);
    expect(shapeOf(plan)).toEqual({
      depth: 3,
      widestLevel: { level: 0, nodes: 2 },
      criticalPath: ['a', 'b', 'c'],
      levelSizes: [2, 2, 1],
    });
  });

  it('counts a group before its children, and its end with the last of them', () => {
    const plan = compilePlan({
      nodes: [
        parallel('g', [work('a'), sequence('s', [work('b'), work('c')])]),
        work('z', needs('g')),
      ],
    });
    expect(Object.fromEntries(plan.ids.map((id, i) => [id, plan.levels[i]]))).toEqual({
      g: 0,
      a: 1,
      s: 1,
      b: 2,
      c: 3,
      z: 4,
    });
    expect(shapeOf(plan).criticalPath).toEqual(['g', 's', 'b', 'c', 'z']);
  });

  it('has a critical path as long as it is deep, each node waiting for the one before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(99), { maxLength: 2 }), { minLength: 1, maxLength: 30 }),
        (drawn) => {
          const nodes: NodeInput[] = [];
          for (let i = 0; i < drawn.length; i += 3) {
            const parents = (drawn[i] ?? [])
              .filter((parent) => parent < i)
              .map((n) => `${n - (n % 3)}`);
            const children = [work(`${i + 1}`), work(`${i + 2}`)];
            const group = i % 2 === 0 ? parallel(`${i}`, children) : sequence(`${i}`, children);
            nodes.push({ ...group, ...needs(...new Set(parents)) });
          }
          const { depth, criticalPath, levelSizes } = shapeOf(compilePlan({ nodes }));
          expect(criticalPath).toHaveLength(depth);
          expect(levelSizes.every((size) => size > 0)).toBe(true);
          expect(levelSizes.reduce((sum, size) => sum + size)).toBe(nodes.length * 3);
        },
      ),
    );
  });
});
