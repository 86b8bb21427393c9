import { type RunDetail, type RunPhase, RunSchema, runPhaseExample } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../terminal/palette.ts';
import { runLines } from './phase-lines.ts';

const [example] = Reflect.get(RunSchema, 'examples') as RunDetail[];
const phase = (changes: Partial<RunPhase> = {}): RunPhase => ({ ...runPhaseExample, ...changes });
const run = (phases: readonly RunPhase[], changes: Partial<RunDetail> = {}): RunDetail => {
  if (example === undefined) throw new Error('there is no example');
  const none = { waiting_for: null, error: null };
  return {
    ...example,
    ...none,
    ...{ profile: 'p', status: 'running' },
    phases: [...phases],
    ...changes,
  };
};
const open = { gates: { ...runPhaseExample.gates, failed: [], governance_score: null } };
const after = { started_at: null, completed_at: null, duration_seconds: null, artifacts_count: 0 };

describe('the phases of a run', () => {
  it('stand under each other as the steps that they are, with what there is to do', () => {
    const ready = phase({ ...open, ...after, phase: 'b', name: 'Building', status: 'ready' });
    const later = phase({ ...open, ...after, phase: 'c', name: 'Checks', status: 'pending' });
    const lines = runLines(run([phase(), ready, later]), PLAIN);
    expect(lines.slice(2)).toEqual([
      '  ✓ Planning  completed  1 min 12 s, 2 artifacts, 2/3 gates (67%)',
      '  │   ! risks_named: artifacts/planning/prd.md does not match "(?i)risk".',
      '  ○ Building  waits for next',
      '  ○ Checks    pending',
      `Go on: tenuto run next ${example?.run_id}`,
    ]);
  });

  it('say of a run that has completed where its files and its costs are', () => {
    const short = phase({ artifacts_count: 1, duration_seconds: 0.047 });
    const lines = runLines(run([short], { status: 'completed' }), PLAIN);
    expect(lines[2]).toContain('completed  47 ms, 1 artifact, 2/3 gates');
    expect(lines.slice(-2)).toEqual([
      `Its files: tenuto artifacts list ${example?.run_id}`,
      `What it cost: tenuto run metrics ${example?.run_id}`,
    ]);
  });

  it('say what has failed, and that a blocked one is executed again', () => {
    const failed = [
      { id: 'g', type: 'command', severity: 'error', message: 'It ended with 1.' },
    ] as const;
    const gates = { ...runPhaseExample.gates, failed: [...failed] };
    const error = { type: 'gate_blocked', message: 'A gate blocks.' };
    const lines = runLines(
      run([phase({ status: 'failed', gates, error })], { status: 'failed' }),
      PLAIN,
    );
    expect(lines).toContain('      ✗ g: It ended with 1.');
    expect(lines.join('\n')).not.toContain('A gate blocks.');
    expect(lines.at(-1)).toContain('Execute it again');
    const broken = { type: 'exit_code', message: 'It broke.\u001b[2J' };
    const other = runLines(run([phase({ ...open, status: 'failed', error: broken })]), PLAIN);
    expect(other.join('\n')).toContain('It broke.');
    expect(other.join('\n')).not.toContain('\u001b[2J');
  });
});
