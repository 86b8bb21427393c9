/** Each strategy against its formula, written down once more from the table in the documentation. */
import {
  JITTERS,
  type Jitter,
  LIMITS,
  RETRY_STRATEGIES,
  type RetryStrategy,
} from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type BackoffOptions, backoffDelay, policyOfStrategy, STRATEGY_ALIASES } from './index.ts';

type Given = Required<BackoffOptions>;

const FIBONACCI = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89];

/** The delay before the next attempt, before cap and jitter; null for none. */
const FORMULAS: Readonly<Record<RetryStrategy, (given: Given) => number | null>> = {
  none: () => null,
  immediate: () => 0,
  linear_backoff: ({ baseDelayMs, attemptsSoFar: a }) => baseDelayMs * a,
  exponential_backoff: ({ baseDelayMs, multiplier, attemptsSoFar: a }) =>
    baseDelayMs * multiplier ** (a - 1),
  fibonacci_backoff: ({ baseDelayMs, attemptsSoFar: a }) => baseDelayMs * (FIBONACCI[a - 1] ?? 0),
  custom_backoff: ({ delaysMs, attemptsSoFar: a }) => delaysMs[a - 1] ?? delaysMs.at(-1) ?? 0,
  circuit_breaker: ({ baseDelayMs, multiplier, attemptsSoFar: a }) =>
    baseDelayMs * multiplier ** (a - 1),
};

/** Least and most of a delay that is capped already. */
const BOUNDS: Readonly<Record<Jitter, (delay: number, given: Given) => [number, number]>> = {
  none: (delay) => [delay, delay],
  proportional: (delay, { jitterRange }) => [delay * (1 - jitterRange), delay * (1 + jitterRange)],
  full: (delay) => [0, delay],
  equal: (delay) => [delay / 2, delay],
  decorrelated: (_delay, given) => {
    const first =
      given.strategy === 'custom_backoff' ? (given.delaysMs[0] ?? 0) : given.baseDelayMs;
    const base = Math.min(first, capOf(given));
    return [base, 3 * Math.min(Math.max(base, given.previousDelayMs), capOf(given))];
  },
};

const capOf = ({ maxDelayMs }: Given) => Math.min(maxDelayMs, LIMITS.retryDelayMs);

function expected(given: Given): readonly [least: number, most: number] | null {
  const plain = FORMULAS[given.strategy](given);
  if (plain === null) return null;
  if (given.strategy === 'immediate') return [0, 0];
  const cap = capOf(given);
  const [least, most] = BOUNDS[given.jitter](Math.min(plain, cap), given);
  return [Math.min(least, cap), Math.min(most, cap)];
}

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const options = fc.record({
  attemptsSoFar: fc.integer({ min: 1, max: LIMITS.maxAttempts }),
  baseDelayMs: fc.oneof(fc.constant(0), fc.nat(LIMITS.retryDelayMs)),
  multiplier: fc.double({ min: 1, max: 100, noNaN: true }),
  maxDelayMs: fc.oneof(fc.constantFrom(0, LIMITS.retryDelayMs), fc.nat(LIMITS.retryDelayMs)),
  delaysMs: fc.array(fc.nat(LIMITS.retryDelayMs), { minLength: 1, maxLength: LIMITS.maxAttempts }),
  jitterRange: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  previousDelayMs: fc.nat(2 * LIMITS.retryDelayMs),
  random: unit,
});

/** Room for the last bit of a floating-point number. */
const SLACK_MS = 1e-6;

const pairs = RETRY_STRATEGIES.flatMap((strategy) =>
  JITTERS.map((jitter) => [strategy, jitter] as const),
);

