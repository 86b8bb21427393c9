import type { DagInput } from '@tenuto/contract';
import {
  apply,
  compilePlan,
  createRun,
  liveView,
  nextStart,
  type RunState,
  statusOf,
} from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { fullGroupOf, groupIdOf, parentsOf, scanNodes, specOf, toldOf } from './explain-scan.ts';

const noBreath = async () => {};

/** A run of a graph that has begun, and in which what may start has started. */
function begun(nodes: DagInput['nodes'], { edges = [], most = 100 }: Options = {}) {
  const plan = compilePlan({ nodes, edges });
  const run = createRun({
    ...{ id: 'r', plan, facts: { name: 'r', owner: 'ann', createdAt: 0 } },
    input: { params: {}, maxConcurrentNodes: most, failFast: false, timeoutMs: 60_000 },
  });
  apply(run, { type: 'begin', at: 0 });
  startAll(run);
  return { plan, run, viewed: { plan, nodes: liveView(run) } };
}

interface Options {
  readonly edges?: NonNullable<DagInput['edges']>;
  readonly most?: number;
}

function startAll(run: RunState): void {
  while (nextStart(run) >= 0);
}

function complete(run: RunState, node: number): void {
  const times = { at: 1, startedAt: 0, attempt: 1 };
  apply(run, { type: 'ended', node, status: 'completed', output: null, ...times });
  startAll(run);
}

const noop = (id: string, parents: string[] = []) => ({
  ...{ id, uses: 'noop', parent_nodes: parents },
});

describe('a look at a run', () => {
  it('puts what is under way first and leaves out what has completed', async () => {
    const { run, viewed } = begun([noop('a'), noop('b'), noop('c', ['a', 'b']), noop('d')], {
      most: 2,
    });
    complete(run, 0);
    const scan = await scanNodes(viewed, noBreath);
    expect(toldOf(scan).map(({ id, status }) => [id, status])).toEqual([
      ['b', 'running'],
      ['d', 'running'],
      ['c', 'pending'],
    ]);
    expect(scan.unseen).toBe(0);
  });

  it('takes a breath every so many nodes, and stops at some size', async () => {
    let breaths = 0;
    const nodes = Array.from({ length: 12_000 }, (_, i) => noop(`n${i}`));
    const { viewed } = begun(nodes);
    await scanNodes(viewed, async () => {
      breaths += 1;
    });
    expect(breaths).toBe(2);
    const large = { ...viewed.nodes, nodeCount: () => 300_000, node: () => viewed.nodes.node(0) };
    const scan = await scanNodes({ plan: viewed.plan, nodes: large }, noBreath);
    expect(scan.unseen).toBe(100_000);
  });
});

describe('the parents of a node', () => {
  it('are told with how far they are', async () => {
    const { run, viewed } = begun([noop('a'), noop('b'), noop('c', ['a', 'b'])]);
    complete(run, 0);
    const scan = await scanNodes(viewed, noBreath);
    const [, last] = toldOf(scan);
    expect(last && parentsOf(scan, last)).toEqual([
      { id: 'a', status: 'completed' },
      { id: 'b', status: 'running' },
    ]);
  });

  it('of an instance are the instances of the same item', async () => {
    const { run, viewed } = begun([
      {
        ...{ id: 'g', type: 'parallel_group', for_each: '[10, 20]' },
        children: [noop('x'), noop('y', ['x'])],
      },
    ]);
    const scan = await scanNodes(viewed, noBreath);
    const pending = toldOf(scan, ['pending']);
    expect(pending.map((view) => [view.id, parentsOf(scan, view)])).toEqual([
      ['y[0]', [{ id: 'x[0]', status: 'running' }]],
      ['y[1]', [{ id: 'x[1]', status: 'running' }]],
    ]);
    expect(statusOf(run, 0)).toBe('running');
  });

  it('may have taken another branch', async () => {
    const { viewed } = begun(
      [{ id: 'check', type: 'condition', condition_expression: '1 == 1' }, noop('yes'), noop('no')],
      {
        edges: [
          { from: 'check', to: 'yes', when: true },
          { from: 'check', to: 'no', when: false },
        ],
      },
    );
    const scan = await scanNodes(viewed, noBreath);
    const [skipped] = toldOf(scan, ['skipped']);
    expect(skipped && parentsOf(scan, skipped)).toEqual([
      { id: 'check', status: 'completed', notTaken: true },
    ]);
  });
});

describe('the group of a node', () => {
  it('is the one it stands in directly; an expanded one lacks the item', async () => {
    const { viewed } = begun([
      {
        ...{ id: 'outer', type: 'parallel_group', for_each: '[1, 2]' },
        children: [
          { id: 'inner', type: 'parallel_group', for_each: '[1]', children: [noop('leaf')] },
          { id: 'plain', type: 'sequential_group', children: [noop('twig')] },
        ],
      },
    ]);
    const scan = await scanNodes(viewed, noBreath);
    expect(groupIdOf(scan, 'leaf[1][0]')).toBe('inner[1]');
    expect(groupIdOf(scan, 'twig[1]')).toBe('plain[1]');
    expect(groupIdOf(scan, 'inner[1]')).toBe('outer');
    expect(groupIdOf(scan, 'outer')).toBeUndefined();
    expect(specOf(scan, 'twig[1]')?.uses).toBe('noop');
  });

  it('is full when as many children run as may', async () => {
    const { viewed } = begun([
      {
        ...{ id: 'g', type: 'parallel_group', max_parallel_instances: 2 },
        children: [noop('a'), noop('b'), noop('c')],
      },
    ]);
    const scan = await scanNodes(viewed, noBreath);
    const [held] = toldOf(scan, ['ready']);
    expect(held?.id).toBe('c');
    expect(fullGroupOf(scan, 'c')).toEqual({ id: 'g', most: 2 });
  });

  it('may be full further out', async () => {
    const { viewed } = begun([
      {
        ...{ id: 'line', type: 'sequential_group' },
        children: [
          { id: 'one', type: 'parallel_group', children: [noop('a'), noop('b')] },
          { id: 'two', type: 'parallel_group', children: [noop('c'), noop('d')] },
        ],
      },
    ]);
    const scan = await scanNodes(viewed, noBreath);
    const held = toldOf(scan, ['ready']).map(({ id }) => id);
    for (const id of held) expect(fullGroupOf(scan, id)).toEqual({ id: 'line', most: 1 });
    expect(fullGroupOf(scan, 'a')).toBeUndefined();
  });

  it('has room when only the run has none', async () => {
    const { viewed } = begun(
      [{ id: 'g', type: 'parallel_group', children: [noop('a'), noop('b')] }],
      { most: 1 },
    );
    const scan = await scanNodes(viewed, noBreath);
    expect(fullGroupOf(scan, 'b')).toBeUndefined();
  });
});
