import { TEST_STATUSES } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flakeScore } from './flake-score.ts';
import {
  figuresOf,
  type NewResult,
  NO_STATS,
  TEST_WINDOW,
  type TestStats,
  withResult,
} from './test-stats.ts';

function result(over: Partial<NewResult> = {}): NewResult {
  return { status: 'passed', flaky: false, commit: 0, durationMs: 10, ...over };
}

/** Stats after results, oldest first. */
function after(results: readonly NewResult[]): TestStats {
  return results.reduce(withResult, NO_STATS);
}

describe('what is kept of a test', () => {
  it('tells a flaky pass from a clean one', () => {
    const stats = after([result(), result({ flaky: true }), result({ status: 'failed' })]);
    expect(stats).toMatchObject({ runs: 3, cleanPasses: 1, flakyPasses: 1, failures: 1 });
  });

  it('counts a failure once, also when the report has reruns of it', () => {
    expect(after([result({ status: 'failed', flaky: true })])).toMatchObject({
      ...{ runs: 1, failures: 1, flakyPasses: 0 },
    });
  });

  it('has figures of the last results only', () => {
    const old = Array.from({ length: 30 }, () => result({ status: 'error', durationMs: 9_000 }));
    const recent = Array.from({ length: TEST_WINDOW }, (_, i) => result({ durationMs: i + 1 }));
    const stats = after([...old, ...recent]);
    expect(stats.runs).toBe(80);
    expect(figuresOf(stats)).toEqual({ passRate: 1, flakeScore: 0, p50Ms: 25, p95Ms: 48 });
  });

  it('has no share and no durations when every result was skipped', () => {
    const stats = after([result({ status: 'skipped' }), result({ status: 'skipped' })]);
    expect(stats).toMatchObject({ runs: 2, skips: 2, window: [] });
    expect(figuresOf(stats)).toEqual({
      ...{ passRate: undefined, flakeScore: 0, p50Ms: undefined, p95Ms: undefined },
    });
  });

  it('takes durations that were measured, not some between them', () => {
    const stats = after([result({ durationMs: 10 }), result({ durationMs: 1_000 })]);
    expect(figuresOf(stats)).toMatchObject({ p50Ms: 10, p95Ms: 1_000 });
  });

  it('equals what the whole list of results would give', () => {
    const results = fc.array(
      fc.record({
        status: fc.constantFrom(...TEST_STATUSES),
        flaky: fc.boolean(),
        commit: fc.integer({ min: 0, max: 3 }),
        durationMs: fc.integer({ min: 0, max: 10_000 }),
      }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(results, (all) => {
        const stats = after(all);
        const ran = all.filter(({ status }) => status !== 'skipped').toReversed();
        const last = ran.slice(0, TEST_WINDOW);
        expect(stats.window).toEqual(last);
        const { runs, cleanPasses, flakyPasses, failures, errors, skips } = stats;
        expect(runs).toBe(all.length);
        expect(cleanPasses + flakyPasses + failures + errors + skips).toBe(all.length);
        const figures = figuresOf(stats);
        const passed = last.filter(({ status }) => status === 'passed').length;
        expect(figures.passRate).toBe(last.length === 0 ? undefined : passed / last.length);
        expect(figures.flakeScore).toBe(flakeScore(stats.window));
        const below = (limit: number | undefined) =>
          last.filter(({ durationMs }) => durationMs <= (limit ?? -1)).length;
        expect(below(figures.p50Ms)).toBeGreaterThanOrEqual(last.length * 0.5);
        expect(below(figures.p95Ms)).toBeGreaterThanOrEqual(last.length * 0.95);
      }),
    );
  });
});
