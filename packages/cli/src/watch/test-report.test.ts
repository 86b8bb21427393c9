import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTestReport } from './test-report.ts';

describe('a test report', () => {
  it('is read from an output', () => {
    const output = {
      exit_code: 1,
      counts: { total: 7, passed: 3, failed: 1, errors: 1, skipped: 2, flaky: 1, disabled: 0 },
      cases: [
        { classname: 'a', name: 'one', status: 'failed', message: 'no' },
        { suite: 'b', name: 'two', status: 'error' },
        { name: 'three', status: 'passed' },
      ],
    };
    expect(readTestReport(output)).toEqual({
      counts: '3 passed, 1 failed, 1 errors, 1 flaky, 2 skipped',
      failedCases: [
        { name: 'a::one', message: 'no' },
        { name: 'b::two', message: '' },
      ],
    });
  });

  it('says how many failures are excused by a quarantine', () => {
    const output = {
      ...{ counts: { passed: 3, failed: 2 }, cases: [] },
      ...{ quarantined_failures: ['a::one'], quarantined_omitted: 1 },
    };
    expect(readTestReport(output)?.counts).toBe('3 passed, 2 failed, 2 in quarantine');
  });

  it('of no tests says so', () => {
    expect(readTestReport({ counts: { passed: 0 }, cases: [] })?.counts).toBe('no tests');
  });

  it('is not found in other outputs', () => {
    for (const output of [
      null,
      3,
      'counts',
      [],
      {},
      { counts: 3 },
      { counts: {} },
      { cases: [] },
    ]) {
      expect(readTestReport(output)).toBeUndefined();
    }
  });

  it('is read without a fault, whatever a program wrote', () => {
    const output = fc.record({ counts: fc.object(), cases: fc.array(fc.anything()) });
    fc.assert(fc.property(output, (any) => typeof readTestReport(any)?.counts === 'string'));
    fc.assert(fc.property(fc.anything(), (any) => readTestReport(any) !== null));
  });
});
