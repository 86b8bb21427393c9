import { RETRY_STRATEGIES } from '@tenuto/contract';
import { describe, expect, it, test } from 'vitest';
import {
  DEFAULT_RETRY_POLICY,
  policyOfStrategy,
  type RetryPolicy,
  resolveRetryPolicy,
  STRATEGY_ALIASES,
} from './index.ts';

describe('a resolved policy', () => {
  it('is the default when nothing is written', () => {
    expect(resolveRetryPolicy()).toEqual(DEFAULT_RETRY_POLICY);
    expect(resolveRetryPolicy({})).toEqual({
      strategy: 'exponential_backoff',
      max_attempts: 4,
      base_delay_ms: 1000,
      backoff_multiplier: 2,
      max_delay_ms: 60_000,
      delays_ms: [],
      jitter: 'proportional',
      jitter_range: 0.1,
      retryable_error_types: [],
      non_retryable_error_types: [],
      failure_threshold: 5,
      success_threshold: 3,
      circuit_timeout_ms: 30_000,
      window_ms: 60_000,
      minimum_calls: 10,
    });
  });

  it('has what is written in place of the defaults', () => {
    const job: RetryPolicy = { ...DEFAULT_RETRY_POLICY, strategy: 'immediate', base_delay_ms: 5 };
    expect(resolveRetryPolicy({ jitter: 'full' }, undefined, job)).toEqual({
      ...job,
      jitter: 'full',
    });
    expect(resolveRetryPolicy({ strategy: 'none' }, undefined, job).base_delay_ms).toBe(5);
  });

  const three: RetryPolicy = { ...DEFAULT_RETRY_POLICY, max_attempts: 3 };
  test.each<[object, number | undefined, RetryPolicy | undefined, number]>([
    [{}, undefined, undefined, 4],
    [{}, 0, undefined, 1],
    [{}, 10, undefined, 11],
    [{}, undefined, three, 3],
    [{}, 5, three, 6],
    [{ max_retries: 2 }, undefined, undefined, 3],
    [{ max_retries: 2 }, 7, three, 3],
    [{ max_attempts: 2 }, 7, three, 2],
    [{ max_attempts: 2, max_retries: 9 }, undefined, undefined, 2],
    [{}, 99, undefined, 11],
    [{}, -5, undefined, 1],
    [{ max_attempts: 0 }, undefined, undefined, 1],
  ])('of %j with max_retries %j makes %#: the attempts that the nearest says', (inline, retries, defaults, attempts) => {
    expect(resolveRetryPolicy(inline, retries, defaults).max_attempts).toBe(attempts);
  });

  it('does not keep max_retries, which says the same as max_attempts', () => {
    expect(resolveRetryPolicy({ max_retries: 2 })).not.toHaveProperty('max_retries');
  });
});

describe("a task's name of a strategy", () => {
  it('is one of the seven, as it is', () => {
    for (const strategy of RETRY_STRATEGIES)
      expect(policyOfStrategy(strategy)).toEqual({ strategy });
  });

  it('or one of three more that map on to them', () => {
    expect(STRATEGY_ALIASES.map((name) => policyOfStrategy(name))).toEqual([
      { strategy: 'exponential_backoff', jitter: 'full' },
      { strategy: 'linear_backoff' },
      { strategy: 'exponential_backoff', backoff_multiplier: 1 },
    ]);
  });
});
