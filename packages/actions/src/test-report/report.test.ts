import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addCounts, mergeReports, NO_TESTS, type TestCounts, testId } from './report.ts';

const counts: fc.Arbitrary<TestCounts> = fc.record({
  total: fc.nat(),
  passed: fc.nat(),
  failed: fc.nat(),
  errors: fc.nat(),
  skipped: fc.nat(),
  disabled: fc.nat(),
  flaky: fc.nat(),
});

it('counts add up in any order, and nothing adds nothing', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      expect(addCounts(a, b)).toEqual(addCounts(b, a));
      expect(addCounts(a, NO_TESTS)).toEqual(a);
    }),
  );
});

it('merged reports have the sums and the lists of all', () => {
  fc.assert(
    fc.property(fc.array(counts), (all) => {
      const reports = all.map((each) => ({
        counts: each,
        durationSeconds: 2,
        suites: [{ name: 's', counts: each, duration_seconds: 2 }],
        cases: [],
      }));
      const merged = mergeReports(reports);
      expect(merged.counts.total).toBe(all.reduce((sum, { total }) => sum + total, 0));
      expect(merged.durationSeconds).toBe(2 * all.length);
      expect(merged.suites).toHaveLength(all.length);
    }),
  );
  expect(mergeReports([])).toMatchObject({ counts: NO_TESTS, cases: [] });
});

it.each([
  ['s', 'C', 't', 's::C::t'],
  ['s', 's', 't', 's::t'],
  ['s', '', 't', 's::t'],
  ['', 'C', 't', 'C::t'],
  ['', '', 't', 't'],
])('the test of suite %j, class %j and name %j is %s', (suite, classname, name, id) => {
  expect(testId(suite, classname, name)).toBe(id);
});
