import type { JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionError, ActionOutcome, ProducedArtifact } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import type { ActionDefinition } from '../action.ts';
import { createLauncher, type Prepare, withRefusals } from '../command/launch.ts';
import { COMMAND_LIMITS, type CommandOptions } from '../command/options.ts';
import { commandFields, parseParameters } from '../command/parameters.ts';
import type { ProcessEnd } from '../command/process-group.ts';
import { abortedBy, lastLines, verdict } from '../command/verdict.ts';
import { listReport } from './listing.ts';
import { type ReadReport, readReports } from './read-reports.ts';
import { mergeReports, type TestReport } from './report.ts';
import { findReports, type ReportFile, readFiles, writtenSince } from './report-files.ts';

const TestParameters = Type.Object(
  {
    ...commandFields,
    report: Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 }),
      ],
      { description: 'Paths or globs of the report files, relative to `cwd`.' },
    ),
    format: Type.Optional(Type.Literal('junit', { default: 'junit' })),
    fail_on: Type.Optional(
      Type.Union([Type.Literal('failures'), Type.Literal('never')], {
        default: 'failures',
        description: '`never` completes the node even if tests fail.',
      }),
    ),
    suite: Type.Optional(
      Type.String({ minLength: 1, description: 'What the ids of the tests begin with.' }),
    ),
  },
  { additionalProperties: false },
);
type TestParameters = Static<typeof TestParameters>;

/**
 * The action `test.run`: a command, as `command.run` starts it, that leaves JUnit XML reports.
 *
 * Only reports that the command wrote are taken, not those that were there before. The output is
 * `{exit_code, counts, duration_seconds, suites, cases, truncated?}` with failures listed first;
 * the limits of the lists are in `REPORT_LIMITS`. The report files become artifacts.
 */
export function testRun(options: CommandOptions): ActionDefinition {
  const prepare = createLauncher(options);
  return {
    name: 'test.run',
    description: 'Runs a test command and takes the results from its JUnit XML reports.',
    parameters: TestParameters,
    run: (call) => withRefusals(() => runTests(prepare, call)),
  };
}

async function runTests(prepare: Prepare, call: ActionCall): Promise<ActionOutcome> {
  const parameters = parseParameters(TestParameters, call.with);
  const prepared = await prepare(
    { ...parameters, maxOutputBytes: COMMAND_LIMITS.outputBytes },
    call,
  );
  const { cwd, root } = prepared;
  const search = { cwd, root, patterns: [parameters.report].flat() };
  try {
    const before = await findReports(search, call.signal);
    call.signal.throwIfAborted();
    const end = await prepared.run();
    // Whatever the exit code is, the reports say more; without one there are none to trust.
    const broken = verdict(end, call, end.exitCode === null ? [] : [end.exitCode]);
    if (broken !== undefined) return { ...broken, output: exit(end) };
    const now = await findReports(search, call.signal);
    const written = await readFiles(writtenSince(before, now));
    if (written.length === 0) return missing(end, [...now.keys()]);
    const read = await readReports(
      written.map(({ bytes }) => bytes),
      call.signal,
    );
    return judge({ end, call, parameters, written, read });
  } catch (error) {
    if (call.signal.aborted) return abortedBy(call);
    throw error;
  }
}

const exit = (end: ProcessEnd): JsonObject => ({ exit_code: end.exitCode });

function missing(end: ProcessEnd, stale: readonly string[]): ActionOutcome {
  const quote = lastLines(end.stderr.text());
  const why =
    stale.length === 0
      ? 'No file matches `report`: make the command write JUnit XML there, or correct the path, which is relative to `cwd`.'
      : `Only reports from before this attempt match \`report\` (${stale.slice(0, 3).join(', ')}), and they are not taken: make the command write them anew.`;
  const ended = `The command ended with exit code ${end.exitCode}${quote === '' ? '.' : `: ${quote}`}`;
  return {
    status: 'failed',
    error: { classification: 'unknown', type: 'report_missing', message: `${why} ${ended}` },
    output: exit(end),
  };
}

interface Finished {
  readonly end: ProcessEnd;
  readonly call: ActionCall;
  readonly parameters: TestParameters;
  readonly written: readonly ReportFile[];
  readonly read: readonly ReadReport[];
}

function judge({ end, call, parameters, written, read }: Finished): ActionOutcome {
  const artifacts = written.map(artifactOf);
  const reports: TestReport[] = [];
  for (const [index, answer] of read.entries()) {
    if ('report' in answer) {
      reports.push(answer.report);
      continue;
    }
    const error = malformed(written[index]?.path ?? '', answer);
    return { status: 'failed', error, output: exit(end), artifacts };
  }
  const report = mergeReports(reports);
  const output = { ...exit(end), ...listReport(report, parameters.suite) };
  const bad = report.counts.failed + report.counts.errors;
  if (bad === 0) {
    const failure = verdict(end, call, [0]);
    return failure === undefined
      ? { status: 'completed', output, artifacts }
      : { ...failure, output, artifacts };
  }
  if (parameters.fail_on === 'never') return { status: 'completed', output, artifacts };
  return { status: 'failed', error: testsFailed(report, bad), output, artifacts };
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

function testsFailed({ counts, cases }: TestReport, bad: number): ActionError {
  const failing = cases.filter(({ status }) => status === 'failed' || status === 'error');
  const names = failing.slice(0, NAMED).map(({ id }) => id);
  const more = bad > names.length ? `, and ${bad - names.length} more` : '';
  return {
    classification: 'unknown',
    type: 'tests_failed',
    message: `${bad} of ${counts.total} tests failed: ${names.join(', ')}${more}.`,
    details: { counts },
  };
}
