import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { governanceScore, hasPassed } from './score.ts';

const gate = fc.record({
  weight: fc.double({ min: 0.001, max: 1_000, noNaN: true }),
  passed: fc.boolean(),
  skipped: fc.boolean(),
  severity: fc.constantFrom('error' as const, 'warning' as const),
});

describe('the score of governance', () => {
  it('is the weight of what has passed as a share of what was looked at', () => {
    const gates = [
      { weight: 3, passed: true, skipped: false },
      { weight: 1, passed: false, skipped: false },
      { weight: 10, passed: false, skipped: true },
    ];
    expect(governanceScore(gates)).toBe(0.75);
  });

  it('is 1 when there is nothing to look at', () => {
    expect(governanceScore([])).toBe(1);
    expect(governanceScore([{ weight: 1, passed: false, skipped: true }])).toBe(1);
  });

  it('lies between 0 and 1, is 1 when all pass, and 0 when none does', () => {
    fc.assert(
      fc.property(fc.array(gate), (gates) => {
        const score = governanceScore(gates);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(governanceScore(gates.map((one) => ({ ...one, passed: true })))).toBe(1);
        if (gates.some(({ skipped }) => !skipped)) {
          expect(governanceScore(gates.map((one) => ({ ...one, passed: false })))).toBe(0);
        }
      }),
    );
  });

  it('never falls when one gate more passes', () => {
    fc.assert(
      fc.property(fc.array(gate, { minLength: 1 }), fc.nat(), (gates, at) => {
        const better = gates.map((one, i) =>
          i === at % gates.length ? { ...one, passed: true } : one,
        );
        expect(governanceScore(better)).toBeGreaterThanOrEqual(governanceScore(gates) - 1e-12);
      }),
    );
  });
});

describe('a phase', () => {
  it('is held up by errors alone', () => {
    fc.assert(
      fc.property(fc.array(gate), (gates) => {
        const blocked = gates.some((g) => g.severity === 'error' && !g.passed && !g.skipped);
        expect(hasPassed(gates)).toBe(!blocked);
      }),
    );
  });
});
