import { LIMITS } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, sequence, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { parametersOf } from './bindings.ts';

const list = (params: readonly unknown[]) => ({ params: { list: params as readonly string[] } });
const each = { for_each: 'params.list' };
const child = work('child');
const reader = work('reader', { needs: ['g'], with: { seen: '${steps.g}' } });

describe('for_each', () => {
  it('runs the children once for each item, and none for the pattern itself', () => {
    const run = play([parallel('g', [child], each)], list(['a', 'b', 'c']));
    expect(run.start()).toEqual(['child[0]', 'child[1]', 'child[2]']);
    expect(Object.keys(run.statuses())).not.toContain('child');
    run.complete('child[1]', 'child[0]');
    expect(run.status('g')).toBe('running');
    run.complete('child[2]');
    expect(run.run.status).toBe('completed');
  });

  it('completes at once over an empty list', () => {
    const run = play([parallel('g', [child], each), reader], list([]));
    expect(run.output('g')).toEqual([]);
    expect(run.finish()).toEqual(['reader']);
  });

  it.each([
    ['is not a list', { list: 'abc' }, 'for_each does not give a list.'],
    ['cannot be read', {}, 'list'],
    [
      'is too long',
      { list: Array.from({ length: LIMITS.forEachItems + 1 }, () => 0) },
      'for_each gives 10001 items; at most 10000 are allowed.',
    ],
  ])('fails its group over what %s', (_what, params, message) => {
    const run = play([parallel('g', [child], each), work('z', { needs: ['g'] })], { params });
    expect(run.error('g')).toBe('for_each_failed');
    expect(run.run.errors.get(0)?.message).toContain(message);
    expect(run.error('z')).toBe('upstream_failed');
    expect(run.run.phase).toBe('over');
  });

  it('takes as many items as are allowed', () => {
    const items = Array.from({ length: LIMITS.forEachItems }, (_, i) => i);
    const run = play([parallel('g', [child], each)], {
      params: { list: items },
      maxConcurrentNodes: 3,
    });
    expect(run.start()).toHaveLength(3);
    expect(Object.keys(run.statuses())).toHaveLength(LIMITS.forEachItems + 1);
  });

  it('does not let a run grow beyond the nodes that a run may have', () => {
    const items = Array.from({ length: 10_000 }, (_, i) => i);
    const children = Array.from({ length: 101 }, (_, i) => work(`c${i}`));
    const run = play([parallel('g', children, each)], { params: { list: items } });
    expect(run.run.errors.get(0)?.message).toContain(`${LIMITS.runNodes}`);
  });

  it('keeps to the limit of its group', () => {
    const rules = { ...each, max_parallel_instances: 2 };
    const run = play([parallel('g', [child], rules)], list(['a', 'b', 'c']));
    expect(run.start()).toEqual(['child[0]', 'child[1]']);
    run.complete('child[0]');
    expect(run.start()).toEqual(['child[2]']);
  });

  it('brings an item to its end before the next begins when its group has one place', () => {
    const steps = [work('x'), parallel('y', [work('y1'), work('y2')]), work('z')];
    const run = play([sequence('g', steps, each)], list(['a', 'b']));
    const item = (i: number) => ['x', 'y1', 'y2', 'z'].map((id) => `${id}[${i}]`);
    expect(run.finish()).toEqual([...item(0), ...item(1)]);
  });

  it('goes on with the next item when one failed in a sequence', () => {
    const run = play([sequence('g', [work('x'), work('z')], each)], list(['a', 'b']));
    run.start();
    run.fail('x[0]');
    expect(run.start()).toEqual(['x[1]']);
    expect(run.error('z[0]')).toBe('upstream_failed');
  });

  it('keeps dependencies within an item', () => {
    const children = [work('x'), work('z', { needs: ['x'] })];
    const run = play([parallel('g', children, each)], list(['a', 'b']));
    run.start();
    run.complete('x[1]');
    expect(run.start()).toEqual(['z[1]']);
  });

  it('is not expanded by a group that is skipped', () => {
    const run = play([parallel('g', [child], { ...each, if: false })], list(['a']));
    expect(run.statuses()).toEqual({ g: 'skipped' });
  });

  it('reads its list from what ran before', () => {
    const run = play([
      work('find'),
      parallel('g', [child], { needs: ['find'], for_each: 'steps.find' }),
    ]);
    run.start();
    run.completeWith('find', ['p', 'q']);
    expect(run.start()).toEqual(['child[0]', 'child[1]']);
  });
});

describe('the output of a group over items', () => {
  it('is a list with the output of its only child for each item', () => {
    const run = play([parallel('g', [child], each), reader], list(['a', 'b']));
    run.start();
    run.completeWith('child[1]', 'second');
    run.completeWith('child[0]', 'first');
    expect(run.output('g')).toEqual(['first', 'second']);
  });

  it('has an object for each item when there are several children, whatever their ids', () => {
    const children = [work('x'), work('__proto__')];
    const run = play([parallel('g', children, each), reader], list(['a']));
    run.start();
    run.completeWith('x[0]', 1);
    run.completeWith('__proto__[0]', 2);
    expect(JSON.stringify(run.output('g'))).toBe('[{"x":1,"__proto__":2}]');
  });
});

describe('the names in scope of an item', () => {
  const nested = (parameters: Record<string, string>) =>
    parallel(
      'outer',
      [
        work('first'),
        parallel('inner', [work('deep', { with: parameters })], {
          for_each: '[index, null]',
          needs: ['first'],
        }),
      ],
      { for_each: 'params.list', item_name: 'colour' },
    );
  const parametersAt = (parameters: Record<string, string>, id: string) => {
    const run = play([work('before'), nested(parameters)], list(['red', 'blue']));
    run.start();
    run.completeWith('before', 'b');
    run.completeWith('first[0]', 'f0');
    run.completeWith('first[1]', 'f1');
    return parametersOf(run.run, run.node(id), 0);
  };

  it('are its item and index, and those of the items around it by their names', () => {
    const parameters = { item: '${item}', index: '${index}', colour: '${colour}' };
    expect(parametersAt(parameters, 'deep[1][0]')).toEqual({ item: 1, index: 0, colour: 'blue' });
  });

  it('hold an item of null against the one around it', () => {
    expect(parametersAt({ item: '${item}' }, 'deep[0][1]')).toEqual({ item: null });
  });

  it('hold the steps of the same item and those outside', () => {
    const parameters = { first: '${steps.first}', before: '${steps.before}' };
    expect(parametersAt(parameters, 'deep[1][1]')).toEqual({ first: 'f1', before: 'b' });
  });

  it('are the same in guards and in lists', () => {
    const run = play(
      [parallel('g', [work('child', { if: 'item > 1 && index < 2' })], each)],
      list([1, 2, 3] as never),
    );
    expect(run.start()).toEqual(['child[1]']);
  });
});
