import type { JsonObject } from '@tenuto/contract';
import {
  REPORT_LIMITS,
  type TestCase,
  type TestReport,
  type TestStatus,
  testId,
} from './report.ts';

const ORDER: Readonly<Record<TestStatus, number>> = { failed: 0, error: 1, passed: 2, skipped: 2 };

/** What a reader looks for first: failures, then flaky tests, then the rest as reported. */
function byImportance(a: TestCase, b: TestCase): number {
  return ORDER[a.status] - ORDER[b.status] || Number(b.flaky) - Number(a.flaky);
}

/**
 * A report as the output of `test.run` shows it: counts over everything, but only so many suites
 * and cases listed as an output can hold. What is left out is said in `truncated`.
 *
 * @param suite - what ids begin with instead of the report's own suite names
 * @param share - how much of the limits it may use: shards of one suite are listed together
 */
export function listReport(
  report: TestReport,
  suite: string | undefined,
  share = 1,
): JsonObject & Pick<TestReport, 'counts'> {
  const limits = {
    cases: Math.ceil(REPORT_LIMITS.cases * share),
    suites: Math.ceil(REPORT_LIMITS.suites * share),
  };
  const cases = fitting(
    withUniqueIds(report.cases.toSorted(byImportance), suite),
    limits.cases,
    REPORT_LIMITS.casesBytes * share,
  );
  const suites = fitting(report.suites, limits.suites, REPORT_LIMITS.suitesBytes * share);
  const complete = cases.length === report.cases.length && suites.length === report.suites.length;
  return {
    counts: report.counts,
    duration_seconds: roundMs(report.durationSeconds),
    suites,
    cases,
    ...(!complete && {
      truncated: {
        cases_listed: cases.length,
        cases_total: report.cases.length,
        cases_limit: limits.cases,
        suites_listed: suites.length,
        suites_total: report.suites.length,
      },
    }),
  };
}

/** Sums of fractions are not exact; nobody measures tests finer than this. */
const roundMs = (seconds: number) => Math.round(seconds * 1e6) / 1e6;

/** A test that is there several times (repeated, or with parameters) is numbered from the second. */
function* withUniqueIds(cases: readonly TestCase[], suite: string | undefined) {
  const seen = new Map<string, number>();
  for (const test of cases) {
    const id = suite === undefined ? test.id : testId(suite, test.classname, test.name);
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    yield { ...test, id: times === 1 ? id : `${id}#${times}` };
  }
}

function fitting<T>(items: Iterable<T>, count: number, bytes: number): readonly T[] {
  const listed: T[] = [];
  let left = bytes;
  for (const item of items) {
    left -= Buffer.byteLength(JSON.stringify(item)) + 1;
    if (listed.length === count || left < 0) break;
    listed.push(item);
  }
  return listed;
}
