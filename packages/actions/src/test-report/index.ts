export { parseJUnit } from './junit.ts';
export { JUnitError, type JUnitProblem } from './junit-error.ts';
export {
  REPORT_LIMITS,
  type TestCase,
  type TestCounts,
  type TestReport,
  type TestStatus,
  type TestSuite,
} from './report.ts';
export { type KnownCase, knownCases, reportedTests } from './reported-tests.ts';
export { testMerge } from './test-merge.ts';
export { testPlan } from './test-plan.ts';
export { testRun } from './test-run.ts';
