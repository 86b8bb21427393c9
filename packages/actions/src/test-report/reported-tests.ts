import { type EarlierResult, identified, type ReportedTest } from '@tenuto/engine';
import { addCounts, countsOf, isBad, type TestCase, type TestReport, testId } from './report.ts';

/** A case of a report as the history will know it. */
export interface KnownCase {
  readonly test: TestCase;
  readonly testId: string;
  /** It was in quarantine when the attempt began. */
  readonly quarantined: boolean;
}

interface ReportOf {
  readonly owner: string;
  /** What `suite` says; without it the suites of the report are those of the tests. */
  readonly suite: string | undefined;
  /** Ids of tests in quarantine. */
  readonly quarantined: ReadonlySet<string>;
}

/** The cases of a report with their ids, in its order. */
export function knownCases(report: TestReport, of: ReportOf): KnownCase[] {
  const tests = report.cases.map((test) => ({ ...identityOf(test, of.suite), test }));
  return identified(of.owner, tests).map(({ test: { test }, testId: id }) =>
    markedCase({ test, testId: id, quarantined: of.quarantined.has(id) }),
  );
}

function markedCase(known: KnownCase): KnownCase {
  const { test, quarantined } = known;
  return quarantined && isBad(test) ? { ...known, test: { ...test, quarantined } } : known;
}

/** Runners change the outer suites with what is selected; the innermost one stays. */
function identityOf(test: TestCase, suite: string | undefined) {
  const { classname, name } = test;
  if (suite === undefined) return { suite: test.suite, reportSuite: '', classname, name };
  const innermost = test.suite.split(' > ').at(-1) ?? '';
  return { suite, reportSuite: innermost === suite ? '' : innermost, classname, name };
}

/** What goes into the history. */
export function reportedTests(
  cases: readonly KnownCase[],
  suite: string | undefined,
): ReportedTest[] {
  return cases.map(({ test, quarantined }) => ({
    ...identityOf(test, suite),
    ...(test.file !== undefined && { file: test.file }),
    status: test.status,
    flaky: test.flaky,
    ...(quarantined && { quarantined }),
    durationMs: test.duration_seconds * 1_000,
    ...(test.message !== undefined && { message: test.message }),
  }));
}

/** Cases with the results of earlier attempts that were not repeated. */
export function withEarlier(
  cases: readonly KnownCase[],
  earlier: readonly EarlierResult[],
): readonly KnownCase[] {
  const repeated = new Set(cases.map((known) => known.testId));
  return [...cases, ...earlier.filter((result) => !repeated.has(result.testId)).map(caseOf)];
}

/** The report that has these cases: those of another one, and some besides. */
export function reportOf(report: TestReport, cases: readonly KnownCase[]): TestReport {
  const added = cases.slice(report.cases.length).map(({ test }) => test);
  return {
    counts: added.map(countsOf).reduce(addCounts, report.counts),
    durationSeconds: added.reduce((sum, one) => sum + one.duration_seconds, report.durationSeconds),
    suites: report.suites,
    cases: cases.map(({ test }) => test),
  };
}

function caseOf(result: EarlierResult): KnownCase {
  const { suite, classname, name, file, status, durationMs, quarantined } = result;
  return markedCase({
    test: {
      id: testId(suite, classname, name),
      ...{ suite, classname, name, status, flaky: false },
      ...(file !== null && { file }),
      duration_seconds: durationMs / 1_000,
    },
    testId: result.testId,
    quarantined,
  });
}
