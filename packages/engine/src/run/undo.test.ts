import { InvalidJobStateError, type NodeInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play, type Scenario } from '../../test/scenario.ts';
import { roundOf, usesOf } from './round.ts';

const undo = (id: string) => ({ rollback: { uses: 'undo', with: { what: id } } });
const step = (id: string, needs?: string) =>
  work(id, { ...undo(id), ...(needs && { needs: [needs] }) });
const mark = (id: string, needs: string): NodeInput => ({ id, type: 'checkpoint', needs: [needs] });
const tidy: NodeInput = { id: 'tidy', type: 'cleanup', uses: 'x' };
const saga = [
  step('a'),
  step('b', 'a'),
  mark('half', 'b'),
  step('c', 'half'),
  step('d', 'c'),
  work('e', { needs: ['d'] }),
];

/** A saga whose last step fails, and is to be undone. */
function failed(after: 'resume' | 'fail' | 'abort', to?: string, nodes = saga): Scenario {
  const run = play(nodes);
  for (let ids = run.start(); !ids.includes('e'); ids = run.start()) run.complete(...ids);
  const parameters = { after, ...(to !== undefined && { to }) };
  run.failAnd('e', 'rollback_state', { with: parameters });
  run.recover('rollback_state', { step: { with: parameters } });
  return run;
}

/** Undoes one after the other, and says which. */
function undone(run: Scenario): string[] {
  const order: string[] = [];
  while (run.run.phase === 'undoing') {
    const [id, ...more] = run.start();
    if (id === undefined) throw new Error('nothing to undo');
    expect(more).toEqual([]);
    expect(usesOf(run.run, run.node(id))).toBe('undo');
    order.push(id);
    run.complete(id);
  }
  return order;
}

describe('going back to a checkpoint', () => {
  it('undoes what completed after the last one, newest first, one at a time', () => {
    const run = failed('resume');
    expect(run.run.status).toBe('recovering');
    expect(undone(run)).toEqual(['d', 'c']);
  });

  it('then runs what came after it again, under a new generation', () => {
    const run = failed('resume');
    undone(run);
    expect(run.run.status).toBe('running');
    expect(run.finish()).toEqual(['c', 'd', 'e']);
    expect(['b', 'c'].map((id) => roundOf(run.run, run.node(id)))).toMatchObject([
      { generation: 0 },
      { generation: 1, kind: 'work' },
    ]);
    expect(run.run.status).toBe('completed');
  });

  it('goes back to the beginning when it is told to', () => {
    const run = failed('resume', 'start');
    expect(undone(run)).toEqual(['d', 'c', 'b', 'a']);
    expect(run.finish()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each([
    ['fail', 'failed'],
    ['abort', 'aborted'],
  ] as const)('may %s the run instead, after its cleanup', (after, status) => {
    const run = failed(after, 'start', [tidy, ...saga]);
    expect(undone(run)).toEqual(['d', 'c', 'b', 'a']);
    expect(run.start()).toEqual(['tidy']);
    run.complete('tidy');
    expect([run.run.status, run.run.phase]).toEqual([status, 'over']);
  });

  it('waits until attempts have ended that are told to abort, and undoes those that completed', () => {
    const run = play([step('a'), step('b'), work('c')]);
    run.start();
    run.complete('a');
    run.failAnd('c', 'rollback_state', { with: { after: 'fail' } });
    run.recover('rollback_state', { step: { with: { after: 'fail' } } });
    expect(run.effectsOf('abort')).toEqual(['b']);
    expect(run.start()).toEqual([]);
    run.complete('b');
    expect(undone(run)).toEqual(['b', 'a']);
  });

  it('leaves nothing that was undone out of a retry from what failed', () => {
    const run = failed('fail');
    undone(run);
    expect(run.run.status).toBe('failed');
    run.recover('retry_job');
    expect(run.finish()).toEqual(['c', 'd', 'e']);
    expect(run.run.status).toBe('completed');
  });

  it('makes no further attempt of what it has told to abort', () => {
    const run = play([step('a'), work('b'), work('c')]);
    run.start();
    run.complete('a');
    run.recover('rollback_state', { step: { with: { after: 'abort' } } });
    run.fail('b', { retryAt: 9_000 });
    run.fail('c', { status: 'cancelled' });
    expect(undone(run)).toEqual(['a']);
    expect(run.run.status).toBe('aborted');
  });

  it('makes attempts to undo again as the policy of the node says', () => {
    const run = failed('fail');
    expect(run.start()).toEqual(['d']);
    run.fail('d', { retryAt: 9_000 });
    expect(run.start()).toEqual([]);
    run.due('d');
    expect(undone(run)).toEqual(['d', 'c']);
  });

  it('that fails ends the run as failed, and says what is left', () => {
    const run = failed('resume', 'start');
    run.start();
    run.complete('d');
    run.start();
    run.fail('c');
    expect([run.run.status, run.run.phase]).toEqual(['failed', 'over']);
    expect(run.run.errors.get(run.run.firstFailure)?.type).toBe('compensation_failed');
    expect(run.effects).toContainEqual(
      expect.objectContaining({
        type: 'recoveryEnded',
        outcome: 'failed',
        remaining: ['c', 'b', 'a'].map((id) => run.node(id)),
      }),
    );
  });

  it('goes on with what is left when it is asked for again', () => {
    const run = failed('resume', 'start');
    run.start();
    run.complete('d');
    run.start();
    run.fail('c');
    run.recover('rollback_state', { step: { with: { to: 'start', after: 'fail' } } });
    expect(undone(run)).toEqual(['c', 'b', 'a']);
    expect(run.run.status).toBe('failed');
  });

  it('is refused for a checkpoint that was not reached', () => {
    const run = play([...saga, work('x')]);
    run.start();
    expect(() => run.recover('rollback_state', { step: { with: { to: 'half' } } })).toThrow(
      InvalidJobStateError,
    );
  });

  it('can be cancelled', () => {
    const run = failed('resume', 'start');
    run.start();
    run.stop('cancelled');
    expect(run.effectsOf('abort')).toEqual(['d']);
    run.fail('d', { status: 'cancelled' });
    expect([run.run.status, run.run.phase]).toEqual(['cancelled', 'over']);
  });

  it('goes on after a restart, and undoes nothing twice', () => {
    const run = failed('resume', 'start');
    run.start();
    run.complete('d');
    run.start();
    const restored = run.restored();
    expect(restored.undo).toEqual(run.run.undo);
    expect([...restored.cells]).toEqual([...run.run.cells]);
    expect(restored.slots).toBe(1);
  });
});
