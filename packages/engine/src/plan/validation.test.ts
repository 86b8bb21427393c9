import { type DagInput, LIMITS, type NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, sequence, work } from '../../test/graph-nodes.ts';
import { problemsOf, refusalOf } from '../../test/refusal.ts';
import { compilePlan } from './compile.ts';

const a = work('a');
const tidy: NodeInput = { id: 'tidy', type: 'cleanup', uses: 'x' };
const each = { for_each: 'params.list' };
const graph = (...nodes: NodeInput[]): DagInput => ({ nodes });

/** What is wrong, the graph, where, and what the message says. */
const refused: [string, DagInput, string, string][] = [
  ['no node', graph(), '/nodes', 'There must be at least one node.'],
  ['an id twice', graph(a, a), '/nodes/1/id', 'The id "a" is used twice'],
  [
    'an id that a child has too',
    graph(parallel('g', [a]), a),
    '/nodes/1/id',
    'The id "a" is used twice',
  ],
  ['an id with a line break', graph(work('a\nb')), '/nodes/0/id', '"a\\nb" is not 1 to 200'],
  ['an id with half a character', graph(work('\ud800')), '/nodes/0/id', '"\\ud800" is not'],
  ['no id', graph(work('')), '/nodes/0/id', '"" is not 1 to 200 printable characters'],
  [
    'an id that an item will have',
    graph(parallel('g', [a], each), work('a[0]')),
    '/nodes/1/id',
    'The id "a[0]" is that of an item of "a"',
  ],
  [
    'an id that an item of an item will have',
    graph(parallel('g', [parallel('h', [a], each)], each), work('a[0][17]')),
    '/nodes/1/id',
    'The id "a[0][17]" is that of an item of "a"',
  ],
  [
    'an unknown parent',
    graph(a, work('b', { needs: ['a', 'q'] })),
    '/nodes/1/needs/1',
    'There is no node "q".',
  ],
  [
    'an unknown parent by the other name of needs',
    graph(parallel('g', [work('b', { parent_nodes: ['q'] })])),
    '/nodes/0/children/0/parent_nodes/0',
    'There is no node "q".',
  ],
  [
    'an edge from nowhere',
    { nodes: [a], edges: [{ from: 'q', to: 'a' }] },
    '/edges/0/from',
    'There is no node "q".',
  ],
  [
    'an edge to nowhere',
    { nodes: [a], edges: [{ from: 'a', to: 'q' }] },
    '/edges/0/to',
    'There is no node "q".',
  ],
  [
    'a node that needs itself',
    graph(work('a', { needs: ['a'] })),
    '/nodes/0/needs/0',
    '"a" depends on itself.',
  ],
  [
    'an edge that is there twice',
    { nodes: [a, work('b')], edges: [1, 2].map(() => ({ from: 'a', to: 'b' })) },
    '/edges/1',
    'The edge from "a" to "b" is there twice.',
  ],
  [
    'a label on an edge out of plain work',
    { nodes: [a, work('b')], edges: [{ from: 'a', to: 'b', when: true }] },
    '/edges/0/when',
    '"a" is none.',
  ],
  [
    'both names of needs',
    graph(a, work('b', { needs: ['a'], parent_nodes: ['a'] })),
    '/nodes/1',
    '"b" has both parent_nodes and needs',
  ],
  [
    'children of plain work',
    graph(work('b', { children: [a] })),
    '/nodes/0',
    '"b" is no group: children',
  ],
  ['for_each on plain work', graph(work('b', each)), '/nodes/0', '"b" is no group'],
  [
    'a limit on plain work',
    graph(work('b', { max_parallel_instances: 2 })),
    '/nodes/0',
    '"b" is no group',
  ],
  [
    'a group without children',
    graph({ id: 'g', type: 'parallel_group' }),
    '/nodes/0',
    'The group "g" has no children',
  ],
  [
    'a group with an empty list of children',
    graph(sequence('g', [])),
    '/nodes/0',
    'The group "g" has no children',
  ],
  [
    'cleanup in a group',
    graph(parallel('g', [tidy])),
    '/nodes/0/children/0',
    'The cleanup node "tidy" stands in a group',
  ],
  [
    'work that waits for cleanup',
    graph(tidy, work('a', { needs: ['tidy'] })),
    '/nodes/1/needs/0',
    '"a" waits for the cleanup node "tidy"',
  ],
  [
    'cleanup that waits for work',
    graph({ ...tidy, needs: ['a'] }, a),
    '/nodes/0/needs/0',
    'The cleanup node "tidy" runs when everything else is over',
  ],
  [
    'a child that waits for its group',
    graph(parallel('g', [work('a', { needs: ['g'] })])),
    '/nodes/0/children/0/needs/0',
    '"a" stands in the group "g" and cannot wait for its end.',
  ],
  [
    'a group that waits for its child',
    graph(parallel('g', [a], { needs: ['a'] })),
    '/nodes/0/needs/0',
    'The group "g" cannot wait for "a", which stands in it.',
  ],
  [
    'an edge into a group over items',
    graph(a, parallel('g', [work('b', { needs: ['a'] })], each)),
    '/nodes/1/children/0/needs/0',
    '"b" and "a" are not in the same for_each group; wait for the group instead.',
  ],
  [
    'an edge out of a group over items',
    graph(parallel('g', [a], each), work('b', { needs: ['a'] })),
    '/nodes/1/needs/0',
    '"b" and "a" are not in the same for_each group',
  ],
];