describe('the delay', () => {
  it.each(
    pairs,
  )('of %s with %s jitter lies within the bounds of its formula', (strategy, jitter) => {
    fc.assert(
      fc.property(options, (drawn) => {
        const given: Given = { strategy, jitter, ...drawn };
        const bounds = expected(given);
        const delay = backoffDelay(given);
        if (bounds === null || delay === null) {
          expect([bounds, delay]).toEqual([null, null]);
          return;
        }
        expect(delay).toBeGreaterThanOrEqual(bounds[0] - SLACK_MS);
        expect(delay).toBeLessThanOrEqual(bounds[1] + SLACK_MS);
        expect(delay).toBeLessThanOrEqual(capOf(given));
      }),
      { numRuns: 300 },
    );
  });

  it.each(pairs)('of %s with %s jitter reaches both of its bounds', (strategy, jitter) => {
    fc.assert(
      fc.property(options, (drawn) => {
        const given: Given = { strategy, jitter, ...drawn };
        const bounds = expected(given);
        if (bounds === null) return;
        expect(backoffDelay({ ...given, random: 0 })).toBeCloseTo(bounds[0], 4);
        expect(backoffDelay({ ...given, random: 1 })).toBeCloseTo(bounds[1], 4);
      }),
      { numRuns: 100 },
    );
  });

  it.each(pairs)('of %s with %s jitter only grows with what is drawn', (strategy, jitter) => {
    fc.assert(
      fc.property(options, unit, (drawn, other) => {
        const given: Given = { strategy, jitter, ...drawn };
        const low = backoffDelay({ ...given, random: Math.min(given.random, other) });
        const high = backoffDelay({ ...given, random: Math.max(given.random, other) });
        expect(high ?? 0).toBeGreaterThanOrEqual((low ?? 0) - SLACK_MS);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the caps', () => {
  const strategies = RETRY_STRATEGIES.filter((name) => name !== 'none' && name !== 'immediate');

  it.each(
    strategies,
  )('of %s hold before the jitter, which spreads the cap and not what it cut', (strategy) => {
    const delay = (random: number) =>
      backoffDelay({
        ...{ strategy, attemptsSoFar: 11, baseDelayMs: 50_000, delaysMs: [50_000], random },
        ...{ maxDelayMs: 10_000, jitter: 'proportional', jitterRange: 0.5 },
      });
    expect(delay(0)).toBe(5_000);
    expect(delay(0.5)).toBe(10_000);
  });

  it.each(strategies)('of %s hold after the jitter', (strategy) => {
    for (const jitter of JITTERS) {
      const delay = backoffDelay({
        ...{ strategy, attemptsSoFar: 11, baseDelayMs: 50_000, delaysMs: [50_000], random: 1 },
        ...{ maxDelayMs: 10_000, jitter, jitterRange: 1, previousDelayMs: 50_000 },
      });
      expect(delay).toBe(10_000);
    }
  });

  it('of the deployment is above every policy', () => {
    for (const jitter of JITTERS) {
      const delay = backoffDelay({
        ...{ strategy: 'linear_backoff', attemptsSoFar: 11, baseDelayMs: 300_000, random: 1 },
        ...{ maxDelayMs: Number.MAX_SAFE_INTEGER, jitter, previousDelayMs: 300_000 },
      });
      expect(delay).toBe(LIMITS.retryDelayMs);
    }
  });
});

describe('any number of attempts', () => {
  it.each(pairs)('leaves %s with %s jitter a delay within its cap', (strategy, jitter) => {
    const attempts = fc.oneof(fc.constant(Number.MAX_SAFE_INTEGER), fc.nat(1e6), fc.nat());
    fc.assert(
      fc.property(attempts, options, (attemptsSoFar, drawn) => {
        const delay = backoffDelay({ strategy, jitter, ...drawn, attemptsSoFar });
        if (strategy === 'none') expect(delay).toBeNull();
        else expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay ?? 0).toBeLessThanOrEqual(drawn.maxDelayMs);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a base of zero', () => {
  const based = RETRY_STRATEGIES.filter((name) => name !== 'none' && name !== 'custom_backoff');

  it.each(
    based,
  )('is no delay under %s, but what decorrelated jitter makes of the one before', (strategy) => {
    fc.assert(
      fc.property(options, fc.constantFrom(...JITTERS), (drawn, jitter) => {
        const given = { ...drawn, strategy, jitter, baseDelayMs: 0 };
        const most = jitter === 'decorrelated' && strategy !== 'immediate' ? capOf(given) : 0;
        expect(backoffDelay(given)).toBeLessThanOrEqual(most);
        expect(backoffDelay({ ...given, previousDelayMs: 0 })).toBe(0);
      }),
    );
  });
});

describe("a task's name of a strategy", () => {
  const delays = (name: (typeof STRATEGY_ALIASES)[number], random: number) => {
    const { strategy = 'none', jitter = 'none', backoff_multiplier } = policyOfStrategy(name);
    return [1, 2, 3, 4, 5].map((attemptsSoFar) =>
      backoffDelay({
        ...{ strategy, jitter, attemptsSoFar, random },
        ...(backoff_multiplier !== undefined && { multiplier: backoff_multiplier }),
      }),
    );
  };

  test.each([
    ['exponential_jitter', [0, 0, 0, 0, 0], [1_000, 2_000, 4_000, 8_000, 16_000]],
    ['linear', [1_000, 2_000, 3_000, 4_000, 5_000], [1_000, 2_000, 3_000, 4_000, 5_000]],
    ['fixed', [1_000, 1_000, 1_000, 1_000, 1_000], [1_000, 1_000, 1_000, 1_000, 1_000]],
  ] as const)('%s waits from %j to %j', (name, least, most) => {
    expect(delays(name, 0)).toEqual(least);
    expect(delays(name, 1)).toEqual(most);
  });

  it('is one of three besides the seven', () => {
    expect(STRATEGY_ALIASES).toEqual(['exponential_jitter', 'linear', 'fixed']);
  });
});
