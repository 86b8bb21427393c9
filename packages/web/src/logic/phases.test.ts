import type { RunPhase } from '@tenuto/contract';
import { runPhaseExample } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { bytes, nextLimit, score, spentShare, toExecute, usd, waitsForMoney } from './phases.ts';

const phase = (id: string, change: Partial<RunPhase> = {}): RunPhase => ({
  ...runPhaseExample,
  ...{ phase: id, name: id, error: null },
  ...change,
});
const blocked = { type: 'gate_blocked', message: 'Two gates block.' };

describe('what next would execute', () => {
  it('is every phase that is ready', () => {
    const phases = [phase('a'), phase('b', { status: 'ready' }), phase('c', { status: 'ready' })];
    const next = toExecute({ status: 'running', phases });
    expect(next?.phases.map(({ phase: id }) => id)).toEqual(['b', 'c']);
    expect(next?.isAgain).toBe(false);
  });
  it('is nothing while a phase goes on, or the run is paused', () => {
    const phases = [phase('a', { status: 'running' }), phase('b', { status: 'ready' })];
    expect(toExecute({ status: 'running', phases })).toBeUndefined();
    expect(toExecute({ status: 'paused', phases: phases.slice(1) })).toBeUndefined();
  });
  it('is what a gate has blocked, again, but not what has failed otherwise', () => {
    const failed = phase('a', { status: 'failed', error: blocked });
    expect(toExecute({ status: 'failed', phases: [failed] })?.isAgain).toBe(true);
    const broken = phase('a', { status: 'failed', error: { type: 'http_403', message: '' } });
    expect(toExecute({ status: 'failed', phases: [broken] })).toBeUndefined();
  });
});

it('knows a wait for money from another failure', () => {
  const error = { message: '', classification: 'resource_exhausted' } as const;
  expect(waitsForMoney({ error: { ...error, type: 'budget_exhausted' } })).toBe(true);
  expect(waitsForMoney({ error: { ...error, type: 'http_403' } })).toBe(false);
  expect(waitsForMoney({ error: null })).toBe(false);
});

describe('amounts', () => {
  it.each([
    [{ limit_usd: 1, spent_usd: 0.8 }, 1.5],
    [{ limit_usd: 5, spent_usd: 4.2 }, 7.5],
    [{ limit_usd: 0.0003, spent_usd: 0 }, 0.00045],
    [{ limit_usd: null, spent_usd: 0 }, 1],
  ])('offer a limit that is higher: %j', (budget, limit) => {
    expect(nextLimit(budget)).toBe(limit);
  });
  it('have the digits that they need', () => {
    expect([0, 12.345, 0.05, 0.0081, 0.000003].map(usd)).toEqual([
      ...['$0', '$12.35', '$0.05', '$0.0081', '$0.000003'],
    ]);
  });
  it('are a share of a limit, where there is one', () => {
    expect(spentShare({ limit_usd: 4, spent_usd: 1 })).toBe(0.25);
    expect(spentShare({ limit_usd: null, spent_usd: 1 })).toBeUndefined();
  });
});

it('says sizes and scores as people read them', () => {
  expect([12, 1_500, 2_500_000, 3e9].map(bytes)).toEqual(['12 B', '1.5 kB', '2.5 MB', '3.0 GB']);
  expect([1, 0.99999, 0.75, null].map(score)).toEqual(['100%', '99.9%', '75%', '–']);
});
