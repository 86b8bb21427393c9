import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

it.each([
  ['1.5', 1.5],
  ['  2 ', 2],
  ['2,503.1', 2503.1],
  ['1,234,567.5', 1234567.5],
  ['1,234', 1234],
  ['1,234,567', 1234567],
  ['1.234,5', 1234.5],
  ['0,123', 0.123],
  ['12,34', 12.34],
  ['1.4e-05', 0.000014],
  ['12ms', 0.012],
  ['1.5s', 1.5],
  ['.5', 0.5],
  ['', 0],
  [undefined, 0],
  ['-3', 0],
  ['NaN', 0],
  ['Infinity', 0],
  ['1e999', 0],
  ['0x10', 0],
  ['1:30', 0],
  ['-', 0],
])('%j is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBeCloseTo(seconds, 9);
});

it('reads what a number formats to, with separators or without, and never less than nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (ms) => {
      const seconds = ms / 1_000;
      const digits = { minimumFractionDigits: 3 };
      expect(parseDuration(String(seconds))).toBe(seconds);
      expect(parseDuration(seconds.toLocaleString('en', digits))).toBe(seconds);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseDuration(text)).toBeGreaterThanOrEqual(0);
    }),
  );
});
