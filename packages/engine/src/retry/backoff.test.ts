import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JITTERS, LIMITS, RETRY_STRATEGIES } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type BackoffOptions, backoffDelay } from './index.ts';

type Sequence = Omit<BackoffOptions, 'attemptsSoFar' | 'random'>;

/** The first delays of a policy without jitter. */
function delays(options: Sequence, count: number): (number | null)[] {
  return Array.from({ length: count }, (_, i) =>
    backoffDelay({ jitter: 'none', ...options, attemptsSoFar: i + 1, random: 0.5 }),
  );
}

describe('a strategy', () => {
  test.each<[Sequence, (number | null)[]]>([
    [{ strategy: 'none' }, [null, null, null]],
    [{ strategy: 'immediate' }, [0, 0, 0]],
    [{ strategy: 'linear_backoff' }, [1000, 2000, 3000, 4000]],
    [{ strategy: 'linear_backoff', baseDelayMs: 25_000 }, [25_000, 50_000, 60_000, 60_000]],
    [{ strategy: 'exponential_backoff' }, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]],
    [{ strategy: 'exponential_backoff', multiplier: 3 }, [1000, 3000, 9000, 27_000, 60_000]],
    [{ strategy: 'exponential_backoff', multiplier: 1 }, [1000, 1000, 1000]],
    [{ strategy: 'exponential_backoff', maxDelayMs: 0 }, [0, 0]],
    [{ strategy: 'circuit_breaker' }, [1000, 2000, 4000]],
    [{ strategy: 'fibonacci_backoff' }, [1000, 1000, 2000, 3000, 5000, 8000, 13_000]],
    [{ strategy: 'custom_backoff', delaysMs: [5, 50, 500] }, [5, 50, 500, 500, 500]],
    [{ strategy: 'custom_backoff', delaysMs: [90_000] }, [60_000, 60_000]],
    [{ strategy: 'custom_backoff', delaysMs: [] }, [0, 0]],
    [{ strategy: 'custom_backoff' }, [0, 0]],
  ])('%j waits %j', (options, expected) => {
    expect(delays(options, expected.length)).toEqual(expected);
  });

  it('never waits longer than the limit of all, whatever its cap', () => {
    const options = { strategy: 'exponential_backoff', maxDelayMs: 1e9 } as const;
    expect(delays(options, 12).at(-1)).toBe(LIMITS.retryDelayMs);
  });

  it('stays finite and at its cap however many attempts there were', () => {
    for (const strategy of RETRY_STRATEGIES.filter((s) => s !== 'none')) {
      for (const attemptsSoFar of [100, 1024, 1025, 5001, Number.MAX_SAFE_INTEGER]) {
        const delay = backoffDelay({
          strategy,
          attemptsSoFar,
          delaysMs: [1],
          jitter: 'none',
          random: 0,
        });
        expect(delay).toBe({ immediate: 0, custom_backoff: 1 }[strategy as string] ?? 60_000);
      }
    }
  });

  it('with a base of zero has no delay, however many attempts there were', () => {
    for (const attemptsSoFar of [1, 2, 5000]) {
      for (const strategy of RETRY_STRATEGIES.filter((s) => s !== 'none')) {
        expect(backoffDelay({ strategy, attemptsSoFar, baseDelayMs: 0, random: 0.5 })).toBe(0);
      }
    }
  });

  it('takes what is not a sensible number for no delay', () => {
    for (const baseDelayMs of [Number.NaN, -5]) {
      for (const strategy of ['linear_backoff', 'exponential_backoff'] as const) {
        expect(backoffDelay({ strategy, attemptsSoFar: 1, baseDelayMs, random: 0.5 })).toBe(0);
      }
    }
    const options = { strategy: 'exponential_backoff', attemptsSoFar: 1, random: 0.5 } as const;
    expect(backoffDelay({ ...options, maxDelayMs: Number.NaN })).toBe(0);
    expect(backoffDelay({ ...options, attemptsSoFar: 0, jitter: 'none' })).toBe(1000);
  });
});

