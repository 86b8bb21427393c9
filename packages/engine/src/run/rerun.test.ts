import { InvalidJobStateError, type NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, sequence, work } from '../../test/graph-nodes.ts';
import { play, type Scenario } from '../../test/scenario.ts';
import { effectKey, isDecidedUpon, roundOf } from './round.ts';
import { attemptOf } from './state.ts';

const tidy: NodeInput = { id: 'tidy', type: 'cleanup', uses: 'x' };
const chain = [work('a'), work('b', { needs: ['a'] }), work('c', { needs: ['b'] })];

/** Runs until the named node has failed and all else has ended. */
function failing(nodes: readonly NodeInput[], ...failed: string[]): Scenario {
  const run = play(nodes);
  for (let ids = run.start(); ids.length > 0; ids = run.start()) {
    for (const id of ids) failed.includes(id) ? run.fail(id) : run.complete(id);
  }
  expect(run.run.phase).toBe('over');
  return run;
}

const generation = (run: Scenario, id: string) => roundOf(run.run, run.node(id)).generation;

describe('a retry from what failed', () => {
  it('runs that and what came after it, and nothing that completed', () => {
    const run = failing(chain, 'b');
    run.recover('retry_job');
    expect(run.run.status).toBe('running');
    expect(run.finish()).toEqual(['b', 'c']);
    expect(run.run.status).toBe('completed');
  });

  it('is of a new generation, with attempt numbers that go on rising', () => {
    const run = failing(chain, 'b');
    run.recover('retry_job');
    run.start();
    expect([generation(run, 'a'), generation(run, 'b'), generation(run, 'c')]).toEqual([0, 1, 0]);
    expect(attemptOf(run.run, run.node('b'))).toBe(2);
  });

  it('leaves those in their generation that go on where they were', () => {
    const run = failing([work('a'), work('b'), work('c', { needs: ['b'] })], 'a', 'b');
    run.recover('retry_job', { onward: [{ node: run.node('b'), decided: true }] });
    expect(run.start()).toEqual(['a', 'b']);
    expect([generation(run, 'a'), generation(run, 'b')]).toEqual([1, 0]);
    expect(isDecidedUpon(run.run, run.node('b'), 2)).toBe(true);
    expect(isDecidedUpon(run.run, run.node('a'), 2)).toBe(false);
  });

  it('runs what was skipped because of it', () => {
    const run = failing(
      [work('a'), work('b', { needs: ['a'], skip_on_failure: true }), work('c', { needs: ['b'] })],
      'a',
    );
    run.recover('retry_job');
    expect(run.finish()).toEqual(['a', 'b', 'c']);
  });

  it('leaves what completed although it came after, and what was allowed to fail', () => {
    const run = failing(
      [
        work('a'),
        work('report', { needs: ['a'], dependency_condition: 'all_done' }),
        work('extra', { allow_failure: true }),
      ],
      'a',
      'extra',
    );
    run.recover('retry_job');
    expect(run.finish()).toEqual(['a']);
    expect(run.run.status).toBe('completed');
  });

  it('leaves a branch that was not taken as it was', () => {
    const nodes: NodeInput[] = [
      { id: 'fork', type: 'condition', condition_expression: 'params.x == 1' },
      work('yes'),
      work('no'),
      work('last', { needs: ['yes'] }),
    ];
    const edges = [
      { from: 'fork', to: 'yes', when: true },
      { from: 'fork', to: 'no', when: false },
    ];
    const run = play(nodes, { edges, params: { x: 1 } });
    run.start();
    run.fail('yes');
    run.recover('retry_job');
    expect(run.finish()).toEqual(['yes', 'last']);
    expect(run.status('no')).toBe('skipped');
  });

  it('runs cleanup again when all else has ended', () => {
    const run = failing([tidy, ...chain], 'c');
    run.recover('retry_job');
    expect(run.finish()).toEqual(['c', 'tidy']);
  });

  it('can fail again, and be taken up again', () => {
    const run = failing(chain, 'b');
    run.recover('retry_job');
    run.start();
    run.fail('b');
    expect([run.run.status, run.run.phase, run.error('c')]).toEqual([
      'failed',
      'over',
      'upstream_failed',
    ]);
    run.recover('retry_job');
    expect(run.finish()).toEqual(['b', 'c']);
    expect(generation(run, 'b')).toBe(2);
  });

  it('takes up what was given up when the run was out of time', () => {
    const run = play(chain);
    run.start();
    run.complete('a');
    run.start();
    run.stop('timeout', false);
    run.fail('b', { status: 'timeout' });
    expect(run.run.status).toBe('timeout');
    run.recover('retry_job');
    expect(run.finish()).toEqual(['b', 'c']);
    expect(run.run.status).toBe('completed');
  });

  it.each(['completed', 'cancelled'] as const)('is refused when the run is %s', (status) => {
    const run = play([work('a')]);
    run.start();
    if (status === 'cancelled') run.stop('cancelled');
    run.complete('a');
    expect(() => run.recover('retry_job')).toThrow(InvalidJobStateError);
  });
});

