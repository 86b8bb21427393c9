import type { NodeInput, NodeStatus } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, sequence, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';

const a = work('a');
const b = work('b');
const c = work('c');
/** Something that reads the group's output, which is kept only then. */
const reader = work('reader', { needs: ['g'], with: { seen: '${steps.g}' } });

describe('a parallel group', () => {
  it('lets all its children run at once and ends with the last', () => {
    const run = play([parallel('g', [a, b]), work('after', { needs: ['g'] })]);
    expect(run.status('g')).toBe('running');
    expect(run.start()).toEqual(['a', 'b']);
    run.complete('b');
    expect(run.status('g')).toBe('running');
    run.complete('a');
    expect(run.status('g')).toBe('completed');
    expect(run.start()).toEqual(['after']);
  });

  it('lets no more run at once than it says', () => {
    const run = play([parallel('g', [a, b, c], { max_parallel_instances: 2 })]);
    expect(run.start()).toEqual(['a', 'b']);
    expect(run.status('c')).toBe('ready');
    run.fail('a', { retryAt: 9_000 });
    expect(run.start()).toEqual([]);
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('lets the child with the highest priority go first when there is room again', () => {
    const urgent = work('urgent', { priority: 1 });
    const run = play([parallel('g', [a, b, urgent], { max_parallel_instances: 1 })]);
    expect(run.finish()).toEqual(['a', 'urgent', 'b']);
  });

  it('does not let a child run before what it depends on outside', () => {
    const run = play([a, parallel('g', [b, work('c', { needs: ['a'] })])]);
    expect(run.start()).toEqual(['a', 'b']);
    run.complete('b', 'a');
    expect(run.start()).toEqual(['c']);
  });

  it('tells what depends on one of its children before it ends itself', () => {
    const run = play([parallel('g', [a, b]), work('after', { needs: ['a'] })]);
    run.start();
    run.complete('a');
    expect(run.start()).toEqual(['after']);
  });

  it('fails when a child failed, after the others have run', () => {
    const run = play([parallel('g', [a, b]), work('after', { needs: ['g'] })]);
    run.start();
    run.fail('a');
    expect(run.status('g')).toBe('running');
    run.complete('b');
    expect(run.error('g')).toBe('children_failed');
    expect(run.error('after')).toBe('upstream_failed');
    expect(run.run.status).toBe('failed');
  });

  it('completes when a child that failed was allowed to', () => {
    const run = play([parallel('g', [work('a', { allow_failure: true }), b])]);
    run.start();
    run.fail('a');
    run.complete('b');
    expect(run.run.status).toBe('completed');
  });

  it('does not fail the run when it is allowed to fail itself', () => {
    const run = play([parallel('g', [a], { allow_failure: true }), work('z', { needs: ['g'] })]);
    run.start();
    run.fail('a');
    expect(run.status('g')).toBe('failed');
    expect(run.finish()).toEqual(['z']);
    expect(run.run.status).toBe('completed');
  });

  it('completes when its children were skipped', () => {
    expect(play([parallel('g', [work('a', { if: false })])]).status('g')).toBe('completed');
  });

  it('puts out the list of what its children put out', () => {
    const skipped = work('s', { if: false });
    const run = play([parallel('g', [a, skipped, b]), reader]);
    run.start();
    run.completeWith('b', 2);
    run.completeWith('a', { one: 1 });
    expect(run.output('g')).toEqual([{ one: 1 }, null, 2]);
  });
});

describe('a group that does not start', () => {
  const reasons: [string, Partial<NodeInput>, NodeStatus][] = [
    ['its guard says no', { if: false }, 'skipped'],
    ['its parent failed', { needs: ['p'] }, 'failed'],
    ['its parent failed and it says so', { needs: ['p'], skip_on_failure: true }, 'skipped'],
  ];

  it.each(reasons)('because %s skips its children, at every depth', (_why, rules, status) => {
    const nested = parallel('h', [b, { id: 'k', type: 'checkpoint' }]);
    const run = play([
      work('p'),
      parallel('g', [a, nested], rules),
      work('after', { needs: ['b'] }),
    ]);
    run.start();
    run.fail('p');
    const { g, ...others } = run.statuses();
    expect(g).toBe(status);
    expect(others).toEqual({
      p: 'failed',
      a: 'skipped',
      h: 'skipped',
      b: 'skipped',
      k: 'skipped',
      after: 'skipped',
    });
    expect(run.run.phase).toBe('over');
  });
});

describe('a sequential group', () => {
  it('runs its children one after another', () => {
    const run = play([sequence('g', [a, b, c])]);
    expect(run.start()).toEqual(['a']);
    run.complete('a');
    expect(run.start()).toEqual(['b']);
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('goes no further than a child that failed', () => {
    const run = play([sequence('g', [a, b, c])]);
    run.start();
    run.fail('a');
    expect(run.statuses()).toEqual({ g: 'failed', a: 'failed', b: 'failed', c: 'failed' });
    expect(run.error('c')).toBe('upstream_failed');
  });

  it('takes groups as steps', () => {
    const run = play([sequence('g', [parallel('first', [a, b]), c])]);
    expect(run.start()).toEqual(['a', 'b']);
    run.complete('a');
    expect(run.start()).toEqual([]);
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('counts a parent that is written besides the order once', () => {
    const parents = 'parents.size() == 1';
    const run = play([sequence('g', [a, work('b', { needs: ['a'], if: parents })])]);
    expect(run.finish()).toEqual(['a', 'b']);
  });
});

describe('a group in a group', () => {
  it('takes a place while something in it is active', () => {
    const first = parallel('first', [a, b]);
    const run = play([parallel('g', [first, c], { max_parallel_instances: 1 })]);
    expect(run.start()).toEqual(['a', 'b']);
    run.complete('a');
    expect(run.start()).toEqual([]);
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('gives its place up for what it waits for', () => {
    const waits = parallel('first', [a, work('b', { needs: ['c'] })]);
    const run = play([parallel('g', [waits, c], { max_parallel_instances: 1 })]);
    expect(run.finish()).toEqual(['a', 'c', 'b']);
    expect(run.run.status).toBe('completed');
  });

  it('lets go on what it holds when something else in it makes it active', () => {
    const waits = parallel('h', [parallel('k', [work('b', { needs: ['a'] })]), c]);
    const run = play([parallel('g', [a, waits], { max_parallel_instances: 1 })]);
    expect(run.start()).toEqual(['a']);
    run.complete('a');
    expect(run.start()).toEqual(['b', 'c']);
  });

  it('keeps to the limits of both', () => {
    const inner = (id: string) =>
      parallel(
        id,
        ['1', '2', '3'].map((n) => work(`${id}${n}`)),
        { max_parallel_instances: 2 },
      );
    const groups = ['x', 'y', 'z'].map(inner);
    const run = play([parallel('g', groups, { max_parallel_instances: 2 })]);
    expect(run.start()).toEqual(['x1', 'x2', 'y1', 'y2']);
    run.complete('x1');
    expect(run.start()).toEqual(['x3']);
    run.complete('x2', 'x3');
    expect(run.start()).toEqual(['z1', 'z2']);
  });

  it('shows when it began and ended, as nodes that work do', () => {
    const guard = 'nodes.g.started_at != null && nodes.g.completed_at > nodes.g.started_at';
    const run = play([parallel('g', [a]), work('z', { needs: ['g'], if: guard })]);
    expect(run.finish()).toEqual(['a', 'z']);
  });
});