describe('jitter', () => {
  const options = { strategy: 'exponential_backoff', attemptsSoFar: 3 } as const;
  test.each<[Partial<BackoffOptions>, number, number]>([
    [{}, 3600, 4400],
    [{ jitter: 'proportional', jitterRange: 0.5 }, 2000, 6000],
    [{ jitter: 'proportional', jitterRange: 0 }, 4000, 4000],
    [{ jitter: 'proportional', jitterRange: 7 }, 0, 8000],
    [{ jitter: 'proportional', jitterRange: -1 }, 4000, 4000],
    [{ jitter: 'full' }, 0, 4000],
    [{ jitter: 'equal' }, 2000, 4000],
    [{ jitter: 'none' }, 4000, 4000],
    [{ jitter: 'decorrelated' }, 1000, 3000],
    [{ jitter: 'decorrelated', previousDelayMs: 5000 }, 1000, 15_000],
    [{ jitter: 'decorrelated', previousDelayMs: 0 }, 1000, 3000],
    [{ jitter: 'decorrelated', previousDelayMs: 50_000 }, 1000, 60_000],
    [{ jitter: 'decorrelated', strategy: 'custom_backoff', delaysMs: [10, 20] }, 10, 30],
    [{ jitter: 'decorrelated', strategy: 'custom_backoff' }, 0, 0],
    [{ jitter: 'proportional', maxDelayMs: 4000 }, 3600, 4000],
  ])('%j spreads a delay from %d to %d', (jitter, least, most) => {
    expect(backoffDelay({ ...options, ...jitter, random: 0 })).toBeCloseTo(least, 6);
    expect(backoffDelay({ ...options, ...jitter, random: 1 })).toBeCloseTo(most, 6);
  });

  it('never leaves its range', () => {
    const anything = fc.record({
      strategy: fc.constantFrom(...RETRY_STRATEGIES),
      attemptsSoFar: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.nat()),
      baseDelayMs: fc.oneof(fc.nat(LIMITS.retryDelayMs), fc.double()),
      multiplier: fc.oneof(fc.double({ min: 1, max: 100, noNaN: true }), fc.double()),
      maxDelayMs: fc.oneof(fc.nat(), fc.double()),
      delaysMs: fc.array(fc.oneof(fc.nat(), fc.double()), { maxLength: 5 }),
      jitter: fc.constantFrom(...JITTERS),
      jitterRange: fc.double(),
      previousDelayMs: fc.oneof(fc.nat(), fc.double()),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(anything, (given) => {
        const delay = backoffDelay(given);
        if (given.strategy === 'none') expect(delay).toBeNull();
        else {
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(LIMITS.retryDelayMs);
          if (given.maxDelayMs >= 0) expect(delay).toBeLessThanOrEqual(given.maxDelayMs);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps decorrelated delays between the base and three times the one before', () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(draws, fc.integer({ min: 1, max: 5000 }), (randoms, baseDelayMs) => {
        let previousDelayMs = baseDelayMs;
        for (const [i, random] of randoms.entries()) {
          const step = { attemptsSoFar: i + 1, baseDelayMs, previousDelayMs, random };
          const delay = backoffDelay({
            strategy: 'exponential_backoff',
            jitter: 'decorrelated',
            ...step,
          });
          expect(delay).toBeGreaterThanOrEqual(baseDelayMs);
          expect(delay).toBeLessThanOrEqual(Math.min(60_000, 3 * previousDelayMs));
          previousDelayMs = delay ?? 0;
        }
      }),
    );
  });

  it('without jitter never shortens from one attempt to the next', () => {
    const strategies = ['linear_backoff', 'exponential_backoff', 'fibonacci_backoff'] as const;
    const base = fc.nat(10_000);
    fc.assert(
      fc.property(fc.constantFrom(...strategies), base, fc.nat(40), (strategy, baseDelayMs, a) => {
        const at = (attemptsSoFar: number) =>
          backoffDelay({ strategy, attemptsSoFar, baseDelayMs, jitter: 'none', random: 0 });
        expect(at(a + 2)).toBeGreaterThanOrEqual(at(a + 1) ?? 0);
      }),
    );
  });
});

interface Vector {
  readonly strategy: string;
  readonly base_ms?: number;
  readonly unit_ms?: number;
  readonly step_ms?: number;
  readonly cap_ms?: number;
  readonly factor?: number;
  readonly expected_ms: readonly number[];
  readonly full_jitter_range?: readonly (readonly [number, number])[];
  readonly equal_jitter_range?: readonly (readonly [number, number])[];
  readonly uniform_draws?: readonly number[];
  readonly attempt_index?: readonly number[];
}

const STRATEGIES: Readonly<Record<string, BackoffOptions['strategy']>> = {
  exponential: 'exponential_backoff',
  'p-retry': 'exponential_backoff',
  fibonacci: 'fibonacci_backoff',
  linear: 'linear_backoff',
  decorrelated: 'exponential_backoff',
};

describe('known sequences', () => {
  const folder = process.env.TENUTO_VECTORS ?? 'vectors';
  const file = join(folder, 'backoff/sequences.json');
  const vectors: Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  // A step that is not the base is no strategy of ours.
  const isOurs = ({ strategy, base_ms, step_ms = base_ms }: Vector) =>
    strategy in STRATEGIES && step_ms === base_ms;
  const ours = vectors.filter(isOurs);
  const skipped = vectors.length - ours.length;

  it.skipIf(vectors.length === 0)(
    `are read (${ours.length}, else all skipped; ${skipped} not ours)`,
    () => {
      expect(ours.length).toBeGreaterThan(0);
    },
  );

  it.each(ours)('$strategy from $base_ms to $cap_ms by $factor', (vector) => {
    const { base_ms, unit_ms, cap_ms = LIMITS.retryDelayMs, factor = 2, strategy } = vector;
    const options = {
      strategy: STRATEGIES[strategy] ?? 'none',
      baseDelayMs: base_ms ?? unit_ms ?? 1000,
      maxDelayMs: cap_ms,
      multiplier: factor,
    };
    let previousDelayMs = options.baseDelayMs;
    for (const [i, expected] of vector.expected_ms.entries()) {
      const attemptsSoFar = (vector.attempt_index?.[i] ?? i) + 1;
      const draw = vector.uniform_draws?.[i];
      const jitter = draw === undefined ? 'none' : 'decorrelated';
      const attempt = { ...options, attemptsSoFar };
      const delay = backoffDelay({ ...attempt, jitter, previousDelayMs, random: draw ?? 0 });
      expect(delay).toBeCloseTo(Math.min(expected, LIMITS.retryDelayMs), 6);
      previousDelayMs = delay ?? 0;
      for (const kind of ['full', 'equal'] as const) {
        const range = vector[`${kind}_jitter_range`]?.[i];
        if (range === undefined) continue;
        expect(backoffDelay({ ...attempt, jitter: kind, random: 0 })).toBeCloseTo(range[0], 6);
        expect(backoffDelay({ ...attempt, jitter: kind, random: 1 })).toBeCloseTo(range[1], 6);
      }
    }
  });
});
