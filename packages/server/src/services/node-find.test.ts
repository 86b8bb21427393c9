import { OrchestrationError } from '@tenuto/contract';
import { compilePlan, type RunJournal, viewRun } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { findNode, idsOf, type Viewed } from './node-find.ts';

const plan = compilePlan({
  nodes: [
    { id: 'first', uses: 'sleep.for' },
    {
      id: 'each',
      type: 'parallel_group',
      for_each: 'params.items',
      children: [
        { id: 'one', uses: 'sleep.for' },
        { id: 'two', uses: 'sleep.for', parent_nodes: ['one'] },
      ],
    },
    { id: 'last', uses: 'sleep.for', parent_nodes: ['each'] },
  ],
});

function viewed(items: readonly number[]): Viewed {
  const journal: RunJournal = {
    runId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
    facts: { name: 'a run', owner: 'ann', createdAt: 0 },
    input: { params: { items }, maxConcurrentNodes: 10, failFast: false, timeoutMs: 60_000 },
    startedAt: 1,
    entries: [],
    started: [],
  };
  return { plan, nodes: viewRun(plan, journal) };
}

function allIn({ nodes }: Viewed) {
  return Array.from({ length: nodes.nodeCount() }, (_, i) => nodes.node(i));
}

describe('a node', () => {
  it.each([0, 1, 3, 40])('is found by its id among the instances of %i items', (count) => {
    const run = viewed(Array.from({ length: count }, (_, i) => i));
    const all = allIn(run);
    expect(all).toHaveLength(3 + 2 * count);
    for (const node of all) expect(findNode(run, node.id)).toEqual(node);
  });

  it.each([
    '',
    'none',
    'one',
    'two',
    'one[3]',
    'one[-1]',
    'each[0]',
    'first[0]',
    '__proto__',
  ])('that is not there, "%s", is a 404', (id) => {
    expect(() => findNode(viewed([1, 2, 3]), id)).toThrow(OrchestrationError);
    expect(() => findNode(viewed([1, 2, 3]), id)).toThrow(/no node/);
  });
});

describe('ids', () => {
  it('are those of the indexes asked for; patterns have theirs, what is not there has none', () => {
    const run = viewed([1, 2, 3]);
    const all = allIn(run);
    const known = new Map(all.map(({ index, id }) => [index, id]));
    expect(idsOf(run, known.keys())).toEqual(known);
    const patterns = plan.ids.map((_, i) => i).filter((i) => !known.has(i));
    expect(patterns).toHaveLength(2);
    expect([...idsOf(run, patterns).values()]).toEqual(patterns.map((i) => plan.ids[i]));
    expect([...idsOf(run, [-1, 1e9]).values()]).toEqual(['', '']);
  });
});
