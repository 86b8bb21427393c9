import type { StoredRetryPolicy } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { durationText, readDuration } from './duration-text.ts';
import { bodyOf, faultsOf, fieldOf, formOf, NEW_POLICY, policyOf, shows } from './policy-form.ts';

const STORED: StoredRetryPolicy = {
  ...{ policy_id: 'p', name: 'patient', description: null, version: 2, schema_version: 1 },
  policy: {
    ...{ strategy: 'custom_backoff', max_retries: 2, delays_ms: [500, 90_000], jitter: 'none' },
    ...{ retryable_error_types: ['timeout'], window_ms: 5_000 },
  },
  ...{ applicable_job_types: ['import'], owner: 'ana', updated_by: 'ana' },
  ...{ created_at: '2026-01-15T09:30:00.000Z', updated_at: '2026-01-15T09:30:00.000Z' },
  ...{ success_rate: null, average_attempts: null },
  counts: { runs: 0, nodes: 0, completed: 0, attempts: 0, retried: 0, recovered: 0 },
};

describe('lengths of time', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['5', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('are read: %s', (text, ms) => expect(readDuration(text)).toBe(ms));

  it.each([0, 1, 500, 1_000, 90_000, 3_600_000])('are read as they are written: %d', (ms) => {
    expect(readDuration(durationText(ms))).toBe(ms);
  });
});

describe('the form of a retry policy', () => {
  it('says what the policy says, and the other way round', () => {
    const form = formOf(STORED);
    expect(form).toMatchObject({ attempts: '3', delays: '500ms, 90s', jobTypes: 'import' });
    expect(bodyOf(form, STORED)).toEqual({
      ...{ name: 'patient', description: null, applicable_job_types: ['import'] },
      policy: {
        ...{ strategy: 'custom_backoff', max_attempts: 3, delays_ms: [500, 90_000] },
        ...{ max_delay_ms: 60_000, jitter: 'none', retryable_error_types: ['timeout'] },
        window_ms: 5_000,
      },
    });
  });

  it('sends nothing that its strategy does not go by', () => {
    expect(policyOf({ ...NEW_POLICY, strategy: 'none' })).toEqual({ strategy: 'none' });
    expect(policyOf({ ...NEW_POLICY, strategy: 'immediate' })).toEqual({
      ...{ strategy: 'immediate', max_attempts: 4 },
    });
    expect(shows({ ...NEW_POLICY, strategy: 'linear_backoff' }, 'multiplier')).toBe(false);
  });

  it('finds what is no length of time and no number, where it is shown', () => {
    const form = { ...NEW_POLICY, base: 'soon', multiplier: 'x', delays: 'x', total: '' };
    expect(faultsOf(form)).toEqual({ base: 'duration', multiplier: 'number' });
    expect(faultsOf({ ...form, strategy: 'custom_backoff' })).toEqual({ delays: 'duration' });
  });

  it('knows the field that a refusal speaks of', () => {
    expect(fieldOf('/policy/delays_ms/0')).toBe('delays');
    expect(fieldOf('/name')).toBe('name');
    expect(fieldOf('/policy/retry_window')).toBeUndefined();
  });
});
