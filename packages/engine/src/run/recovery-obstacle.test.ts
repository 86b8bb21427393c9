import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { play, type Scenario } from '../../test/scenario.ts';
import { obstacleTo } from './recovery-obstacle.ts';
import { RUN } from './recovery-step.ts';

const each = parallel('g', [work('x')], { for_each: '[1, 2]' });
const tidy = { id: 'tidy', type: 'cleanup', uses: 'x' } as const;

function refusal({ run }: Scenario, action: 'skip_node' | 'escalate_manual', node: number) {
  const step = { action, session: 's', trigger: 'manual', actor: 'ann', with: {} } as const;
  return obstacleTo(run, { type: 'recover', at: 1, running: [], step, node });
}

describe('of a run that has failed', () => {
  it('the pattern of a for_each is no node that something could be done about', () => {
    const run = play([each]);
    run.start();
    run.fail('x[0]');
    run.complete('x[1]');
    expect(run.run.status).toBe('failed');
    const pattern = run.plan.ids.indexOf('x');
    expect(refusal(run, 'skip_node', pattern)).toBe('There is no such node.');
    expect(refusal(run, 'skip_node', run.node('x[0]'))).toBeUndefined();
  });

  it('neither is a node that would not run again: one that was skipped, or a group of some that ran', () => {
    const run = play([each, work('off', { if: false }), work('bad')]);
    run.start();
    run.fail('x[0]');
    run.complete('x[1]');
    run.fail('bad');
    expect(refusal(run, 'skip_node', run.node('off'))).toMatch(/skipped and would not/);
    expect(refusal(run, 'skip_node', run.node('g'))).toMatch(/failed and would not/);
    expect(refusal(run, 'skip_node', run.node('bad'))).toBeUndefined();
  });

  it('nobody is asked about cleanup, nor about what stands in a group that has not started', () => {
    const run = play([work('a'), parallel('late', [work('x'), work('y')], { needs: ['a'] }), tidy]);
    run.start();
    run.fail('a');
    run.start();
    run.fail('tidy');
    expect(refusal(run, 'escalate_manual', run.node('tidy'))).toBe('Cleanup waits for nobody.');
    expect(refusal(run, 'escalate_manual', run.node('x'))).toMatch(/has not started/);
    // It can be skipped beforehand: the group does not wait for it then.
    run.recover('skip_node', { id: 'x' });
    expect(run.finish()).toEqual(['a', 'y', 'tidy']);
    expect(run.statuses()).toMatchObject({ late: 'completed', x: 'skipped' });
    expect(run.run.status).toBe('completed');
  });

  it('whose cleanup failed, the question is about the run, which does not wait for its answer', () => {
    const run = play([work('a'), tidy]);
    run.start();
    run.complete('a');
    run.start();
    run.fail('tidy');
    expect(run.run.firstFailure).toBe(run.node('tidy'));
    run.recover('escalate_manual', { step: { intervention: 'i' } });
    expect(run.effects).toContainEqual(expect.objectContaining({ type: 'ask', node: RUN }));
    expect(run.status('tidy')).toBe('ready');
    expect(run.finish()).toEqual(['tidy']);
    expect(run.run.status).toBe('completed');
  });

  it('a cleanup node that failed can be skipped, and the others have their turn', () => {
    const run = play([work('a'), tidy, { ...tidy, id: 'last', needs: ['tidy'] }]);
    run.start();
    run.complete('a');
    run.start();
    run.fail('tidy');
    expect(run.statuses()).toMatchObject({ tidy: 'failed', last: 'failed' });
    run.recover('skip_node', { id: 'tidy' });
    expect(run.finish()).toEqual(['last']);
    expect([run.run.phase, run.run.status, run.run.open]).toEqual(['over', 'completed', 0]);
  });

  it('a fallback waits for its turn: what the node needs runs first', () => {
    const run = play([work('a'), work('b', { needs: ['a'], fallback: { uses: 'other' } })]);
    run.start();
    run.fail('a');
    run.recover('fallback_strategy', { id: 'b' });
    expect(run.start()).toEqual(['a']);
    run.complete('a');
    expect(run.start()).toEqual(['b']);
  });

  it('a node that somebody is asked about waits for what it needs once it may go on', () => {
    const run = play([work('a'), work('b', { needs: ['a'] })]);
    run.start();
    run.fail('a');
    run.recover('escalate_manual', { id: 'b', step: { intervention: 'i' } });
    run.recover('retry_job', { id: 'b', step: { retryAt: 1 } });
    expect(run.status('b')).toBe('pending');
    expect(run.finish()).toEqual(['a', 'b']);
  });

  it('a condition that somebody is asked about decides anew when it is to be tried again', () => {
    const run = play([
      work('a'),
      { id: 'c', type: 'condition', needs: ['a'], condition_expression: 'steps.a.ok' },
    ]);
    run.start();
    run.completeWith('a', {});
    expect(run.status('c')).toBe('failed');
    run.recover('escalate_manual', { step: { intervention: 'i' } });
    expect(run.status('c')).toBe('waiting');
    run.recover('retry_job', { id: 'c', step: { retryAt: 1 } });
    expect([run.status('c'), run.run.phase]).toEqual(['failed', 'over']);
  });
});

describe('a node that its group holds back', () => {
  const narrow = parallel('g', [work('x'), work('y')], { max_parallel_instances: 1 });

  it.each([
    ['skip_node', ['x']],
    ['retry_job', ['x', 'y']],
  ] as const)('keeps its place in the queue: %s', (action, started) => {
    const run = play([narrow]);
    const order = run.start();
    run.recover(action, { id: 'y', step: { retryAt: 1 } });
    expect(run.start()).toEqual([]);
    run.complete('x');
    expect([...order, ...run.finish()]).toEqual(started);
    expect(run.run.status).toBe('completed');
  });

  it('is not let go twice when it was asked about in between', () => {
    const run = play([narrow]);
    run.start();
    run.recover('escalate_manual', { id: 'y', step: { intervention: 'i' } });
    run.recover('retry_job', { id: 'y', step: { retryAt: 1 } });
    run.complete('x');
    expect(run.finish()).toEqual(['y']);
    expect(run.run.groups.get(run.node('g'))).toMatchObject({ active: 0, remaining: 0 });
  });
});
