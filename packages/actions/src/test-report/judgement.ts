import type { JsonObject } from '@tenuto/contract';
import type {
  ActionCall,
  ActionError,
  ActionOutcome,
  EarlierResult,
  ProducedArtifact,
} from '@tenuto/engine';
import type { ProcessEnd } from '../command/process-group.ts';
import { verdict } from '../command/verdict.ts';
import { listReport } from './listing.ts';
import type { ReadReport } from './read-reports.ts';
import {
  isBad,
  mergeReports,
  type TestCase,
  type TestCounts,
  type TestReport,
  testId,
} from './report.ts';
import type { ReportFile } from './report-files.ts';
import { knownCases, reportedTests, reportOf, withEarlier } from './reported-tests.ts';
import type { TestParameters } from './test-parameters.ts';

/** A test command that ended, with the reports that it wrote. */
export interface FinishedRun {
  readonly end: ProcessEnd;
  readonly call: ActionCall;
  readonly parameters: TestParameters;
  readonly written: readonly ReportFile[];
  readonly read: readonly ReadReport[];
  /** Ids of tests whose failures do not count, as it was when the attempt began. */
  readonly quarantined: ReadonlySet<string>;
  /** Results of earlier attempts that this one did not repeat, or did. */
  readonly earlier: readonly EarlierResult[];
}

/** Failures in quarantine that an output names. */
const EXCUSED_NAMED = 1_000;

/** What a test run comes to, by its reports; its exit code counts where no test explains it. */
export function judge(run: FinishedRun): ActionOutcome {
  const { end, call, parameters, written, read } = run;
  const artifacts = written.map(artifactOf);
  const reports: TestReport[] = [];
  for (const [index, answer] of read.entries()) {
    if ('report' in answer) {
      reports.push(answer.report);
      continue;
    }
    const error = malformed(written[index]?.path ?? '', answer);
    return { status: 'failed', error, output: exit(end), artifacts, tests: [] };
  }
  const fresh = mergeReports(reports);
  const { suite, list_share: share } = parameters;
  const found = knownCases(fresh, { owner: call.owner, suite, quarantined: run.quarantined });
  const cases = withEarlier(found, run.earlier);
  const report = reportOf(fresh, cases);
  const failing = report.cases.filter(isBad);
  const excused = failing.filter(({ quarantined }) => quarantined);
  const output = {
    ...exit(end),
    ...listReport(report, suite, share),
    ...excusedFailures(excused, suite),
  };
  const produced = { output, artifacts, tests: reportedTests(found, suite) };
  if (failing.length === 0) {
    const failure = verdict(end, call, [0]);
    return failure === undefined
      ? { status: 'completed', ...produced }
      : { ...failure, ...produced };
  }
  if (failing.length === excused.length || parameters.fail_on === 'never') {
    return { status: 'completed', ...produced };
  }
  const bad = failing.filter(({ quarantined }) => quarantined === undefined);
  const error = testsFailed(
    report.counts,
    bad.map((one) => nameOf(one, suite)),
  );
  return { status: 'failed', error, ...produced };
}

export function exit(end: ProcessEnd): JsonObject {
  return { exit_code: end.exitCode };
}

/** As its history knows it. */
function nameOf({ suite: own, classname, name }: TestCase, suite: string | undefined): string {
  return testId(suite ?? own, classname, name);
}

/** Failures of tests in quarantine, as far as they are named. */
function excusedFailures(excused: readonly TestCase[], suite: string | undefined): JsonObject {
  if (excused.length === 0) return {};
  const omitted = excused.length - EXCUSED_NAMED;
  return {
    quarantined_failures: excused.slice(0, EXCUSED_NAMED).map((one) => nameOf(one, suite)),
    ...(omitted > 0 && { quarantined_omitted: omitted }),
  };
}

function artifactOf({ path, bytes }: ReportFile): ProducedArtifact {
  return { name: path, mediaType: 'application/xml', bytes };
}

function malformed(path: string, answer: Exclude<ReadReport, { report: TestReport }>): ActionError {
  const { line, column, problem } = answer;
  return {
    classification: 'unknown',
    type: 'report_malformed',
    message: `The report ${path} cannot be read, line ${line}, column ${column}: ${answer.message}`,
    details: { file: path, line, column, problem },
  };
}

/** How many failing tests a message names. */
const NAMED = 5;

export function testsFailed(counts: TestCounts, failing: readonly string[]): ActionError {
  const names = failing.slice(0, NAMED);
  const more = failing.length > names.length ? `, and ${failing.length - names.length} more` : '';
  return {
    classification: 'unknown',
    type: 'tests_failed',
    message: `${failing.length} of ${counts.total} tests failed: ${names.join(', ')}${more}.`,
    details: { counts },
  };
}
