import { BULK_ACTIONS, RUN_STATUSES, RUN_TRANSITIONS } from '@tenuto/contract';
import type { RunSummary } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { expectationOf } from './bulk-run.ts';

const OVER = new Set(['completed', 'failed', 'timeout', 'cancelled', 'aborted']);
const STARTED = new Set(['running', 'retrying', 'recovering', ...OVER]);

function run(over: Partial<RunSummary> = {}): RunSummary {
  const status = over.status ?? 'running';
  const more = { over: OVER.has(status), started: STARTED.has(status) };
  return { runId: 'r', name: 'a run', version: 1, told: [], status, ...more, ...over };
}

describe('what a bulk request would do', () => {
  it.each(
    RUN_STATUSES.flatMap((status) => BULK_ACTIONS.map((action) => ({ status, action }))),
  )('to a run that is $status by $action is something that the states allow', (one) => {
    const { status, action } = one;
    const { outcome, detail } = expectationOf(action, run({ status }));
    const next = RUN_TRANSITIONS[status];
    const does = outcome === 'changed' || outcome === 'asked';
    if (does && action === 'cancel') {
      expect([...next]).toContain(OVER.has(status) ? 'aborted' : 'cancelled');
    }
    if (does && action === 'retry') expect(next).toContain('retrying');
    if (does && action === 'pause') expect(next).toContain('paused');
    if (does && action === 'resume') expect(status).toBe('paused');
    if (outcome === 'refused') expect(detail).toContain(status);
    expect(outcome).not.toBe('failed');
  });

  it('to a run that has not started is done at once; an owner has to be asked', () => {
    expect(expectationOf('pause', run({ status: 'queued' })).outcome).toBe('changed');
    expect(expectationOf('pause', run()).outcome).toBe('asked');
    expect(expectationOf('resume', run({ status: 'paused', started: false })).outcome).toBe(
      'changed',
    );
    expect(expectationOf('resume', run({ status: 'paused', started: true })).outcome).toBe('asked');
  });

  it.each([
    ['cancel', run({ told: ['cancel'] })],
    ['cancel', run({ status: 'cancelled' })],
    ['cancel', run({ status: 'aborted' })],
    ['pause', run({ told: ['pause'] })],
    ['pause', run({ status: 'paused' })],
    ['resume', run({ status: 'paused', told: ['resume'] })],
    ['resume', run()],
  ] as const)('%s, to a run that is so already, is nothing', (action, one) => {
    expect(expectationOf(action, one).outcome).toBe('unchanged');
  });

  it('to the priority of a run ends with its start', () => {
    expect(expectationOf('reprioritise', run({ status: 'queued' })).outcome).toBe('changed');
    expect(expectationOf('reprioritise', run()).outcome).toBe('refused');
    expect(expectationOf('reprioritise', run({ status: 'failed' })).outcome).toBe('refused');
  });
});
