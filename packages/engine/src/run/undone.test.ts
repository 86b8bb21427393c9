import type { NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play, type Scenario } from '../../test/scenario.ts';
import { undoneAttempts } from './undone.ts';

const phases: readonly NodeInput[] = [
  work('plan'),
  { id: 'built', type: 'checkpoint', needs: ['plan'] },
  work('build', { needs: ['built'], rollback: { uses: 'undo' } }),
  work('check', { needs: ['build'] }),
];

function undoneOf(scenario: Scenario) {
  const { generation, upTo, undoing } = undoneAttempts(scenario.plan, scenario.journal());
  const named = [...upTo].map(([node, attempt]) => [scenario.plan.ids[node], attempt]);
  return { generation, undoing, upTo: Object.fromEntries(named) };
}

const back = { step: { with: { to: 'built', after: 'resume' } } } as const;

function playedTo(last: string): Scenario {
  const run = play([...phases]);
  for (let ids = run.start(); !ids.includes(last); ids = run.start()) run.complete(...ids);
  return run;
}

describe('what is undone', () => {
  it('is nothing in a run that goes its way, whatever is tried again in it', () => {
    const run = playedTo('check');
    run.failAnd('check', 'retry_job', { retryAt: 1 });
    run.due('check');
    run.finish();
    expect(undoneOf(run)).toEqual({ generation: 0, undoing: false, upTo: {} });
  });

  it('is what came after the checkpoint, once the run has gone back to it', () => {
    const run = playedTo('check');
    run.fail('check');
    run.recover('rollback_state', back);
    expect(undoneOf(run)).toEqual({ generation: 0, undoing: true, upTo: {} });
    expect(run.start()).toEqual(['build']);
    run.complete('build');
    expect(undoneOf(run)).toEqual({ generation: 1, undoing: false, upTo: { build: 2, check: 1 } });
    run.finish();
    expect(undoneOf(run)).toEqual({ generation: 1, undoing: false, upTo: { build: 2, check: 1 } });
  });

  it('grows each time that the run goes back', () => {
    const run = playedTo('check');
    for (let round = 0; round < 2; round += 1) {
      run.fail('check');
      run.recover('rollback_state', back);
      expect(run.start()).toEqual(['build']);
      run.complete('build');
      expect(run.start()).toEqual(['build']);
      run.complete('build');
      expect(run.start()).toEqual(['check']);
    }
    expect(undoneOf(run)).toEqual({ generation: 2, undoing: false, upTo: { build: 4, check: 2 } });
  });

  it('is not what failed and is taken up again', () => {
    const run = playedTo('check');
    run.fail('check');
    run.recover('retry_job');
    run.finish();
    expect(undoneOf(run)).toEqual({ generation: 0, undoing: false, upTo: {} });
  });

  it('is all of a run that begins again, and what came after a node that does', () => {
    const whole = playedTo('check');
    whole.fail('check');
    whole.recover('retry_job', { from: 'start' });
    expect(undoneOf(whole)).toMatchObject({ generation: 1, upTo: { plan: 1, build: 1, check: 1 } });
    const part = playedTo('check');
    part.fail('check');
    part.recover('retry_job', { from: 'node', id: 'build' });
    expect(undoneOf(part)).toMatchObject({ generation: 1, upTo: { build: 1, check: 1 } });
  });

  it('is nothing when the run ends with it', () => {
    const run = playedTo('check');
    run.fail('check');
    run.recover('rollback_state', { step: { with: { to: 'built', after: 'fail' } } });
    run.start();
    run.complete('build');
    expect(undoneOf(run)).toEqual({ generation: 0, undoing: false, upTo: {} });
  });

  it('are the instances of a list that is gone through anew', () => {
    const each: NodeInput = {
      id: 'each',
      type: 'parallel_group',
      for_each: '[1, 2]',
      children: [work('one')],
      needs: ['built'],
    };
    const [plan, built] = phases;
    if (plan === undefined || built === undefined) throw new Error('there are phases');
    const run = play([plan, built, each, work('check', { needs: ['each'] })]);
    for (let ids = run.start(); !ids.includes('check'); ids = run.start()) run.complete(...ids);
    run.fail('check');
    run.recover('rollback_state', back);
    const { generation, upTo } = undoneAttempts(run.plan, run.journal());
    expect([generation, [...upTo.values()]]).toEqual([1, [1, 1, 1]]);
  });
});
