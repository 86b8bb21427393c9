import { InvalidJobStateError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { answeredNode, nextStart } from './apply.ts';
import { holdNode } from './hold.ts';
import { effectKey, isDecidedUpon, roundOf, usesOf } from './round.ts';
import { statusOf } from './state.ts';

const chain = [work('a', { fallback: { uses: 'other' } }), work('b', { needs: ['a'] })];

describe('a node that failed for good', () => {
  it('is made again later, with attempts of its own, when it is retried', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'retry_job', { retryAt: 5_000 });
    expect(run.status('a')).toBe('waiting');
    expect(run.run.waits.get(0)).toMatchObject({ kind: 'retry', until: 5_000 });
    run.due('a');
    expect(run.finish()).toEqual(['a', 'b']);
    expect(roundOf(run.run, 0)).toEqual({ generation: 1, kind: 'work', base: 1 });
  });

  it('goes on in its generation when its calls are recorded, so that its effects keep their key', () => {
    const run = play(chain);
    run.start();
    const key = effectKey(run.run, 0, 'a');
    run.failAnd('a', 'retry_job', { retryAt: 5_000, goesOn: true, decided: true });
    run.due('a');
    run.start();
    expect(effectKey(run.run, 0, 'a')).toBe(key);
    expect(roundOf(run.run, 0)).toEqual({ generation: 0, kind: 'work', base: 1, decided: true });
    expect([1, 2].map((more) => isDecidedUpon(run.run, 0, 1 + more))).toEqual([true, false]);
  });

  it('gives the run back when it is requeued', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'requeue_job', { retryAt: 5_000 });
    expect(run.effects).toContainEqual({ type: 'requeue' });
    expect(run.status('a')).toBe('waiting');
  });

  it('is done by its fallback, whose output is its own', () => {
    const run = play([...chain, work('c', { needs: ['a'], with: { v: '${steps.a}' } })]);
    run.start();
    run.failAnd('a', 'fallback_strategy');
    expect(run.start()).toEqual(['a']);
    expect(usesOf(run.run, 0)).toBe('other');
    expect(effectKey(run.run, 0, 'a')).toBe('scenario/a/0/fallback');
    run.completeWith('a', 5);
    expect([run.status('a'), run.output('a')]).toEqual(['completed', 5]);
    expect(run.finish()).toEqual(['b', 'c']);
  });

  it('fails when its fallback does', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'fallback_strategy');
    run.start();
    run.fail('a');
    expect([run.status('a'), run.run.status]).toEqual(['failed', 'failed']);
  });

  it('can be skipped: for those after it, it has completed with that result', () => {
    const run = play([work('a'), work('b', { needs: ['a'], if: 'steps.a.ok' })]);
    run.start();
    run.failAnd('a', 'skip_node', { with: { result: { ok: true } } });
    expect(run.status('a')).toBe('skipped');
    expect(run.finish()).toEqual(['b']);
    expect(run.run.status).toBe('completed');
  });

  it('waits for a person while the rest goes on', () => {
    const run = play([...chain, work('c')]);
    run.start();
    run.failAnd('a', 'escalate_manual', { intervention: 'i1' });
    expect(run.status('a')).toBe('waiting');
    expect(run.effectsOf('ask')).toEqual(['a']);
    run.complete('c');
    expect(run.run.phase).toBe('work');
    expect(run.start()).toEqual([]);
  });

  it('goes on as the person says', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'escalate_manual', { intervention: 'i1' });
    run.recover('retry_job', { id: 'a', step: { session: 's2', retryAt: 1 } });
    expect(run.effects).toContainEqual({ type: 'unask', intervention: 'i1' });
    expect(run.effectsOf('recoveryEnded')).toEqual(['a']);
    run.due('a');
    expect(run.finish()).toEqual(['a', 'b']);
    expect(run.run.status).toBe('completed');
  });

  it('is not asked about any more when the run is cancelled', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'escalate_manual', { intervention: 'i1' });
    run.stop();
    expect(run.effects).toContainEqual({ type: 'unask', intervention: 'i1' });
    expect(run.effects).toContainEqual(
      expect.objectContaining({ type: 'recoveryEnded', outcome: 'cancelled' }),
    );
    expect(run.run.phase).toBe('over');
  });

  it('that calls for the end of the run keeps it from going on until that comes', () => {
    const run = play([...chain, work('c', { needs: ['a'], dependency_condition: 'all_done' })]);
    run.start();
    run.failAnd('a', 'abort_execution');
    expect(run.run.wanted?.step.action).toBe('abort_execution');
    expect(run.start()).toEqual([]);
    run.stop('aborted');
    expect([run.run.status, run.run.phase, run.run.wanted]).toEqual(['aborted', 'over', undefined]);
  });

  it('in a group keeps its place there', () => {
    const run = play([parallel('g', [work('x'), work('y')], { max_parallel_instances: 1 })]);
    run.start();
    run.failAnd('x', 'skip_node');
    expect(run.finish()).toEqual(['y']);
    expect(run.status('g')).toBe('completed');
  });
});

