import type { InlineRetryPolicy } from '@tenuto/contract';
import { compilePlan, type StoredPolicy } from '@tenuto/engine';
import { describe, expect, it, test } from 'vitest';
import { jobRetry } from './job-retry.ts';

const defaults = { maxRetries: 3, maxRetryDelayMs: 300_000 };
const stored: StoredPolicy = {
  policyId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  version: 2,
  policy: { strategy: 'linear_backoff', max_attempts: 8, base_delay_ms: 50 },
};
const with_ = (job?: StoredPolicy) => ({
  job,
  policies: new Map(job === undefined ? [] : [[job.policyId, job]]),
});

interface Said {
  readonly retry_policy?: InlineRetryPolicy;
  readonly max_retries?: number;
}

/** The policy of a node that says nothing, in a job that says this. */
function retryOf(said: Said, job?: StoredPolicy, limits: Partial<typeof defaults> = {}) {
  const { options, maxRetries } = jobRetry(said, with_(job), { ...defaults, ...limits });
  const nodes = [{ id: 'a', uses: 'x' }];
  const { retry, retryFrom } = compilePlan({ nodes }, options).specs[0] ?? {};
  return { ...retry, maxRetries, from: retryFrom?.version };
}

describe('the policy of a job', () => {
  test.each<[Said, number, string]>([
    [{}, 4, 'exponential_backoff'],
    [{ max_retries: 0 }, 1, 'exponential_backoff'],
    [{ retry_policy: { strategy: 'immediate' } }, 4, 'immediate'],
    [{ retry_policy: { max_attempts: 2 } }, 2, 'exponential_backoff'],
    [{ retry_policy: { max_retries: 2 } }, 3, 'exponential_backoff'],
    [{ retry_policy: { max_attempts: 2 }, max_retries: 9 }, 2, 'exponential_backoff'],
    [{ retry_policy: { strategy: 'immediate' }, max_retries: 9 }, 10, 'immediate'],
  ])('that says %j has %d attempts of %s', (said, max_attempts, strategy) => {
    const found = retryOf(said);
    expect(found).toMatchObject({ max_attempts, strategy, maxRetries: max_attempts - 1 });
    expect(found.from).toBeUndefined();
  });

  test.each<[Said, number, string, number | undefined]>([
    [{}, 8, 'linear_backoff', 2],
    [{ max_retries: 1 }, 2, 'linear_backoff', 2],
    [{ retry_policy: { strategy: 'immediate' } }, 8, 'immediate', undefined],
    [{ retry_policy: { max_attempts: 3 } }, 3, 'linear_backoff', undefined],
    [{ retry_policy: { max_retries: 3 } }, 4, 'linear_backoff', undefined],
    [{ retry_policy: { jitter: 'full' }, max_retries: 3 }, 4, 'linear_backoff', undefined],
  ])('that says %j beside a stored one has %d attempts of %s', (said, max_attempts, strategy, from) => {
    const found = retryOf(said, stored);
    expect(found).toMatchObject({ max_attempts, strategy, base_delay_ms: 50, from });
    expect(found.maxRetries).toBe(max_attempts - 1);
  });

  it('waits no longer than the deployment allows', () => {
    const patient = { retry_policy: { max_delay_ms: 200_000 } };
    expect(retryOf(patient, undefined, { maxRetryDelayMs: 5_000 }).max_delay_ms).toBe(5_000);
    expect(retryOf({}, undefined, { maxRetryDelayMs: 5_000 }).max_delay_ms).toBe(5_000);
    expect(retryOf({}).max_delay_ms).toBe(60_000);
  });

  it('cannot have a window that is none', () => {
    const retry_policy = { retry_window: { start: '01:00', end: '02:00', timezone: 'X/Y' } };
    expect(() => retryOf({ retry_policy })).toThrow('There is no time zone "X/Y"');
    try {
      retryOf({ retry_policy });
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid_retry_policy',
        validationErrors: [{ path: '/retry_policy/retry_window/timezone' }],
      });
    }
  });
});
