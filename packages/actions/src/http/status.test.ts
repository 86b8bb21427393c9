import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExpected, readRetryAfter } from './status.ts';

describe('isExpected', () => {
  it('knows numbers, classes and ranges', () => {
    expect(isExpected(204, [200, 204])).toBe(true);
    expect(isExpected(205, [200, 204])).toBe(false);
    expect(isExpected(299, ['2xx'])).toBe(true);
    expect(isExpected(300, ['2XX'])).toBe(false);
    expect(isExpected(409, ['404-410'])).toBe(true);
    expect(isExpected(411, ['404-410'])).toBe(false);
    expect(isExpected(404, ['404'])).toBe(true);
  });
});

describe('readRetryAfter', () => {
  const nowMs = Date.UTC(1994, 10, 6, 8, 49, 0);

  it('reads seconds', () => {
    expect(readRetryAfter('120', nowMs)).toBe(120_000);
    expect(readRetryAfter(' 0 ', nowMs)).toBe(0);
  });

  it('reads the three forms of an HTTP date, all in GMT', () => {
    expect(readRetryAfter('Sun, 06 Nov 1994 08:49:37 GMT', nowMs)).toBe(37_000);
    expect(readRetryAfter('Sunday, 06-Nov-94 08:49:37 GMT', nowMs)).toBe(37_000);
    expect(readRetryAfter('Sun Nov  6 08:49:37 1994', nowMs)).toBe(37_000);
  });

  it('takes a date in the past for now, and no wait for longer than a day', () => {
    expect(readRetryAfter('Sun, 06 Nov 1994 08:48:00 GMT', nowMs)).toBe(0);
    expect(readRetryAfter('9'.repeat(400), nowMs)).toBe(24 * 3_600_000);
  });

  it('gives up on anything else', () => {
    for (const text of [
      undefined,
      '',
      'soon',
      '-1',
      '1.5',
      '1e3',
      'Sun, nonsense GMT',
      '2030-01-01',
    ]) {
      expect(readRetryAfter(text, nowMs), text).toBeUndefined();
    }
  });

  it('never yields anything but a sane wait', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const waitMs = readRetryAfter(text, nowMs) ?? 0;
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(24 * 3_600_000);
      }),
    );
  });
});
