import type { NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { compilePlan } from '../plan/index.ts';
import { apply, nextStart } from './apply.ts';
import { restoreRun } from './restore.ts';
import { attemptOf, idOf, statusOf } from './state.ts';

const tidy: NodeInput = { id: 'tidy', type: 'cleanup', uses: 'x' };

describe('a run that is restored', () => {
  it('knows what ended, what was going on and what may start', () => {
    const run = play([work('a'), work('b'), work('c', { needs: ['a'] }), work('d')], {
      maxConcurrentNodes: 2,
    });
    run.start();
    run.complete('a');
    const restored = run.restored();
    expect([0, 1, 2, 3].map((node) => statusOf(restored, node))).toEqual([
      'completed',
      'running',
      'ready',
      'ready',
    ]);
    expect(restored.slots).toBe(1);
    expect(idOf(restored, nextStart(restored))).toBe('d');
    expect(nextStart(restored)).toBe(-1);
  });

  it('has nothing in its queue but what may start: the rest would keep it from being idle', () => {
    const run = play([work('a'), work('b', { needs: ['a'] }), work('c')]);
    run.start();
    run.complete('a', 'c');
    run.start();
    run.wait('b', { kind: 'signal', name: 'go' });
    expect(run.restored().ready.length).toBe(0);
  });

  it('waits for retries and sleeps as before', () => {
    const run = play([work('a'), work('b')]);
    run.start();
    run.fail('a', { retryAt: 7_000 });
    run.wait('b', { kind: 'time', until: 8_000 });
    expect(run.restored().waits).toEqual(run.run.waits);
    expect(run.restored().errors).toEqual(run.run.errors);
  });

  it('knows that a retry was under way', () => {
    const run = play([work('a')]);
    run.start();
    run.fail('a', { retryAt: 7_000 });
    run.due('a');
    run.start();
    const restored = run.restored();
    expect(statusOf(restored, 0)).toBe('running');
    expect(attemptOf(restored, 0)).toBe(2);
    expect(restored.waits.size).toBe(0);
  });

  it('has the same instances under the same numbers', () => {
    const group = parallel('g', [work('child')], { needs: ['list'], for_each: 'steps.list' });
    const run = play([work('list'), group]);
    run.start();
    run.completeWith('list', [1, 2, 3]);
    run.start();
    run.complete('child[1]');
    const restored = run.restored();
    const last = run.node('child[2]');
    expect(idOf(restored, last)).toBe('child[2]');
    expect(statusOf(restored, last)).toBe('running');
  });

  it('goes on being stopped, with the attempts that were told to abort', () => {
    const run = play([tidy, work('a'), work('b')], { maxConcurrentNodes: 1 });
    run.start();
    run.stop();
    const restored = run.restored();
    expect(restored.phase).toBe('stopping');
    expect([restored.slots, restored.open]).toEqual([1, 1]);
    const end = { type: 'ended', at: 9_000, node: 1, attempt: 1, startedAt: 1_000 } as const;
    apply(restored, { ...end, status: 'cancelled' });
    expect(idOf(restored, nextStart(restored))).toBe('tidy');
  });

  it('has all its nodes before it has begun', () => {
    const plan = compilePlan({ nodes: [parallel('g', [work('a')], { for_each: '[1, 2]' }), tidy] });
    const { run, seq } = restoreRun(plan, {
      runId: 'r',
      facts: { name: 'r', owner: 'o', createdAt: 0 },
      input: { params: {}, maxConcurrentNodes: 1, failFast: false, timeoutMs: 0 },
      entries: [],
      started: [],
    });
    expect(seq).toBe(0);
    expect(run.begun).toBe(false);
    expect(nextStart(run)).toBe(-1);
    expect([...run.counts]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
