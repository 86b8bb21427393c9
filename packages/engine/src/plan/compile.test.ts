import type { DagInput } from '@tenuto/contract';
import { canonicalJson } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parallel, sequence, work } from '../../test/graph-nodes.ts';
import { modelGraph } from '../../test/random-graph.ts';
import { compilePlan, compileStoredPlan } from './compile.ts';
import { childrenOf, type Plan } from './plan.ts';

/** A plan as data: expressions and templates by what they were written as. */
function dataOf(plan: Plan): unknown {
  return JSON.parse(
    JSON.stringify({ ...plan, names: [...plan.names], labels: [...plan.labels] }, (_key, value) =>
      ArrayBuffer.isView(value) ? [...(value as Int32Array)] : value,
    ),
  );
}

describe('canonical JSON', () => {
  it('is the same text for equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps keys that objects have by themselves', () => {
    const value = JSON.parse('{"b":1,"__proto__":{"z":1,"a":2},"constructor":[]}');
    expect(canonicalJson(value)).toBe('{"__proto__":{"a":2,"z":1},"b":1,"constructor":[]}');
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const turned: Record<string, unknown> = Object.create(null);
  for (const [key, part] of Object.entries(value).reverse()) turned[key] = reversed(part);
  return turned;
}

describe('a compiled plan', () => {
  it('is found by what was written, not by how', () => {
    const one = compilePlan({ nodes: [{ id: 'a', uses: 'x', with: { p: 1, q: 2 } }] });
    const same = compilePlan({ nodes: [{ with: { q: 2, p: 1 }, uses: 'x', id: 'a' }], edges: [] });
    const other = compilePlan({ nodes: [{ id: 'a', uses: 'x', with: { p: 1, q: 3 } }] });
    const tried = compilePlan({ nodes: [work('a')] }, { retry: { max_attempts: 2 } });
    expect(same.hash).toBe(one.hash);
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set([one, other, tried].map(({ hash }) => hash)).size).toBe(3);
  });

  it('is the same when its document is compiled again, whatever the graph', () => {
    fc.assert(
      fc.property(modelGraph, ({ dag }) => {
        const plan = compilePlan(dag, { retry: { strategy: 'immediate', max_retries: 1 } });
        expect(dataOf(compileStoredPlan(plan.document))).toEqual(dataOf(plan));
      }),
      { numRuns: 200 },
    );
  });

  it('is compiled from its document beyond the limits of requests', () => {
    const nodes = [work('a'), work('b', { needs: ['a'] })];
    const { document } = compilePlan({ nodes }, { maxNodes: 2, maxEdges: 1 });
    expect(compileStoredPlan(document).nodeCount).toBe(2);
  });

  it('lays nodes out in preorder, each subtree in one piece', () => {
    const plan = compilePlan({
      nodes: [parallel('g', [work('a'), sequence('s', [work('b'), work('c')])]), work('z')],
    });
    expect(plan.ids).toEqual(['g', 'a', 's', 'b', 'c', 'z']);
    expect([...plan.groups]).toEqual([-1, 0, 0, 2, 2, -1]);
    expect([...plan.subtreeEnd]).toEqual([5, 2, 5, 4, 5, 6]);
    expect(childrenOf(plan, 0)).toEqual([1, 2]);
    expect(childrenOf(plan, 2)).toEqual([3, 4]);
    expect(childrenOf(plan, 5)).toEqual([]);
  });

  it('keeps the edges of each node in a row, forwards and backwards', () => {
    fc.assert(
      fc.property(modelGraph, ({ dag }) => {
        const plan = compilePlan(dag);
        const forwards = rowsOf(plan.successorOffsets, plan.successors);
        const backwards = rowsOf(plan.predecessorOffsets, plan.predecessors);
        expect(plan.edgeCount).toBe(forwards.length);
        expect(backwards.map(([to, from]) => `${from}>${to}`).toSorted()).toEqual(
          forwards.map(([from, to]) => `${from}>${to}`).toSorted(),
        );
        expect(new Set(forwards.map(String)).size).toBe(forwards.length);
        expect(forwards.map(([from, to]) => `${plan.ids[from]}>${plan.ids[to]}`)).toEqual(
          expect.arrayContaining(writtenEdges(dag)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('puts labels on the edges that have them', () => {
    const which = { id: 'which', type: 'condition', condition_expression: 'true' } as const;
    const plan = compilePlan({
      nodes: [work('a', { needs: ['which'] }), which, work('b'), work('c')],
      edges: [
        { from: 'which', to: 'c', when: 7 },
        { from: 'which', to: 'b', when: false },
      ],
    });
    const labelled = [...plan.labels].map(([e, label]) => [plan.successors[e], label]);
    expect(labelled.toSorted()).toEqual([
      [2, 'false'],
      [3, '7'],
    ]);
  });

  it('knows of each node the innermost group over items around it', () => {
    const inner = parallel('h', [work('deep')], { for_each: '[1]' });
    const plan = compilePlan({
      nodes: [parallel('g', [parallel('p', [inner])], { for_each: '[1]' })],
    });
    expect(plan.ids).toEqual(['g', 'p', 'h', 'deep']);
    expect([...plan.patterns]).toEqual([-1, 0, 0, 2]);
  });
});

describe('the outputs that a run keeps', () => {
  const keptOf = (...nodes: DagInput['nodes']) => {
    const plan = compilePlan({ nodes });
    return plan.ids.filter((_id, i) => plan.outputKept[i] === 1);
  };

  it('are those that some expression names', () => {
    const reader = work('r', { if: 'steps.a == 1', with: { t: '${nodes.saved.status}' } });
    expect(keptOf(work('a'), work('b', { save_as: 'saved' }), work('c'), reader)).toEqual([
      'a',
      'b',
    ]);
  });

  it('are those of the parents where these are read', () => {
    const reader = work('r', { needs: ['a'], if: 'parents.size() > 0' });
    expect(keptOf(work('a'), work('b'), reader)).toEqual(['a']);
  });

  it('are all when steps are read whole', () => {
    expect(keptOf(work('a'), work('b', { with: { all: '${steps}' } }))).toEqual(['a', 'b']);
  });

  it('are those of the children of a group that is read', () => {
    const group = parallel('g', [work('a'), parallel('h', [work('b')])]);
    expect(keptOf(group, work('r', { if: 'size(steps.g) > 1' }))).toEqual(['g', 'a', 'h', 'b']);
  });
});

function rowsOf(offsets: Int32Array, targets: Int32Array): [number, number][] {
  const rows: [number, number][] = [];
  for (let node = 0; node + 1 < offsets.length; node += 1) {
    for (const target of targets.subarray(offsets[node], offsets[node + 1])) {
      rows.push([node, target]);
    }
  }
  return rows;
}

function writtenEdges({ nodes, edges = [] }: DagInput): string[] {
  const needsOf = ({ id, needs = [], children = [] }: DagInput['nodes'][number]): string[] => [
    ...needs.map((parent) => `${parent}>${id}`),
    ...children.flatMap(needsOf),
  ];
  return [...nodes.flatMap(needsOf), ...edges.map(({ from, to }) => `${from}>${to}`)];
}
