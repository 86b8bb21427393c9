import type { InlineRetryPolicy } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { attemptsOf, attemptTimes, delayBands } from './retry-delays.ts';

const plain = (policy: InlineRetryPolicy) =>
  delayBands({ jitter: 'none', ...policy }).map(({ most }) => most);

describe('the delays of a policy', () => {
  it.each([
    [{ strategy: 'none' }, []],
    [{ strategy: 'immediate', max_attempts: 3 }, [0, 0]],
    [{ strategy: 'linear_backoff', base_delay_ms: 500 }, [500, 1_000, 1_500]],
    [{ strategy: 'exponential_backoff', max_retries: 4 }, [1_000, 2_000, 4_000, 8_000]],
    [{ strategy: 'fibonacci_backoff', max_attempts: 6 }, [1_000, 1_000, 2_000, 3_000, 5_000]],
    [{ strategy: 'custom_backoff', delays_ms: [100, 200], max_attempts: 5 }, [100, 200, 200, 200]],
    [{ strategy: 'circuit_breaker', backoff_multiplier: 3 }, [1_000, 3_000, 9_000]],
    [{}, [1_000, 2_000, 4_000]],
  ] as const)('of %j are those of the engine', (policy, delays) => {
    expect(plain(structuredClone(policy) as InlineRetryPolicy)).toEqual(delays);
  });

  it('are never longer than the longest, nor than five minutes', () => {
    const policy = { max_attempts: 11, base_delay_ms: 100_000 };
    expect(Math.max(...plain({ ...policy, max_delay_ms: 150_000 }))).toBe(150_000);
    expect(Math.max(...plain({ ...policy, max_delay_ms: 900_000 }))).toBe(300_000);
  });

  it.each([
    ['proportional', [800, 1_200]],
    ['full', [0, 1_000]],
    ['equal', [500, 1_000]],
    ['decorrelated', [1_000, 3_000]],
    ['none', [1_000, 1_000]],
  ] as const)('spread by %s jitter', (jitter, [least, most]) => {
    const [band] = delayBands({ jitter, jitter_range: 0.2, max_attempts: 2 });
    expect(band).toEqual({ attempt: 2, least, most });
  });

  it('grow with the one before where jitter is decorrelated', () => {
    const bands = delayBands({ jitter: 'decorrelated', max_attempts: 4 });
    expect(bands.map(({ most }) => most)).toEqual([3_000, 9_000, 27_000]);
    expect(bands.map(({ least }) => least)).toEqual([1_000, 1_000, 1_000]);
  });
});

it('counts attempts by either name', () => {
  expect(attemptsOf({})).toBe(4);
  expect(attemptsOf({ max_retries: 0 })).toBe(1);
  expect(attemptsOf({ max_attempts: 7 })).toBe(7);
});

it('adds waits up to when each attempt begins', () => {
  const times = attemptTimes(delayBands({ jitter: 'full', max_attempts: 3 }));
  expect(times).toEqual([
    { attempt: 2, least: 0, most: 1_000 },
    { attempt: 3, least: 0, most: 3_000 },
  ]);
});
