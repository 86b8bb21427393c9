import type { WindowResult } from '@tenuto/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitNumber, packWindow, storedMs, unpackWindow } from './test-window.ts';

const results: fc.Arbitrary<WindowResult[]> = fc.array(
  fc.record({
    status: fc.constantFrom('passed' as const, 'failed' as const, 'error' as const),
    flaky: fc.boolean(),
    commit: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    durationMs: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  }),
  { maxLength: 50 },
);

describe('the last results of a test', () => {
  it('come out of their column as they went in, nine bytes each', () => {
    fc.assert(
      fc.property(results, (window) => {
        const packed = packWindow(window);
        expect(packed).toHaveLength(9 * window.length);
        expect(unpackWindow(packed)).toEqual(window);
      }),
    );
  });

  it('are none where there is nothing, or not enough for one', () => {
    expect(unpackWindow(Buffer.alloc(0))).toEqual([]);
    expect(unpackWindow(Buffer.alloc(8))).toEqual([]);
  });

  it('have a number for each commit, and none for no commit', () => {
    expect([commitNumber(null), commitNumber('')]).toEqual([0, 0]);
    expect(commitNumber('a')).not.toBe(commitNumber('b'));
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (commit) => {
        expect(commitNumber(commit)).toBeGreaterThan(0);
        expect(commitNumber(commit)).toBeLessThan(2 ** 32);
      }),
    );
  });

  it('have durations that fit into their column', () => {
    expect([-1, 0.4, 12.6, 1e12].map(storedMs)).toEqual([0, 0, 13, 2 ** 31 - 1]);
  });
});