describe('a graph is refused for', () => {
  it.each(refused)('%s', (_what, dag, path, message) => {
    const problems = problemsOf(dag);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toContain(message);
    expect(refusalOf(dag).code).toBe('invalid_plan');
  });

  it('groups nested deeper than a plan may have them', () => {
    let node = work('inmost');
    for (let i = LIMITS.groupDepth; i > 0; i -= 1) node = parallel(`g${i}`, [node]);
    expect(compilePlan(graph(node)).nodeCount).toBe(LIMITS.groupDepth + 1);
    const [problem] = problemsOf(graph(parallel('g0', [node])));
    expect(problem?.message).toContain('"inmost" stands in more than 16 groups');
  });

  it('more nodes than it may have, and nothing that follows from it', () => {
    const nodes = [a, parallel('g', [work('b'), work('c', { needs: ['z'] })]), work('z')];
    expect(compilePlan({ nodes }, { maxNodes: 5 }).nodeCount).toBe(5);
    for (const maxNodes of [1, 3, 4]) {
      const problems = problemsOf({ nodes }, { maxNodes });
      expect(problems.map(({ message }) => message)).toEqual([
        `The graph has more than ${maxNodes} nodes; split it into sub-runs or raise the limit.`,
      ]);
    }
  });

  it('more edges than it may have', () => {
    const dag = graph(a, work('b', { needs: ['a'] }), sequence('g', [work('c'), work('d')]));
    expect(compilePlan(dag, { maxEdges: 2 }).edgeCount).toBe(2);
    expect(refusalOf(dag, { maxEdges: 1 }).message).toContain('more than 1 edges');
  });

  it('everything that is wrong at once, each node by its name', () => {
    const dag = graph({ id: 'b' }, { id: 'c' }, work('d', { needs: ['q'] }));
    expect(problemsOf(dag)).toHaveLength(3);
    expect(refusalOf(dag).message).toContain('"q". (and 2 more)');
    expect(
      refusalOf(dag)
        .validationErrors.map(({ message }) => message)
        .join(),
    ).toMatch(/"b".*"c"/);
  });

  it('hundreds of things, without flooding the answer', () => {
    const dag = graph(...Array.from({ length: 300 }, (_, i) => ({ id: `n${i}` })));
    expect(problemsOf(dag)).toHaveLength(20);
    expect(refusalOf(dag).message).toContain('(and 299 more)');
  });
});

describe('a graph is taken with', () => {
  it.each([
    '__proto__',
    'constructor',
    'toString',
    '@scope/pkg@1.2',
    'a[0]',
    'ünï ✓',
    "it's",
  ])('a node called %s', (id) => {
    const reader = work('reader', { needs: [id], if: `nodes[${JSON.stringify(id)}].attempts > 0` });
    const plan = compilePlan(graph(work(id), reader));
    expect(plan.names.get(id)).toBe(0);
    expect([...plan.predecessors]).toEqual([0]);
    expect(compilePlan(graph(work(id))).names.size).toBe(0);
  });

  it('the same parent written twice, and as an edge besides', () => {
    const dag = { nodes: [a, work('b', { needs: ['a', 'a'] })], edges: [{ from: 'a', to: 'b' }] };
    expect(compilePlan(dag).edgeCount).toBe(1);
  });

  it('many parents, each counted once', () => {
    const parents = Array.from({ length: 12 }, (_, i) => work(`p${i}`));
    const needs = parents.map(({ id }) => id);
    expect(
      compilePlan(graph(...parents, work('b', { needs: [...needs, ...needs] }))).edgeCount,
    ).toBe(12);
  });
});
