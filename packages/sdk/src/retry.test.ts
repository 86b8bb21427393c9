import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY, delayBeforeRetry, type Failure, readRetryAfter } from './retry.ts';

const noAnswer: Failure = { kind: 'no-answer' };
const answer = (status: number, retryAfterMs?: number): Failure => ({
  kind: 'answer',
  status,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const decide = (failure: Failure, attempts: number, repeatable = true, random = 0.5) =>
  delayBeforeRetry(failure, { attempts, repeatable, random }, DEFAULT_RETRY);

describe('the delay before a retry', () => {
  it('doubles from attempt to attempt, with half of it left to chance', () => {
    expect([1, 2, 3].map((attempts) => decide(noAnswer, attempts, true, 0))).toEqual([
      100, 200, 400,
    ]);
    expect([1, 2, 3].map((attempts) => decide(noAnswer, attempts, true, 1))).toEqual([
      200, 400, 800,
    ]);
  });

  it('is what the server asked for', () => {
    expect(decide(answer(503, 7_000), 1)).toBe(7_000);
    expect(decide(answer(429, 0), 1)).toBe(0);
  });

  it('is none when the server asks for more than the client is ready to wait', () => {
    expect(decide(answer(503, DEFAULT_RETRY.maxRetryAfterMs + 1), 1)).toBeUndefined();
  });

  it('is none after the last attempt', () => {
    expect(decide(noAnswer, DEFAULT_RETRY.maxAttempts)).toBeUndefined();
    expect(decide(answer(503, 0), DEFAULT_RETRY.maxAttempts)).toBeUndefined();
  });

  it.each([
    ['a broken connection', noAnswer],
    ['a bad gateway', answer(502)],
    ['a gateway timeout', answer(504)],
  ])('is none after %s when the request might be carried out twice', (_name, failure) => {
    expect(decide(failure, 1, false)).toBeUndefined();
    expect(decide(failure, 1, true)).toBeGreaterThan(0);
  });

  it.each([429, 503])('is given for any request that the server refused with %d', (status) => {
    expect(decide(answer(status), 1, false)).toBeGreaterThan(0);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 500])('is none after a %d', (status) => {
    expect(decide(answer(status), 1)).toBeUndefined();
  });

  it('never passes its bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempts, random) => {
          const options = { ...DEFAULT_RETRY, maxAttempts: 20_000 };
          const delay = delayBeforeRetry(noAnswer, { attempts, repeatable: true, random }, options);
          expect(delay).toBeGreaterThanOrEqual(options.baseDelayMs / 2);
          expect(delay).toBeLessThanOrEqual(options.maxDelayMs);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('is read as seconds', () => {
    expect(readRetryAfter('3', now)).toBe(3_000);
    expect(readRetryAfter(' 0 ', now)).toBe(0);
  });

  it('is read as a date, and a date that has passed means now', () => {
    expect(readRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
    expect(readRetryAfter('Thu, 01 Jan 1970 00:00:00 GMT', now)).toBe(0);
  });

  it.each([
    null,
    '',
    'soon',
    '-1',
    '1.5',
    '1e9',
    'NaN',
    '99999999999',
  ])('that says %j is as good as none', (header) =>
    expect(readRetryAfter(header, now)).toBeUndefined());
});
