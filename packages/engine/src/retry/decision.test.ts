import { CLASSIFICATIONS, LIMITS, RETRY_STRATEGIES } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  DEFAULT_RETRY_POLICY,
  decideRetry,
  type FailedAttempt,
  type RetryPolicy,
  resolveRetryPolicy,
} from './index.ts';

const AT = 1_700_000_000_000;
const FAILURE: FailedAttempt = { classification: 'transient', type: 'http_status', attempts: 1 };
const DAY_MS = 24 * 3_600_000;

/** Milliseconds until the next attempt without jitter, null for none. */
function wait(policy: Partial<RetryPolicy>, failure: Partial<FailedAttempt> = {}): number | null {
  const full: RetryPolicy = { ...DEFAULT_RETRY_POLICY, jitter: 'none', ...policy };
  const decision = decideRetry(full, { ...FAILURE, ...failure }, 0.5, AT);
  return decision === null ? null : decision.retryAt - AT;
}

describe('the number of attempts', () => {
  it('is four by default: three retries with growing delays', () => {
    expect([1, 2, 3, 4, 5].map((attempts) => wait({}, { attempts }))).toEqual([
      1000,
      2000,
      4000,
      null,
      null,
    ]);
  });

  it('of one means no retry at all, lost attempts included', () => {
    expect(wait({ max_attempts: 1 })).toBeNull();
    expect(wait({ max_attempts: 1 }, { classification: 'infrastructure' })).toBeNull();
  });

  it('may be eleven', () => {
    expect(wait({ max_attempts: 11 }, { attempts: 10 })).toBe(60_000);
    expect(wait({ max_attempts: 11 }, { attempts: 11 })).toBeNull();
  });
});

describe('the classification', () => {
  test.each([
    ['transient', 1000],
    ['rate_limited', 1000],
    ['timeout', 1000],
    ['infrastructure', 0],
    ['resource_exhausted', 1000],
    ['validation', null],
    ['permanent', null],
    ['unknown', 1000],
  ] as const)('%s is retried after %j ms', (classification, expected) => {
    expect(wait({}, { classification })).toBe(expected);
  });

  it('validation and permanent are not retried even when the policy lists them', () => {
    for (const classification of ['validation', 'permanent'] as const) {
      const retryable_error_types = [classification, 'http_status'];
      expect(wait({ retryable_error_types }, { classification })).toBeNull();
    }
  });

  it.each(RETRY_STRATEGIES)('a lost attempt is retried at once under %s', (strategy) => {
    const lost = { classification: 'infrastructure', retryAfterMs: 5_000 } as const;
    expect(wait({ strategy }, lost)).toBe(0);
    expect(wait({ strategy, max_attempts: 2 }, { ...lost, attempts: 2 })).toBeNull();
  });
});

describe('lists of error types', () => {
  test.each<[string[], string[], number | null]>([
    [[], [], 1000],
    [['http_status'], [], 1000],
    [['transient'], [], 1000],
    [['exit_code'], [], null],
    [['timeout', 'exit_code'], [], null],
    [[], ['http_status'], null],
    [[], ['transient'], null],
    [[], ['exit_code'], 1000],
    [['http_status'], ['http_status'], null],
    [['http_status'], ['transient'], null],
    [['transient'], ['http_status'], null],
  ])('retryable %j and not retryable %j: %j', (retryable, not, expected) => {
    const lists = { retryable_error_types: retryable, non_retryable_error_types: not };
    expect(wait(lists)).toBe(expected);
  });

  it('a lost attempt says nothing about the work: only an express refusal counts', () => {
    const lost = { classification: 'infrastructure', type: 'lease_expired' } as const;
    expect(wait({ retryable_error_types: ['timeout'] }, lost)).toBe(0);
    expect(wait({ non_retryable_error_types: ['infrastructure'] }, lost)).toBeNull();
    expect(wait({ non_retryable_error_types: ['lease_expired'] }, lost)).toBeNull();
  });
});

describe('Retry-After', () => {
  test.each<[Partial<RetryPolicy>, number, number | null]>([
    [{}, 5_000, 5_000],
    [{}, 500, 1_000],
    [{ strategy: 'immediate' }, 5_000, 5_000],
    [{ strategy: 'none' }, 5_000, null],
    [{ max_delay_ms: 2_000 }, 90_000, 90_000],
    [{}, LIMITS.retryDelayMs * 2, LIMITS.retryDelayMs * 2],
    [{}, DAY_MS * 30, DAY_MS],
    [{}, Number.POSITIVE_INFINITY, DAY_MS],
    [{}, -1, 1_000],
    [{}, Number.NaN, 1_000],
    [{}, 1_500.2, 1_501],
  ])('with %j of %d ms waits %j', (policy, retryAfterMs, expected) => {
    expect(wait(policy, { classification: 'rate_limited', retryAfterMs })).toBe(expected);
  });
});

describe('any decision', () => {
  const failures = fc.record(
    {
      classification: fc.constantFrom(...CLASSIFICATIONS),
      type: fc.constantFrom('http_status', 'exit_code'),
      attempts: fc.integer({ min: 1, max: 12 }),
      retryAfterMs: fc.nat(DAY_MS * 2),
      previousDelayMs: fc.nat(60_000),
    },
    { requiredKeys: ['classification', 'type', 'attempts'] },
  );
  const policies = fc
    .record(
      {
        strategy: fc.constantFrom(...RETRY_STRATEGIES),
        max_attempts: fc.integer({ min: 1, max: 11 }),
        base_delay_ms: fc.nat(LIMITS.retryDelayMs),
        delays_ms: fc.array(fc.nat(LIMITS.retryDelayMs), { minLength: 1, maxLength: 11 }),
        jitter: fc.constantFrom('none', 'proportional', 'full', 'equal', 'decorrelated'),
        retryable_error_types: fc.subarray([...CLASSIFICATIONS, 'exit_code']),
        non_retryable_error_types: fc.subarray([...CLASSIFICATIONS, 'http_status']),
      },
      { requiredKeys: [] },
    )
    .map((inline) => resolveRetryPolicy(inline as Partial<RetryPolicy> as object));
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('is a whole millisecond, never in the past and never more than a day ahead', () => {
    fc.assert(
      fc.property(policies, failures, random, (policy, failure, drawn) => {
        const decision = decideRetry(policy, failure, drawn, AT);
        if (decision === null) return;
        expect(Number.isSafeInteger(decision.retryAt)).toBe(true);
        expect(decision.retryAt).toBeGreaterThanOrEqual(AT);
        expect(decision.retryAt).toBeLessThanOrEqual(AT + DAY_MS);
        expect(failure.attempts).toBeLessThan(policy.max_attempts);
        expect(policy.non_retryable_error_types).not.toContain(failure.type);
        expect(policy.non_retryable_error_types).not.toContain(failure.classification);
        expect(['validation', 'permanent']).not.toContain(failure.classification);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same for the same random number', () => {
    fc.assert(
      fc.property(policies, failures, random, (policy, failure, drawn) => {
        const decide = () => decideRetry(policy, failure, drawn, AT);
        expect(decide()).toEqual(decide());
      }),
    );
  });
});
