import { InvalidJobStateError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { BOOM, play } from '../../test/scenario.ts';
import { apply, nextStart } from './apply.ts';
import { attemptOf, lossesOf } from './state.ts';

const a = work('a');

describe('starts', () => {
  it('are as many as the run may have at once', () => {
    const run = play([a, work('b'), work('c')], { maxConcurrentNodes: 2 });
    expect(run.start()).toEqual(['a', 'b']);
    expect(nextStart(run.run)).toBe(-1);
    run.complete('b');
    expect(run.start()).toEqual(['c']);
  });

  it('follow the priorities, then the order in which nodes became ready', () => {
    const run = play([
      work('low', { priority: 9 }),
      a,
      work('high', { priority: 1 }),
      work('b'),
      work('late', { needs: ['high'], priority: 1 }),
    ]);
    expect(run.start()).toEqual(['high', 'a', 'b', 'low']);
  });

  it('count attempts over the whole run', () => {
    const run = play([a]);
    run.start();
    run.fail('a', { retryAt: 5_000 });
    expect(attemptOf(run.run, 0)).toBe(1);
    run.due('a');
    run.start();
    expect(attemptOf(run.run, 0)).toBe(2);
  });
});

describe('a retry', () => {
  it('waits for its time without a slot', () => {
    const run = play([a, work('b')], { maxConcurrentNodes: 1 });
    run.start();
    run.fail('a', { retryAt: 5_000 });
    expect(run.effects).toEqual([{ type: 'timer', node: 0, at: 5_000 }]);
    expect(run.status('a')).toBe('waiting');
    expect(run.start()).toEqual(['b']);
    run.due('a');
    expect(run.status('a')).toBe('ready');
    run.complete('b');
    expect(run.start()).toEqual(['a']);
  });

  it('keeps the error of the attempt before until one completes', () => {
    const run = play([a]);
    run.start();
    run.fail('a', { retryAt: 5_000 });
    expect(run.error('a')).toBe('boom');
    run.due('a');
    run.start();
    run.complete('a');
    expect(run.error('a')).toBeUndefined();
    expect(run.run.status).toBe('completed');
  });

  it('counts how often the engine died under the node', () => {
    const run = play([a]);
    run.start();
    run.fail('a', { error: { ...BOOM, classification: 'infrastructure' }, retryAt: 5_000 });
    expect(lossesOf(run.run, 0)).toBe(1);
    expect(attemptOf(run.run, 0)).toBe(1);
  });
});

describe('a wait', () => {
  it.each([
    ['a time', { kind: 'time', until: 9_000 }, [{ type: 'timer', node: 0, at: 9_000 }]],
    ['a run', { kind: 'run', runId: 'child' }, []],
  ] as const)('for %s holds no slot, and ends with the same attempt', (_for, wait, effects) => {
    const run = play([a, work('b')], { maxConcurrentNodes: 1 });
    run.start();
    run.wait('a', wait);
    expect(run.effects).toEqual(effects);
    expect(run.start()).toEqual(['b']);
    run.complete('a', 'b');
    expect(attemptOf(run.run, 0)).toBe(1);
    expect(run.run.phase).toBe('over');
  });

  it('for a time is not ended by a timer for something else', () => {
    const run = play([a]);
    run.start();
    run.wait('a', { kind: 'time', until: 9_000 });
    run.due('a');
    expect(run.status('a')).toBe('waiting');
  });
});

describe('an end', () => {
  const end = { type: 'ended', at: 2_000, startedAt: 1_500, status: 'completed' } as const;

  it('is refused of an attempt that ended, and changes nothing', () => {
    const run = play([a, work('b')]);
    run.start();
    run.complete('a');
    const { now } = run.run;
    expect(() => run.fail('a')).toThrow(InvalidJobStateError);
    expect(() => run.wait('a', { kind: 'time', until: 9_000 })).toThrow(InvalidJobStateError);
    expect(run.status('a')).toBe('completed');
    expect(run.run.now).toBe(now);
  });

  it('is refused of an attempt that has been replaced', () => {
    const run = play([a]);
    run.start();
    run.fail('a', { retryAt: 5_000 });
    expect(() => run.complete('a')).toThrow('Attempt 1 of node 0 is not going on.');
    run.due('a');
    run.start();
    expect(() => apply(run.run, { ...end, node: 0, attempt: 1 })).toThrow(InvalidJobStateError);
    expect(run.status('a')).toBe('running');
  });

  it('is refused of what never ran', () => {
    const run = play([a, work('b', { needs: ['a'] }), parallel('g', [work('c')])]);
    for (const node of [-1, 1, 2, 99]) {
      expect(() => apply(run.run, { ...end, node, attempt: 1 })).toThrow(InvalidJobStateError);
    }
  });

  it('that says cancelled without a stop counts as a failure', () => {
    const run = play([a, work('b', { needs: ['a'] })]);
    run.start();
    run.fail('a', { status: 'cancelled' });
    expect(run.error('b')).toBe('upstream_failed');
    expect(run.run.status).toBe('failed');
    expect(run.run.firstFailure).toBe(0);
  });

  it('with no output gives null, as a journal does', () => {
    const run = play([a, work('b', { needs: ['a'], if: 'steps.a == null' })]);
    expect(run.finish()).toEqual(['a', 'b']);
  });

  it('keeps its output only when something reads it', () => {
    const run = play([a, work('b'), work('c', { needs: ['b'], with: { b: '${steps.b}' } })]);
    run.start();
    run.completeWith('a', 'not read');
    run.completeWith('b', 'read');
    expect([...run.run.outputs.values()]).toEqual(['read']);
  });
});

it('begins once', () => {
  expect(() => apply(play([a]).run, { type: 'begin', at: 1 })).toThrow(InvalidJobStateError);
});
