/** When a retry may happen at all: the window of a policy, and the limit of its total time. */
import { CLASSIFICATIONS, RETRY_STRATEGIES } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  DEFAULT_RETRY_POLICY,
  decideRetry,
  type FailedAttempt,
  isTooLate,
  nextOpening,
  type RetryPolicy,
  resolveRetryPolicy,
} from './index.ts';

const FAILURE: FailedAttempt = { classification: 'transient', type: 'http_status', attempts: 1 };
const NIGHT = { start: '22:00', end: '06:00', timezone: 'Europe/Paris' } as const;
const at = (text: string) => Date.parse(`2026-01-15T${text}Z`);

/** When the next attempt is, without jitter; null for none. */
function next(
  policy: Partial<RetryPolicy>,
  failedAt: number,
  failure: Partial<FailedAttempt> = {},
): string | null {
  const full: RetryPolicy = { ...DEFAULT_RETRY_POLICY, jitter: 'none', ...policy };
  const decision = decideRetry(full, { ...FAILURE, ...failure }, 0.5, failedAt);
  return decision === null ? null : new Date(decision.retryAt).toISOString();
}

describe('a retry of a policy with a window', () => {
  it('is when its delay is over, as long as that is in the window', () => {
    expect(next({ retry_window: NIGHT }, at('03:00:00'))).toBe('2026-01-15T03:00:01.000Z');
  });

  it('waits for the next opening when the window is closed', () => {
    expect(next({ retry_window: NIGHT }, at('12:00:00'))).toBe('2026-01-15T21:00:00.000Z');
  });

  it('waits for the next opening when the window closes during its delay', () => {
    const slow = { retry_window: NIGHT, base_delay_ms: 60_000 };
    expect(next(slow, at('04:59:30'))).toBe('2026-01-15T21:00:00.000Z');
    expect(next(slow, at('04:58:30'))).toBe('2026-01-15T04:59:30.000Z');
  });

  it('waits for it when the attempt was lost, and when the target said to come back by day', () => {
    const lost = { classification: 'infrastructure' } as const;
    expect(next({ retry_window: NIGHT }, at('12:00:00'), lost)).toBe('2026-01-15T21:00:00.000Z');
    const limited = { classification: 'rate_limited', retryAfterMs: 3 * 3_600_000 } as const;
    expect(next({ retry_window: NIGHT }, at('03:00:00'), limited)).toBe('2026-01-15T21:00:00.000Z');
  });
});

describe('a retry of a policy with a limit of the total time', () => {
  const minute = { total_time_limit_ms: 60_000, base_delay_ms: 10_000 };

  test.each([
    [0, '2026-01-15T12:00:10.000Z'],
    [49_999, '2026-01-15T12:00:10.000Z'],
    [50_000, '2026-01-15T12:00:10.000Z'],
    [50_001, null],
    [3_600_000, null],
  ])('%d ms after the first start is %j', (elapsedMs, expected) => {
    const firstStartedAt = at('12:00:00') - elapsedMs;
    expect(next(minute, at('12:00:00'), { firstStartedAt })).toBe(expected);
  });

  it('is not made when the target asks for more patience than is left', () => {
    const firstStartedAt = at('12:00:00');
    const asked = { classification: 'rate_limited', retryAfterMs: 61_000 } as const;
    expect(next(minute, at('12:00:00'), { ...asked, firstStartedAt })).toBeNull();
  });

  it('is not made when the window opens too late', () => {
    const hour = { retry_window: NIGHT, total_time_limit_ms: 3_600_000 };
    expect(next(hour, at('20:30:00'), { firstStartedAt: at('20:29:00') })).toBe(
      '2026-01-15T21:00:00.000Z',
    );
    expect(next(hour, at('20:30:00'), { firstStartedAt: at('19:59:59') })).toBeNull();
  });

  it('holds for lost attempts too', () => {
    const lost = { classification: 'infrastructure', firstStartedAt: at('11:00:00') } as const;
    expect(next({ total_time_limit_ms: 3_600_000 }, at('12:00:00'), lost)).not.toBeNull();
    expect(next({ total_time_limit_ms: 3_599_999 }, at('12:00:00'), lost)).toBeNull();
  });

  it('counts from the failure when nothing is known of the first start', () => {
    expect(next(minute, at('12:00:00'))).toBe('2026-01-15T12:00:10.000Z');
    expect(isTooLate({ ...DEFAULT_RETRY_POLICY, ...minute }, 0, 60_000)).toBe(false);
    expect(isTooLate({ ...DEFAULT_RETRY_POLICY, ...minute }, 0, 60_001)).toBe(true);
    expect(isTooLate(DEFAULT_RETRY_POLICY, 0, Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});

it('a node takes the window and the limit of its job unless it says its own', () => {
  const job = resolveRetryPolicy({ total_time_limit_ms: 5_000, retry_window: NIGHT });
  expect(resolveRetryPolicy({ max_attempts: 2 }, undefined, job)).toMatchObject({
    max_attempts: 2,
    total_time_limit_ms: 5_000,
    retry_window: NIGHT,
  });
  expect(resolveRetryPolicy({ total_time_limit_ms: 7 }, undefined, job)).toMatchObject({
    total_time_limit_ms: 7,
    retry_window: NIGHT,
  });
});

describe('any retry', () => {
  const times = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const policies = fc
    .record(
      {
        strategy: fc.constantFrom(...RETRY_STRATEGIES.filter((name) => name !== 'none')),
        base_delay_ms: fc.nat(300_000),
        max_delay_ms: fc.nat(300_000),
        jitter: fc.constantFrom('none', 'proportional', 'full', 'equal', 'decorrelated'),
        total_time_limit_ms: fc.integer({ min: 1, max: 2 * 86_400_000 }),
        retry_window: fc
          .record({
            start: times,
            end: times,
            timezone: fc.constantFrom('UTC', 'Europe/Paris', 'Asia/Kathmandu', 'America/St_Johns'),
          })
          .filter(({ start, end }) => start !== end),
      },
      { requiredKeys: ['strategy'] },
    )
    .map((inline) => resolveRetryPolicy(inline));
  const failures = fc.record({
    classification: fc.constantFrom(
      ...CLASSIFICATIONS.filter((name) => name !== 'permanent' && name !== 'validation'),
    ),
    type: fc.constant('http_status'),
    attempts: fc.integer({ min: 1, max: 3 }),
    retryAfterMs: fc.nat(3_600_000),
    elapsedMs: fc.nat(86_400_000),
  });
  const failedAts = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2040) });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('lies in the window and within the total time, and is missing only when it could not', () => {
    fc.assert(
      fc.property(policies, failures, failedAts, random, (policy, given, failedAt, drawn) => {
        const { elapsedMs, ...failure } = given;
        const firstStartedAt = failedAt - elapsedMs;
        const { total_time_limit_ms: limit, retry_window: window, ...plain } = policy;
        const due = decideRetry(plain, failure, drawn, failedAt)?.retryAt ?? Number.NaN;
        const opening = window === undefined ? due : nextOpening(window, due);
        const decision = decideRetry(policy, { ...failure, firstStartedAt }, drawn, failedAt);
        const inTime = limit === undefined || opening - firstStartedAt <= limit;
        expect(decision).toEqual(inTime ? { retryAt: opening } : null);
      }),
      { numRuns: 2_000 },
    );
  });
});
