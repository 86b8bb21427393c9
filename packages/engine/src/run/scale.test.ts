import type { NodeInput } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { runInVirtualTime } from '../../test/virtual-time.ts';
import { compilePlan } from '../plan/index.ts';
import { apply, nextStart } from './apply.ts';
import { countOf, createRun } from './state.ts';

const BIG = { maxNodes: 1_000_000, maxEdges: 10_000_000 };

it('compiles and runs a plan of 200,000 nodes to its end', () => {
  const nodes: NodeInput[] = [];
  for (let i = 0; i < 200_000; i += 1) {
    const needs = i < 100 ? [] : [`n${i - 100}`, `n${i - 1 - (i % 99)}`];
    nodes.push(work(`n${i}`, { needs }));
  }
  const plan = compilePlan({ nodes }, BIG);
  const { run, starts } = runInVirtualTime(plan, { slots: 1_000, runtime: (node) => node % 7 });
  expect(run.status).toBe('completed');
  expect(starts).toHaveLength(200_000);
});

it.each([
  ['skipped', { if: false }],
  ['failed', { if: 'params.missing' }],
] as const)('lets 100,000 nodes in a chain end %s in one event', (status, rules) => {
  const nodes = [work('n0', rules)];
  for (let i = 1; i < 100_000; i += 1) nodes.push(work(`n${i}`, { needs: [`n${i - 1}`] }));
  const { run } = play(nodes);
  expect(run.phase).toBe('over');
  expect(countOf(run, status)).toBe(100_000);
});

it('lets 100,000 children of a group with one place run one after another', () => {
  const children = Array.from({ length: 99_999 }, (_, i) => work(`c${i}`));
  const nodes: NodeInput[] = [
    { id: 'g', type: 'parallel_group', max_parallel_instances: 1, children },
  ];
  const { run, makespan } = runInVirtualTime(compilePlan({ nodes }), {
    slots: 10,
    runtime: () => 1,
  });
  expect(run.status).toBe('completed');
  expect(makespan).toBe(99_999);
});

it('compiles 20,000 groups over items, each with names of its own, without trouble', () => {
  const nodes = Array.from(
    { length: 20_000 },
    (_, i): NodeInput => ({
      id: `g${i}`,
      type: 'parallel_group',
      for_each: '[1]',
      children: [work(`c${i}`, { if: `item == 1 && steps.c${i} != index` })],
    }),
  );
  expect(compilePlan({ nodes }, BIG).nodeCount).toBe(40_000);
});

it('goes over 10,000 items in 10,000 checkpoints at once', () => {
  const children: NodeInput[] = [{ id: 'point', type: 'checkpoint' }];
  const group: NodeInput = { id: 'g', type: 'sequential_group', for_each: 'params.list', children };
  const plan = compilePlan({ nodes: [group] });
  const list = Array.from({ length: 10_000 }, (_, i) => i);
  const run = createRun({
    id: 'r',
    plan,
    input: { params: { list }, maxConcurrentNodes: 1, failFast: false, timeoutMs: 0 },
    facts: { name: 'r', owner: 'o', createdAt: 0 },
  });
  apply(run, { type: 'begin', at: 0 });
  expect(run.status).toBe('completed');
  expect(nextStart(run)).toBe(-1);
});
