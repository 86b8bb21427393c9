import { InvalidJobStateError, type NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { wantsStop } from './apply.ts';

const a = work('a');
const b = work('b', { needs: ['a'] });
const tidy: NodeInput = { id: 'tidy', type: 'cleanup', uses: 'x' };

describe('cleanup', () => {
  it('runs when all else has completed', () => {
    const run = play([tidy, a, b]);
    expect(run.finish()).toEqual(['a', 'b', 'tidy']);
    expect(run.run.status).toBe('completed');
  });

  it('runs after a failure, and the run has failed', () => {
    const run = play([tidy, a, b]);
    run.start();
    run.fail('a');
    expect(run.start()).toEqual(['tidy']);
    expect(run.run.status).toBe('running');
    run.complete('tidy');
    expect(run.run.status).toBe('failed');
  });

  it.each(['cancelled', 'timeout'] as const)('runs when the run is %s', (status) => {
    const run = play([tidy, a, b]);
    run.start();
    run.stop(status);
    expect(run.start()).toEqual([]);
    run.fail('a', { status: 'cancelled' });
    expect(run.start()).toEqual(['tidy']);
    run.complete('tidy');
    expect(run.run.status).toBe(status);
    expect(run.effects).toEqual([{ type: 'finish' }]);
  });

  it('has an order of its own', () => {
    const last: NodeInput = { id: 'last', type: 'cleanup', uses: 'x', needs: ['tidy'] };
    expect(play([last, tidy, a]).finish()).toEqual(['a', 'tidy', 'last']);
  });

  it('fails what depends on cleanup that failed, and the run', () => {
    const last: NodeInput = { id: 'last', type: 'cleanup', uses: 'x', needs: ['tidy'] };
    const run = play([last, tidy]);
    run.start();
    run.fail('tidy');
    expect(run.error('last')).toBe('upstream_failed');
    expect(run.run.status).toBe('failed');
  });

  it('may be guarded by what happened', () => {
    const onFailure = { ...tidy, if: "nodes.a.status == 'failed'" };
    expect(play([onFailure, a]).finish()).toEqual(['a']);
    const failing = play([onFailure, a]);
    failing.start();
    failing.fail('a');
    expect(failing.start()).toEqual(['tidy']);
  });

  it('is tried again after a cancel, and may wait', () => {
    const run = play([tidy, a]);
    run.stop();
    run.start();
    run.fail('tidy', { retryAt: 5_000 });
    expect(run.status('tidy')).toBe('waiting');
    run.due('tidy');
    expect(run.start()).toEqual(['tidy']);
    run.wait('tidy', { kind: 'time', until: 9_000 });
    run.complete('tidy');
    expect(run.run.phase).toBe('over');
  });

  it('goes on when the run is cancelled meanwhile', () => {
    const run = play([tidy, a]);
    run.start();
    run.complete('a');
    run.start();
    run.stop('cancelled', false);
    expect(run.effects).toEqual([]);
    expect(run.status('tidy')).toBe('running');
    run.complete('tidy');
    expect(run.run.status).toBe('cancelled');
  });
});

describe('a stop', () => {
  it('cancels what has not started and tells what is going on to abort', () => {
    const run = play([a, b, work('c'), parallel('g', [work('d')])], { maxConcurrentNodes: 1 });
    run.start();
    run.stop('cancelled', true);
    expect(run.run.status).toBe('cancelled');
    expect(run.effects).toEqual([{ type: 'abort', node: run.node('a'), grace: true }]);
    expect(run.statuses()).toEqual({
      a: 'running',
      b: 'cancelled',
      c: 'cancelled',
      g: 'cancelled',
      d: 'cancelled',
    });
    run.complete('a');
    expect(run.status('a')).toBe('completed');
    expect(run.run.phase).toBe('over');
  });

  it('is over at once when nothing is going on', () => {
    const run = play([a]);
    run.stop();
    expect(run.effects).toEqual([{ type: 'finish' }]);
  });

  it('cancels the run that a node waits for', () => {
    const run = play([a, work('c')]);
    run.start();
    run.wait('a', { kind: 'run', runId: 'child' });
    run.stop();
    expect(run.effects).toContainEqual({ type: 'cancelRun', runId: 'child' });
    expect(run.status('a')).toBe('cancelled');
    run.wait('c', { kind: 'run', runId: 'other' });
    expect(run.effects).toContainEqual({ type: 'cancelRun', runId: 'other' });
    expect(run.run.phase).toBe('over');
  });

  it('ends a sleep that begins too late, without a timer', () => {
    const run = play([a]);
    run.start();
    run.stop();
    run.wait('a', { kind: 'time', until: 9_000 });
    expect(run.effects).toEqual([{ type: 'finish' }]);
    expect(run.status('a')).toBe('cancelled');
  });

  it('tries nothing again', () => {
    const run = play([a]);
    run.start();
    run.stop('timeout');
    run.fail('a', { retryAt: 5_000 });
    expect(run.status('a')).toBe('failed');
    expect(run.run.status).toBe('timeout');
  });

  it('that is in a hurry follows one that was not', () => {
    const run = play([a, work('c')], { failFast: true });
    run.start();
    run.fail('c');
    run.stop('failed', true);
    run.stop('cancelled', false);
    expect(run.effects).toEqual([{ type: 'abort', node: run.node('a'), grace: false }]);
    run.fail('a', { status: 'cancelled' });
    expect(run.run.status).toBe('cancelled');
  });

  it('is refused once the run is cancelled or over', () => {
    const run = play([a]);
    run.start();
    run.stop();
    expect(() => run.stop('timeout')).toThrow(InvalidJobStateError);
    run.complete('a');
    expect(() => run.stop()).toThrow(InvalidJobStateError);
    expect(run.run.status).toBe('cancelled');
  });

  it('leaves a run that nothing can be told any more', () => {
    const run = play([a, work('c')]);
    run.start();
    run.wait('a', { kind: 'time', until: 9_000 });
    run.stop();
    expect(() => run.complete('a')).toThrow(InvalidJobStateError);
    run.due('a');
    expect(run.status('a')).toBe('cancelled');
  });
});

describe('fail_fast', () => {
  it('asks for a stop at the first failure that counts', () => {
    const run = play([work('x', { allow_failure: true }), a, work('c')], { failFast: true });
    run.start();
    run.fail('x');
    expect(wantsStop(run.run)).toBe(false);
    run.fail('a');
    expect(wantsStop(run.run)).toBe(true);
    run.stop('failed');
    expect(wantsStop(run.run)).toBe(false);
    run.fail('c', { status: 'cancelled' });
    expect(run.run.status).toBe('failed');
    expect(run.run.firstFailure).toBe(run.node('a'));
  });
});