describe('a recovery', () => {
  it('is told of when it begins and when the node has ended, however', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'retry_job', { retryAt: 1 });
    expect(run.effectsOf('recoveryBegan')).toEqual(['a']);
    run.due('a');
    run.start();
    run.complete('a');
    expect(run.effects).toContainEqual(
      expect.objectContaining({ type: 'recoveryEnded', outcome: 'completed', after: 'completed' }),
    );
  });

  it('has failed when another one begins for the same node', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'retry_job', { session: 'first', retryAt: 1 });
    run.due('a');
    run.start();
    run.failAnd('a', 'fallback_strategy', { session: 'second' });
    expect(run.effects).toContainEqual(
      expect.objectContaining({
        type: 'recoveryEnded',
        outcome: 'failed',
        session: expect.objectContaining({ step: expect.objectContaining({ session: 'first' }) }),
      }),
    );
  });

  it('of a whole run ends with it', () => {
    const run = play(chain);
    run.start();
    run.fail('a');
    run.recover('retry_job');
    expect(run.effectsOf('recoveryBegan')).toEqual(['run']);
    run.start();
    run.complete('a');
    run.start();
    run.complete('b');
    expect(run.effectsOf('recoveryEnded')).toEqual(['run']);
  });

  it('by hand is refused for a node that is at work, or has completed', () => {
    const run = play(chain);
    run.start();
    expect(() => run.recover('skip_node', { id: 'a' })).toThrow(InvalidJobStateError);
    run.complete('a');
    run.start();
    run.fail('b');
    expect(() => run.recover('skip_node', { id: 'a' })).toThrow(InvalidJobStateError);
  });

  it.each([
    ['skip_node', 'skipped'],
    ['fallback_strategy', 'ready'],
    ['escalate_manual', 'waiting'],
  ] as const)('%s by hand of a run that failed begins with the node', (action, status) => {
    const run = play([...chain, work('c', { needs: ['b'] })]);
    run.start();
    run.fail('a');
    run.recover(action, { id: 'a', step: { intervention: 'i' } });
    expect(run.run.status).toBe('running');
    expect(run.status('a')).toBe(status);
  });

  it('is known again after a restart', () => {
    const run = play(chain);
    run.start();
    run.failAnd('a', 'escalate_manual', { intervention: 'i1', rule: 0 });
    const restored = run.restored();
    expect(restored.sessions).toEqual(run.run.sessions);
    expect(restored.followed).toEqual(run.run.followed);
    expect(restored.waits).toEqual(run.run.waits);
  });
});

describe('a probe', () => {
  const probing = [work('a', { on_ambiguous: { probe: { uses: 'look' } } })];

  it('that finds the work done ends the node with what it has found', () => {
    const run = play([...probing, work('b', { needs: ['a'], with: { v: '${steps.a}' } })]);
    run.start();
    run.failAnd('a', 'retry_job', { probe: true, retryAt: 1 });
    run.due('a');
    run.start();
    expect(usesOf(run.run, 0)).toBe('look');
    run.completeWith('a', { done: true, output: 'the receipt' });
    expect([run.status('a'), run.output('a')]).toEqual(['completed', 'the receipt']);
  });

  it('that finds nothing lets the node do its work', () => {
    const run = play(probing);
    run.start();
    run.failAnd('a', 'retry_job', { probe: true, retryAt: 1 });
    run.due('a');
    run.start();
    run.completeWith('a', { done: false });
    expect(run.status('a')).toBe('ready');
    expect(run.start()).toEqual(['a']);
    expect(usesOf(run.run, 0)).toBe('x');
    expect(effectKey(run.run, 0, 'a')).toBe('scenario/a/0');
  });
});

