import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, percentile } from './statistics.ts';

const samples = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 200 });

describe('a percentile', () => {
  test('is the value at its rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.01)).toBe(7);
  });

  test('sorts by size and not by spelling, and leaves the samples as they were', () => {
    const given = [10, 9, 100, 1];
    expect(median(given)).toBe(9);
    expect(given).toEqual([10, 9, 100, 1]);
  });

  test('is one of the samples, with at least its part of them not above it', () => {
    const parts = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(samples, parts, (all, part) => {
        const value = percentile(all, part);
        expect(all.some((sample) => sample === value)).toBe(true);
        const below = all.filter((sample) => sample <= value).length;
        expect(below).toBeGreaterThanOrEqual(part * all.length);
      }),
    );
  });

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
