/** Runs of profiles as the state machine sees them: waiting for next, going back, being told again. */
import type { Json, Profile } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play, type Scenario } from '../../test/scenario.ts';
import { profileGraph } from '../plan/index.ts';
import { parametersOf } from './bindings.ts';
import { awaitsSignal } from './signals.ts';

const BLOCKED = { classification: 'validation', type: 'gate_blocked', message: 'no' } as const;
const profile = (phases: readonly object[]): Profile => ({
  name: 'p',
  phases: phases.map((phase, i) => ({
    id: `p${i}`,
    agents: [{ id: 'a', uses: 'work', with: { found: `\${nodes['p${i}/gates'].previous}` } }],
    ...phase,
  })),
});
const begin = (phases: readonly object[], auto?: boolean): Scenario =>
  play(profileGraph(profile(phases), auto).dag.nodes, { params: { intake: {} } });

/** Lets the phase wait, says next, and lets its agent end. */
function work(run: Scenario, phase: string): void {
  expect(run.start()).toContain(`${phase}/next`);
  run.wait(`${phase}/next`, { kind: 'signal', name: `next:${phase}` });
  run.completeWith(`${phase}/next`, {});
  expect(run.start()).toContain(`${phase}/a`);
  run.completeWith(`${phase}/a`, phase);
  expect(run.start()).toContain(`${phase}/gates`);
}

const checked = (run: Scenario, phase: string, output: Json) =>
  run.fail(`${phase}/gates`, { error: BLOCKED, output });
const told = (run: Scenario, id: string) => parametersOf(run.run, run.node(id), 2_000);

describe('a run of phases', () => {
  it('goes back to a phase while it waits for the next one', () => {
    const run = begin([{}, {}]);
    work(run, 'p0');
    run.complete('p0/gates');
    expect(run.start()).toEqual(['p1/next']);
    run.wait('p1/next', { kind: 'signal', name: 'next:p1' });
    run.recover('rollback_state', { step: { with: { to: 'p0/start' } } });
    expect(run.run.status).toBe('running');
    expect(run.statuses()).toMatchObject({ 'p0/start': 'completed', 'p1/start': 'pending' });
    expect(awaitsSignal(run.run, 'next:p1')).toBe(false);
    work(run, 'p0');
    run.complete('p0/gates');
    work(run, 'p1');
    run.complete('p1/gates');
    expect(run.run.status).toBe('completed');
    expect(run.restored().status).toBe('completed');
  });

  it('is executed again after a gate has blocked, and its agents are told what was found', () => {
    const run = begin([{}, {}]);
    work(run, 'p0');
    expect(told(run, 'p0/a')).toEqual({ found: null });
    checked(run, 'p0', { gates: ['first'] });
    expect([run.run.status, run.status('p1/start')]).toEqual(['failed', 'failed']);
    run.recover('retry_job', { id: 'p0/start', from: 'node' });
    work(run, 'p0');
    expect(told(run, 'p0/a')).toEqual({ found: { gates: ['first'] } });
    checked(run, 'p0', { gates: ['second'] });
    run.recover('rollback_state', { step: { with: { to: 'p0/start' } } });
    expect(told(run, 'p0/a')).toEqual({ found: { gates: ['second'] } });
    const restored = run.restored();
    expect(parametersOf(restored, run.node('p0/a'), 2_000)).toEqual({
      found: { gates: ['second'] },
    });
  });

  it('executes only the phase that was blocked again, and what comes after it', () => {
    const run = begin([{}, { needs: ['p0'] }, { needs: ['p0'] }, { needs: ['p1', 'p2'] }]);
    work(run, 'p0');
    run.complete('p0/gates');
    expect(run.start().toSorted()).toEqual(['p1/next', 'p2/next']);
    for (const phase of ['p1', 'p2']) {
      run.wait(`${phase}/next`, { kind: 'signal', name: `next:${phase}` });
      run.completeWith(`${phase}/next`, {});
    }
    run.start();
    run.complete('p1/a', 'p2/a');
    run.start();
    run.complete('p2/gates');
    checked(run, 'p1', {});
    expect(run.run.status).toBe('failed');
    run.recover('retry_job', { id: 'p1/start', from: 'node' });
    expect(run.statuses()).toMatchObject({ 'p2/gates': 'completed', 'p1/a': 'pending' });
    expect(run.start()).toEqual(['p1/next']);
  });

  it('waits for a signal only where one has not come yet', () => {
    const run = begin([{}]);
    run.start();
    run.wait('p0/next', { kind: 'signal', name: 'next:p0' });
    expect([awaitsSignal(run.run, 'next:p0'), awaitsSignal(run.run, 'next:p1')]).toEqual([
      true,
      false,
    ]);
    run.signal('next:p0');
    expect(awaitsSignal(run.run, 'next:p0')).toBe(false);
  });
});

it('whatever is done to a run of phases, its journal makes the same run again', () => {
  const deed = fc.constantFrom('pass', 'block', 'back', 'again');
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 12 }), fc.boolean(), (deeds, auto) => {
      const run = begin([{}, {}, {}], auto);
      for (const what of deeds) {
        if (run.run.status === 'completed') break;
        if (run.run.phase === 'over') {
          if (what === 'again') run.recover('retry_job', { from: 'failed' });
          else run.recover('rollback_state', { step: { with: {} } });
          continue;
        }
        for (const id of run.start()) {
          if (id.endsWith('/gates') && what === 'block')
            checked(run, id.split('/')[0] ?? '', [what]);
          else run.completeWith(id, { what });
        }
        if (what === 'back' && run.run.phase === 'work') {
          run.recover('rollback_state', { step: { with: { to: 'p0/start' } } });
        }
      }
      const restored = run.restored();
      expect(restored.status).toBe(run.run.status);
      expect([...restored.previous]).toEqual([...run.run.previous]);
      expect([...restored.outputs]).toEqual([...run.run.outputs]);
    }),
    { numRuns: 200 },
  );
});
