import { LIMITS, type TestStatus } from '@tenuto/contract';

export type { TestStatus } from '@tenuto/contract';

export const REPORT_LIMITS = {
  /** Characters kept of a test's message and of its details (stack traces, differences). */
  messageChars: LIMITS.testMessageChars,
  detailsChars: 8_000,
  /** Characters kept of each name; generated names can hold whole documents. */
  nameChars: LIMITS.testNameChars,
  /** Cases and suites listed in an output; the counts are over all of them. */
  cases: 5_000,
  suites: 1_000,
  /** Bytes of the listed cases and of the suites, so that an output stays within its limit. */
  casesBytes: 4 * 1024 * 1024,
  suitesBytes: 512 * 1024,
} as const;

/** `total` is the sum of passed, failed, errors and skipped. */
export type TestCounts = {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  /** Those of the skipped which the report calls disabled or not run by a status alone. */
  readonly disabled: number;
  /** Those passed or failed which had another result in an earlier try of the same run. */
  readonly flaky: number;
};

/** Named as in the output of `test.run`, in which it stands. */
export type TestCase = {
  /** Suite, class and name: the same in every run. A test that is listed twice has it twice. */
  readonly id: string;
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
  readonly file?: string;
  readonly status: TestStatus;
  readonly flaky: boolean;
  /** It failed and was in quarantine, so that its failure does not count. */
  readonly quarantined?: true;
  readonly duration_seconds: number;
  readonly message?: string;
  readonly details?: string;
};

export type TestSuite = {
  /** Names of the suites around it and its own, joined by ` > `. */
  readonly name: string;
  /** Of the cases directly in it, so that the suites add up to the report. */
  readonly counts: TestCounts;
  readonly duration_seconds: number;
};

export interface TestReport {
  readonly counts: TestCounts;
  readonly durationSeconds: number;
  readonly suites: readonly TestSuite[];
  readonly cases: readonly TestCase[];
}

export const NO_TESTS: TestCounts = {
  total: 0,
  passed: 0,
  failed: 0,
  errors: 0,
  skipped: 0,
  disabled: 0,
  flaky: 0,
};

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    total: a.total + b.total,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    errors: a.errors + b.errors,
    skipped: a.skipped + b.skipped,
    disabled: a.disabled + b.disabled,
    flaky: a.flaky + b.flaky,
  };
}

/** The counts of one case. */
export function countsOf({ status, flaky }: Pick<TestCase, 'status' | 'flaky'>): TestCounts {
  const key = status === 'error' ? 'errors' : status;
  return { ...NO_TESTS, total: 1, [key]: 1, flaky: flaky ? 1 : 0 };
}

export function isBad({ status }: { readonly status: string }): boolean {
  return status === 'failed' || status === 'error';
}

/** Several reports of one run as one. */
export function mergeReports(reports: readonly TestReport[]): TestReport {
  return {
    counts: reports.map(({ counts }) => counts).reduce(addCounts, NO_TESTS),
    durationSeconds: reports.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    suites: reports.flatMap(({ suites }) => suites),
    cases: reports.flatMap(({ cases }) => cases),
  };
}

/** The id of a test; a class that only repeats its suite is left out. */
export function testId(suite: string, classname: string, name: string): string {
  return [suite, classname === suite ? '' : classname, name]
    .filter((part) => part !== '')
    .join('::');
}
