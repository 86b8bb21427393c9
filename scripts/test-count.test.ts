import { describe, expect, it } from 'vitest';
import { countLine, countTests } from './test-count.ts';

const report = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
};

describe('counting', () => {
  it('takes the numbers of the report', () => {
    expect(countTests(report, 1)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded as one failed test', () => {
    const testResults = [...report.testResults, { status: 'failed', assertionResults: [] }];
    expect(countTests({ ...report, testResults }, 1).failed).toBe(2);
  });

  it('counts a failure outside every test', () => {
    const clean = { ...report, numFailedTests: 0, testResults: [] };
    expect(countTests(clean, 1).failed).toBe(1);
    expect(countTests(clean, 0).failed).toBe(0);
  });

  it.each([undefined, null, 'text', [], {}])('finds one failure in the report %j', (broken) => {
    expect(countTests(broken, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('the last line', () => {
  it('is plain', () => {
    expect(countLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  });

  it('tells of skipped tests when there are some', () => {
    expect(countLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
  });
});
