import type { DagInput, NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { problemsOf } from '../../test/refusal.ts';
import { compilePlan } from './compile.ts';

const a = work('a');
const which: NodeInput = { id: 'which', type: 'condition', condition_expression: 'true' };
const each = { for_each: 'params.list' };
const graph = (...nodes: NodeInput[]): DagInput => ({ nodes });

/** What is wrong, the graph, where, and what the message says. */
const refused: [string, DagInput, string, string][] = [
  [
    'both names of uses',
    graph(work('a', { action_type: 'x' })),
    '/nodes/0',
    '"a" has both uses and action_type',
  ],
  [
    'both names of with',
    graph(work('a', { with: {}, action_parameters: {} })),
    '/nodes/0',
    '"a" has both with and action_parameters',
  ],
  ['no action', graph({ id: 'a' }), '/nodes/0', '"a" does not say what it does; give it uses.'],
  [
    'an action where there is none',
    graph({ ...which, uses: 'x' }),
    '/nodes/0/uses',
    'A condition does no work of its own; take uses away from "which".',
  ],
  [
    'a condition without an expression',
    graph({ id: 'c', type: 'condition' }),
    '/nodes/0',
    '"c" needs a condition_expression.',
  ],
  [
    'a conditional dependency without an expression',
    graph(work('c', { dependency_condition: 'conditional' })),
    '/nodes/0',
    '"c" needs a condition_expression.',
  ],
  [
    'an expression that nothing reads',
    graph(work('c', { condition_expression: 'true' })),
    '/nodes/0/condition_expression',
    '"c" is no condition and does not depend conditionally; use if.',
  ],
  [
    'one expression for two things',
    graph({ ...which, dependency_condition: 'conditional' }),
    '/nodes/0/dependency_condition',
    'The condition "which" cannot also depend conditionally',
  ],
  [
    'an item name without items',
    graph(work('c', { item_name: 'file' })),
    '/nodes/0/item_name',
    '"c" has an item_name, which goes with for_each.',
  ],
  [
    'an item name that hides a variable',
    graph(parallel('g', [a], { ...each, item_name: 'steps' })),
    '/nodes/0/item_name',
    'The items of "g" cannot be called "steps"',
  ],
  [
    'an expression that does not parse',
    graph(work('c', { if: '1 +' })),
    '/nodes/0/if',
    'In if of "c": line 1',
  ],
  [
    'an expression about a node that is not there',
    graph(work('c', { with: { deep: ['${steps.q}'] } })),
    '/nodes/0/with/deep/0',
    'there is no node "q" for steps',
  ],
  [
    'an expression about an item from outside',
    graph(parallel('g', [a], each), work('c', { if: 'steps.a' })),
    '/nodes/1/if',
    'In if of "c": line 1, column 7: there is no node "a"',
  ],
  [
    'a name that two nodes save as',
    graph(work('c', { save_as: 's' }), work('d', { save_as: 's' })),
    '/nodes/1/save_as',
    'Two nodes save as "s".',
  ],
  [
    'a name to save as that is an id',
    graph(a, work('d', { save_as: 'a' })),
    '/nodes/1/save_as',
    '"a" is also the id of a node',
  ],
];

describe('the rules of a node are refused for', () => {
  it.each(refused)('%s', (_what, dag, path, message) => {
    const problems = problemsOf(dag);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toContain(message);
  });

  it('an action that is not known', () => {
    const checkAction = (uses: string) => (uses === 'x' ? undefined : `There is no ${uses}.`);
    const [problem] = problemsOf(graph(a, { id: 'b', type: 'notification' }), { checkAction });
    expect(problem).toEqual({
      path: '/nodes/1/uses',
      message: 'There is no notify.webhook.',
      value: 'notify.webhook',
    });
  });
});

describe('expressions', () => {
  it('know the items a node stands in, and no others', () => {
    const inner = parallel('h', [work('deep', { if: 'steps.a == item && index > 0 && file' })], {
      ...each,
      item_name: 'file',
    });
    expect(compilePlan(graph(parallel('g', [a, inner], each), work('z'))).nodeCount).toBe(5);
    expect(problemsOf(graph(parallel('g', [a], each), work('z', { if: 'item' })))).toHaveLength(1);
  });
});

describe('the rules of a node', () => {
  it('are shared by nodes that are written alike', () => {
    const alike = Array.from({ length: 50 }, (_, i) => work(`n${i}`, { name: `node ${i}` }));
    const plan = compilePlan({ nodes: [...alike, work('other', { priority: 1 })] });
    expect(new Set(plan.specs).size).toBe(2);
  });

  it('know the actions of types, and failures that are allowed', () => {
    const { specs } = compilePlan({
      nodes: [
        { id: 'a', type: 'test_case' },
        { id: 'b', type: 'notification' },
        { id: 'c', type: 'notification', critical: true },
        { id: 'd', action_type: 'y', action_parameters: { p: 1 } },
      ],
    });
    expect(specs.map(({ uses }) => uses)).toEqual([
      'test.run',
      'notify.webhook',
      'notify.webhook',
      'y',
    ]);
    expect(specs.map(({ allowFailure }) => allowFailure)).toEqual([false, true, false, false]);
    expect(specs[3]?.with.resolve({})).toEqual({ p: 1 });
  });

  it('let it be tried as often as it says, else as its job says', () => {
    const nodes = [
      work('a', { max_retries: 5 }),
      work('b'),
      work('c', { retry: { max_attempts: 1 } }),
    ];
    const { specs } = compilePlan({ nodes }, { retry: { max_attempts: 2 } });
    expect(specs.map(({ retry }) => retry.max_attempts)).toEqual([6, 2, 1]);
  });
});
