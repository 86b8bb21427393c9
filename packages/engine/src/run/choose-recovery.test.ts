import { describe, expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { chooseRecovery } from './choose-recovery.ts';

describe('a rule', () => {
  it('is followed no oftener for an item that a rollback makes again, as another instance', () => {
    const rules = [{ action: 'rollback_state', with: { to: 'start', max_times: 2 } }] as const;
    const each = parallel('g', [work('x')], { for_each: '[1]' });
    const run = play([each], { recovery: { rules } });
    const instances = new Set<number>();
    for (let times = 0; times < 2; times += 1) {
      run.start();
      instances.add(run.node('x[0]'));
      const trouble = { node: run.node('x[0]'), status: 'failed' } as const;
      expect(chooseRecovery(run.run, trouble)).toMatchObject({ index: 0 });
      run.failAnd('x[0]', 'rollback_state', { rule: 0, with: { to: 'start' } });
      run.recover('rollback_state', { step: { with: { to: 'start' } } });
    }
    run.start();
    instances.add(run.node('x[0]'));
    expect(instances.size).toBe(3);
    const last = { node: run.node('x[0]'), status: 'failed' } as const;
    expect(chooseRecovery(run.run, last)).toBeUndefined();
  });
});
