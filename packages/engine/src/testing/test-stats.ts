import type { TestStatus } from '@tenuto/contract';
import { flakeScore, type ScoredResult } from './flake-score.ts';

/** Results that shares, durations and the score are taken over. */
export const TEST_WINDOW = 50;

export interface WindowResult extends ScoredResult {
  readonly durationMs: number;
}

/** What is kept of a test from result to result. */
export interface TestStats {
  /** Results ever, those of skipped runs too; the sum of those below. */
  readonly runs: number;
  readonly cleanPasses: number;
  readonly flakyPasses: number;
  readonly failures: number;
  readonly errors: number;
  readonly skips: number;
  /** The last results that were not skipped, newest first. */
  readonly window: readonly WindowResult[];
}

export const NO_STATS: TestStats = {
  runs: 0,
  cleanPasses: 0,
  flakyPasses: 0,
  failures: 0,
  errors: 0,
  skips: 0,
  window: [],
};

/** A result as it comes in. */
export interface NewResult {
  readonly status: TestStatus;
  readonly flaky: boolean;
  readonly commit: number;
  readonly durationMs: number;
}

/** The stats with one more result. */
export function withResult(stats: TestStats, result: NewResult): TestStats {
  const { status, flaky, commit, durationMs } = result;
  const counter = counterOf(result);
  const counted = { ...stats, runs: stats.runs + 1, [counter]: stats[counter] + 1 };
  if (status === 'skipped') return counted;
  const window = [{ status, flaky, commit, durationMs }, ...stats.window].slice(0, TEST_WINDOW);
  return { ...counted, window };
}

function counterOf({ status, flaky }: NewResult) {
  switch (status) {
    case 'passed':
      return flaky ? 'flakyPasses' : 'cleanPasses';
    case 'failed':
      return 'failures';
    case 'error':
      return 'errors';
    case 'skipped':
      return 'skips';
  }
}

/** What a list of tests shows and sorts by. */
export interface TestFigures {
  /** Of the window; undefined when every result was skipped. */
  readonly passRate: number | undefined;
  readonly flakeScore: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

export function figuresOf({ window }: TestStats): TestFigures {
  const passed = window.filter(({ status }) => status === 'passed').length;
  const durations = window.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return {
    passRate: window.length === 0 ? undefined : passed / window.length,
    flakeScore: flakeScore(window),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
  };
}

/** By nearest rank: always one that was measured. */
function percentile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}