describe('a paused run', () => {
  it('starts nothing, lets what is going on end, and goes on when it is resumed', () => {
    const run = play(chain);
    run.start();
    run.pause();
    expect(run.run.status).toBe('paused');
    run.complete('a');
    expect(run.start()).toEqual([]);
    run.resume();
    expect(run.run.status).toBe('running');
    expect(run.finish()).toEqual(['b']);
  });

  it('does not end while it is paused', () => {
    const run = play([work('a')]);
    run.start();
    run.pause();
    run.complete('a');
    expect([run.run.phase, run.run.status]).toEqual(['work', 'paused']);
    run.resume();
    expect([run.run.phase, run.run.status]).toEqual(['over', 'completed']);
  });

  it('can be cancelled, and then runs its cleanup', () => {
    const run = play([{ id: 'tidy', type: 'cleanup', uses: 'x' }, work('a')]);
    run.pause();
    run.stop();
    expect(run.finish()).toEqual(['tidy']);
    expect(run.run.status).toBe('cancelled');
  });

  it('is not paused twice, nor resumed when it is not paused', () => {
    const run = play(chain);
    expect(() => run.resume()).toThrow(InvalidJobStateError);
    run.pause();
    expect(() => run.pause()).toThrow(InvalidJobStateError);
    expect(run.restored().paused).toBe(true);
  });
});

describe('a recovery by hand', () => {
  it('of a node that its circuit keeps waiting is in the journal as of one that waits its turn', () => {
    const run = play(chain);
    holdNode(run.run, nextStart(run.run), { key: 'target', since: 1 });
    expect(run.status('a')).toBe('waiting');
    run.recover('skip_node', { id: 'a', step: { with: { result: 1 } } });
    expect(run.status('a')).toBe('skipped');
    const restored = run.restored();
    expect([statusOf(restored, 0), statusOf(restored, 1)]).toEqual(['skipped', 'ready']);
    expect(run.finish()).toEqual(['b']);
  });

  it('that aborts a run that has failed meanwhile is refused, and does not take it up', () => {
    const run = play([work('a')]);
    run.start();
    run.fail('a');
    expect(run.run.status).toBe('failed');
    expect(() => run.recover('abort_execution')).toThrow(InvalidJobStateError);
    expect([run.run.phase, run.run.status]).toEqual(['over', 'failed']);
  });

  it('that asks about the run asks for nothing more once the run is over', () => {
    const run = play([work('a')]);
    run.recover('escalate_manual', { step: { intervention: 'what-now' } });
    expect(run.effects).toContainEqual(expect.objectContaining({ type: 'ask' }));
    run.start();
    run.complete('a');
    expect(run.effects).toContainEqual({ type: 'unask', intervention: 'what-now' });
  });
});

describe('a signal', () => {
  it('is for the node that has waited longest for one of its name', () => {
    const run = play([work('a'), work('b')]);
    run.start();
    run.wait('b', { kind: 'signal', name: 'go' });
    run.wait('a', { kind: 'signal', name: 'go' });
    run.signal('other', 1);
    expect(answeredNode(run.run)).toBeUndefined();
    run.signal('go', { by: 'ann' });
    expect(answeredNode(run.run)).toMatchObject({ node: 1, payload: { by: 'ann' } });
    run.completeWith('b', { by: 'ann' });
    expect(answeredNode(run.run)).toBeUndefined();
  });

  it('that comes before anybody waits is kept', () => {
    const run = play([work('a')]);
    run.signal('go', 1);
    run.signal('go', 2);
    run.start();
    run.wait('a', { kind: 'signal', name: 'go' });
    expect(answeredNode(run.run)).toEqual(expect.objectContaining({ node: 0, payload: 1 }));
    expect(run.restored().signals).toEqual(new Map([['go', [1, 2]]]));
  });
});

describe('giving up on a retry', () => {
  it('fails the node with its last error', () => {
    const run = play(chain);
    run.start();
    run.fail('a', { retryAt: 9_000 });
    run.giveUp('a');
    expect([run.status('a'), run.error('a'), run.run.status]).toEqual(['failed', 'boom', 'failed']);
  });

  it('is refused when the node does not wait for one', () => {
    const run = play(chain);
    run.start();
    expect(() => run.giveUp('a')).toThrow(InvalidJobStateError);
  });
});
