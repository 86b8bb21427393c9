/** How many tests ended in which way. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests of a run from vitest's JSON report.
 *
 * A file that could not even be loaded, or a run that failed outside every test, holds no failed
 * test; it counts as one, so that the line never claims more than was seen.
 *
 * @param report the parsed report, or undefined when vitest wrote none
 * @param exitCode vitest's own verdict
 */
export function countTests(report: unknown, exitCode: number): TestCount {
  const { passed, failed, skipped } = isObject(report)
    ? {
        passed: numberAt(report, 'numPassedTests'),
        failed: numberAt(report, 'numFailedTests') + brokenFiles(report),
        skipped: numberAt(report, 'numPendingTests') + numberAt(report, 'numTodoTests'),
      }
    : { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1), skipped };
}

/** The line that ends a run: `3 passed, 0 failed`, with `, 2 skipped` when there are any. */
export function countLine({ passed, failed, skipped }: TestCount): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function brokenFiles(report: Record<string, unknown>): number {
  const files = Array.isArray(report.testResults) ? report.testResults.filter(isObject) : [];
  return files.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length;
}

function hasFailedTest(file: Record<string, unknown>): boolean {
  const tests = Array.isArray(file.assertionResults) ? file.assertionResults.filter(isObject) : [];
  return tests.some((test) => test.status === 'failed');
}

function numberAt(object: Record<string, unknown>, key: string): number {
  const value = object[key];
  return typeof value === 'number' ? value : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
