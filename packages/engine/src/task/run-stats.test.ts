import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunTally } from '../ports/tally-store.ts';
import { bucketOf, durationIn, statsOf } from './run-stats.ts';

const tally = (over: Partial<RunTally>): RunTally => ({
  ...{ day: '2026-01-15', kind: 'task', status: 'completed', bucket: 0, runs: 1, durationMs: 0 },
  lastAt: 1_000,
  ...over,
});

describe('a bucket', () => {
  it('tells a duration to a ninth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 86_400_000 }), (ms) => {
        const told = durationIn(bucketOf(ms));
        expect(Math.abs(told - ms) / ms).toBeLessThan(1 / 9);
      }),
    );
  });
});

describe('what runs come to', () => {
  it('is nothing without any', () => {
    expect(statsOf([])).toMatchObject({ runs: 0, successRate: null, p50Ms: null, lastAt: null });
  });

  it('leaves cancelled runs out of the rates, and what was taken back out of everything', () => {
    const stats = statsOf([
      tally({ runs: 3, durationMs: 300 }),
      tally({ status: 'failed', runs: 2, lastAt: 3_000, durationMs: 40 }),
      tally({ status: 'failed', runs: -1, lastAt: 3_000, durationMs: -20 }),
      tally({ status: 'cancelled', bucket: -1 }),
    ]);
    expect(stats).toMatchObject({
      ...{ runs: 5, completed: 3, failed: 1, cancelled: 1, successRate: 0.75, failureRate: 0.25 },
      ...{ averageMs: 80, lastAt: 3_000, lastSuccessAt: 1_000, lastFailureAt: 3_000 },
      days: [{ day: '2026-01-15', runs: 5, completed: 3, failed: 1 }],
    });
  });

  it('has quantiles that lie where durations do', () => {
    const durations = fc.array(fc.integer({ min: 1, max: 100_000 }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(durations, (list) => {
        const sorted = list.toSorted((a, b) => a - b);
        const { p50Ms, p95Ms } = statsOf(list.map((ms) => tally({ bucket: bucketOf(ms) })));
        const at = (share: number) => sorted[Math.ceil(list.length * share) - 1] ?? 0;
        expect(bucketOf(p50Ms ?? 0)).toBe(bucketOf(at(0.5)));
        expect(bucketOf(p95Ms ?? 0)).toBe(bucketOf(at(0.95)));
      }),
    );
  });
});