describe('a retry from a node', () => {
  it('runs it and all after it again, completed or not', () => {
    const run = failing([...chain, work('other')], 'c');
    run.recover('retry_job', { id: 'b', from: 'node' });
    expect(run.finish()).toEqual(['b', 'c']);
    expect(generation(run, 'other')).toBe(0);
  });

  it('runs what else did not complete, too', () => {
    const run = failing([...chain, work('other')], 'other');
    run.recover('retry_job', { id: 'c', from: 'node' });
    expect(run.finish().sort()).toEqual(['c', 'other']);
  });

  it('hands on the outputs of what stays', () => {
    const run = play([work('a'), work('b', { needs: ['a'], with: { v: '${steps.a}' } })]);
    run.start();
    run.completeWith('a', 7);
    run.start();
    run.fail('b');
    run.recover('retry_job', { id: 'b', from: 'node' });
    expect(run.output('a')).toBe(7);
  });
});

describe('a retry from the start', () => {
  it('runs everything again', () => {
    const run = failing([tidy, ...chain], 'c');
    run.recover('retry_job', { from: 'start' });
    expect(run.finish()).toEqual(['a', 'b', 'c', 'tidy']);
    expect(generation(run, 'a')).toBe(1);
  });
});

describe('groups', () => {
  it('go on where they were: children that completed stay', () => {
    const run = failing(
      [parallel('g', [work('x'), work('y')]), work('after', { needs: ['g'] })],
      'y',
    );
    run.recover('retry_job');
    expect(run.status('g')).toBe('running');
    expect(run.finish()).toEqual(['y', 'after']);
    expect(run.status('g')).toBe('completed');
  });

  it('keep their order and their limits', () => {
    const run = failing([sequence('g', [work('x'), work('y'), work('z')])], 'x', 'y');
    run.recover('retry_job');
    expect(run.start()).toEqual(['x']);
    run.complete('x');
    expect(run.finish()).toEqual(['y', 'z']);
  });

  it('keep the instances of those items that completed', () => {
    const each = parallel('g', [work('child')], { for_each: '[1, 2, 3]' });
    const run = failing(
      [each, work('after', { needs: ['g'], with: { all: '${steps.g}' } })],
      'child[1]',
    );
    run.recover('retry_job');
    expect(run.finish()).toEqual(['child[1]', 'after']);
  });

  it('that start again make new instances, which are of the new generation', () => {
    const each = parallel('g', [work('child')], { for_each: 'steps.list', needs: ['list'] });
    const run = play([work('list'), each]);
    run.start();
    run.completeWith('list', [1, 2]);
    run.start();
    run.complete('child[0]');
    run.fail('child[1]');
    run.recover('retry_job', { id: 'list', from: 'node' });
    expect(run.start()).toEqual(['list']);
    run.completeWith('list', [1, 2, 3]);
    expect(run.start()).toEqual(['child[0]', 'child[1]', 'child[2]']);
    expect(generation(run, 'child[0]')).toBe(1);
    run.complete('child[0]', 'child[1]', 'child[2]');
    expect(run.run.status).toBe('completed');
    expect(run.run.counts.reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  it('that start again make instances of a generation that none of the old ones had', () => {
    const each = parallel('g', [work('child')], { for_each: 'steps.list', needs: ['list'] });
    const run = play([work('list'), each]);
    run.start();
    run.completeWith('list', [1, 2]);
    run.start();
    run.failAnd('child[1]', 'retry_job', { retryAt: 1 });
    run.due('child[1]');
    run.start();
    const key = effectKey(run.run, run.node('child[1]'), 'child[1]');
    run.complete('child[0]');
    run.fail('child[1]');
    run.recover('retry_job', { id: 'list', from: 'node' });
    run.start();
    run.completeWith('list', [1, 2]);
    expect([generation(run, 'child[0]'), generation(run, 'child[1]')]).toEqual([2, 2]);
    expect(effectKey(run.run, run.node('child[1]'), 'child[1]')).not.toBe(key);
  });

  it('that were never reached start when their turn comes', () => {
    const run = failing([work('a'), parallel('g', [work('x'), work('y')], { needs: ['a'] })], 'a');
    run.recover('retry_job');
    expect(run.finish()).toEqual(['a', 'x', 'y']);
  });

  it('whose list could not be had ask for it again', () => {
    const each = parallel('g', [work('child')], { for_each: 'steps.list', needs: ['list'] });
    const run = play([work('list'), each]);
    run.start();
    run.completeWith('list', 'no list');
    expect(run.error('g')).toBe('for_each_failed');
    run.recover('retry_job', { id: 'list', from: 'node' });
    run.start();
    run.completeWith('list', [1]);
    expect(run.finish()).toEqual(['child[0]']);
  });
});

describe('a run that was taken up again', () => {
  it('is the same when it is made from its journal', () => {
    const run = failing([tidy, parallel('g', [work('x'), work('y')]), ...chain], 'y', 'b');
    run.recover('retry_job');
    run.start();
    run.complete('y');
    const restored = run.restored();
    expect([...restored.cells.slice(0, restored.size * 3)]).toEqual([
      ...run.run.cells.slice(0, run.run.size * 3),
    ]);
    expect([...restored.counts]).toEqual([...run.run.counts]);
    expect([restored.open, restored.failures]).toEqual([run.run.open, run.run.failures]);
  });
});
