import type { EdgeInput, NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';

const a = work('a');
const b = work('b');
const both = { needs: ['a', 'b'] };

describe('a node that depends on all its parents', () => {
  it('starts when the last of them has completed', () => {
    const run = play([a, b, work('c', both)]);
    expect(run.start()).toEqual(['a', 'b']);
    run.complete('b');
    expect(run.start()).toEqual([]);
    run.complete('a');
    expect(run.start()).toEqual(['c']);
  });

  it('fails without running when one of them failed', () => {
    const run = play([a, b, work('c', both)]);
    run.start();
    run.fail('a');
    expect(run.status('c')).toBe('pending');
    run.complete('b');
    expect(run.status('c')).toBe('failed');
    expect(run.error('c')).toBe('upstream_failed');
    expect(run.run.status).toBe('failed');
  });

  it('is skipped instead when it says skip_on_failure', () => {
    const run = play([a, work('c', { needs: ['a'], skip_on_failure: true })]);
    run.start();
    run.fail('a', { status: 'timeout' });
    expect(run.status('c')).toBe('skipped');
  });

  it('is skipped when one of them was', () => {
    const run = play([a, work('b', { if: false }), work('c', both)]);
    run.finish();
    expect(run.statuses()).toEqual({ a: 'completed', b: 'skipped', c: 'skipped' });
    expect(run.run.status).toBe('completed');
  });

  it('fails rather than being skipped when one parent failed and another was skipped', () => {
    const run = play([a, work('b', { if: false }), work('c', both)]);
    run.start();
    run.fail('a');
    expect(run.error('c')).toBe('upstream_failed');
  });

  it('takes a failure that was allowed for a completion', () => {
    const run = play([work('a', { allow_failure: true }), work('c', { needs: ['a'] })]);
    run.start();
    run.fail('a');
    expect(run.start()).toEqual(['c']);
    run.complete('c');
    expect(run.run.status).toBe('completed');
  });

  it('waits for a parent that is tried again', () => {
    const run = play([a, work('c', { needs: ['a'] })]);
    run.start();
    run.fail('a', { retryAt: 5_000 });
    expect(run.status('c')).toBe('pending');
    run.due('a');
    expect(run.finish()).toEqual(['a', 'c']);
  });
});

describe('a node that depends on any of its parents', () => {
  const any = work('c', { ...both, dependency_condition: 'any' });

  it('starts with the first that completes, and only once', () => {
    const run = play([a, b, any]);
    run.start();
    run.complete('b');
    expect(run.start()).toEqual(['c']);
    run.complete('a', 'c');
    expect(run.start()).toEqual([]);
    expect(run.run.status).toBe('completed');
  });

  it('waits on while one failed and another may still complete', () => {
    const run = play([a, b, any]);
    run.start();
    run.fail('a');
    expect(run.status('c')).toBe('pending');
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('fails when none completed and one failed', () => {
    const run = play([a, work('b', { if: false }), any]);
    run.start();
    run.fail('a');
    expect(run.error('c')).toBe('upstream_failed');
  });

  it('is skipped when all were', () => {
    const run = play([work('a', { if: false }), work('b', { if: false }), any]);
    expect(run.status('c')).toBe('skipped');
    expect(run.run.phase).toBe('over');
  });
});

describe('a node that depends on its parents being done', () => {
  it('starts when all have ended, whatever became of them', () => {
    const parents: Partial<NodeInput> = {
      needs: ['a', 'b', 'd'],
      dependency_condition: 'all_done',
    };
    const run = play([a, b, work('d', { if: false }), work('c', parents)]);
    run.start();
    run.fail('a');
    expect(run.start()).toEqual([]);
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });
});

describe('a node that depends conditionally', () => {
  const conditional = (condition_expression: string): NodeInput =>
    work('c', { ...both, dependency_condition: 'conditional', condition_expression });

  it('starts when its expression says so about the parents', () => {
    const one = "parents.exists(p, p.id == 'b' && p.status == 'failed')";
    const run = play([a, b, conditional(one)]);
    run.start();
    run.fail('b');
    expect(run.start()).toEqual([]);
    run.complete('a');
    expect(run.start()).toEqual(['c']);
  });

  it('reads what the parents put out', () => {
    const run = play([a, b, conditional('parents[0].output.size > 2')]);
    run.start();
    run.completeWith('a', { size: 3 });
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('is skipped when its expression is false', () => {
    const run = play([a, b, conditional('parents.size() == 3')]);
    run.finish();
    expect(run.status('c')).toBe('skipped');
  });

  it.each(['params.missing', 'params.count'])('fails when %s is no boolean', (source) => {
    const run = play([a, b, conditional(source)], { params: { count: 1 } });
    run.finish();
    expect(run.error('c')).toBe('expression_failed');
  });
});

describe('the guard of a node', () => {
  it('is read when its dependencies are met', () => {
    const run = play([a, work('c', { needs: ['a'], if: 'steps.a.go' })]);
    run.start();
    run.completeWith('a', { go: true });
    expect(run.start()).toEqual(['c']);
  });

  it('skips the node when it is false', () => {
    expect(play([work('c', { if: '1 > 2' })]).status('c')).toBe('skipped');
  });

  it('lets the node run when it is plainly true', () => {
    expect(play([work('c', { if: true })]).start()).toEqual(['c']);
  });

  it('fails the node when it is no boolean', () => {
    const run = play([work('c', { if: 'params.n' })], { params: { n: 'yes' } });
    expect(run.error('c')).toBe('expression_failed');
    expect(run.run.status).toBe('failed');
  });

  it('sees a node that was released as running, whether it has started or waits', () => {
    const guard = "nodes.a.status == 'running' && nodes.a.attempts == 1";
    const run = play([a, b, work('c', { needs: ['b'], if: guard })]);
    run.start();
    run.fail('a', { retryAt: 5_000 });
    run.due('a');
    run.start();
    run.complete('b');
    expect(run.status('c')).toBe('ready');
    expect(run.restored().counts).toEqual(run.run.counts);
  });
});

describe('the branches of a condition', () => {
  const branch = (source: string, whens: readonly EdgeInput['when'][]) =>
    play(
      [
        { id: 'which', type: 'condition', condition_expression: source },
        ...whens.map((when) => work(String(when))),
        work('join', { needs: whens.map(String), dependency_condition: 'any' }),
      ],
      { edges: whens.map((when) => ({ from: 'which', to: String(when), ...edgeOf(when) })) },
    );
  const edgeOf = (when: EdgeInput['when']) => (when === undefined ? {} : { when });

  it.each([
    ['1 < 2', [true, false]],
    ['1 > 2', [false, true]],
    ["'red'", ['red', 'blue']],
    ['3 + 4', [7, 8]],
    ['1.5 * 3.0', [4.5, 4]],
  ] as const)('%s takes the one with its value', (source, [taken, other]) => {
    const run = branch(source, [taken, other]);
    expect(run.finish()).toEqual([String(taken), 'join']);
    expect(run.status(String(other))).toBe('skipped');
    expect(run.run.status).toBe('completed');
  });

  it('are all skipped when none has its value', () => {
    const run = branch("'green'", ['red', 'blue']);
    expect(run.statuses()).toEqual({
      which: 'completed',
      red: 'skipped',
      blue: 'skipped',
      join: 'skipped',
    });
  });

  it('are taken without a label whatever the value', () => {
    expect(branch('false', [undefined, true]).finish()).toContain('undefined');
  });

  it('fail when the condition cannot be evaluated', () => {
    const run = branch('params.missing', [true, false]);
    expect(run.error('which')).toBe('expression_failed');
    expect(run.error('true')).toBe('upstream_failed');
  });

  it('are not taken when the condition failed and was allowed to', () => {
    const which: NodeInput = {
      id: 'which',
      type: 'condition',
      condition_expression: 'params.missing',
      allow_failure: true,
    };
    const edges = [{ from: 'which', to: 'yes', when: true }];
    const run = play([which, work('yes'), work('after', { needs: ['which'] })], { edges });
    expect(run.status('yes')).toBe('skipped');
    expect(run.start()).toEqual(['after']);
  });
});

it('runs test cases, notifications and checkpoints as what they are', () => {
  const run = play([
    { id: 'case', type: 'test_case' },
    { id: 'suite', type: 'test_suite' },
    { id: 'point', type: 'checkpoint', needs: ['case'] },
    { id: 'tell', type: 'notification', needs: ['point'] },
    work('after', { needs: ['tell'] }),
  ]);
  expect(run.start()).toEqual(['case', 'suite']);
  run.complete('case', 'suite');
  expect(run.status('point')).toBe('completed');
  expect(run.start()).toEqual(['tell']);
  run.fail('tell');
  expect(run.finish()).toEqual(['after']);
  expect(run.run.status).toBe('completed');
});

it('fails the run for a critical notification that failed', () => {
  const run = play([{ id: 'tell', type: 'notification', critical: true }]);
  run.start();
  run.fail('tell');
  expect(run.run.status).toBe('failed');
});
