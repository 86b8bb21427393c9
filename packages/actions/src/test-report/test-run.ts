import type { ActionCall, ActionOutcome, EarlierResult, TestMemory } from '@tenuto/engine';
import type { ActionDefinition } from '../action.ts';
import { createLauncher, type Prepare, withRefusals } from '../command/launch.ts';
import { COMMAND_LIMITS, type CommandOptions } from '../command/options.ts';
import { parseParameters } from '../command/parameters.ts';
import type { ProcessEnd } from '../command/process-group.ts';
import { abortedBy, lastLines, verdict } from '../command/verdict.ts';
import { forAttempt } from './attempt-name.ts';
import { type Selection, selectingCommand } from './case-selection.ts';
import { exit, judge } from './judgement.ts';
import { listReport } from './listing.ts';
import { NO_MEMORY, withMemory } from './memory.ts';
import { readReports } from './read-reports.ts';
import { isBad, mergeReports } from './report.ts';
import { findReports, readFiles, removeFiles, writtenSince } from './report-files.ts';
import { TestParameters } from './test-parameters.ts';

/**
 * The action `test.run`: a command, as `command.run` starts it, that leaves JUnit XML reports.
 *
 * Only reports that the command wrote are taken, not those that were there before. `{attempt}` in
 * `command`, `env` and `report` is a name of the attempt's own, for runs side by side in one folder;
 * reports of such a name are removed once they were read. The output is
 * `{exit_code, counts, duration_seconds, suites, cases, quarantined_failures?, truncated?}` with
 * failures listed first; the limits of the lists are in `REPORT_LIMITS`. The report files become
 * artifacts, the results go into the history of their tests. Failures of tests that were in
 * quarantine when the attempt began fail nothing.
 *
 * @param memory what is known of tests; without one, nothing is
 */
export function testRun(options: CommandOptions, memory: TestMemory = NO_MEMORY): ActionDefinition {
  const prepare = createLauncher(options);
  return {
    name: 'test.run',
    description: 'Runs a test command and takes the results from its JUnit XML reports.',
    parameters: TestParameters,
    secretFields: ['env'],
    async run(call) {
      const outcome = await withRefusals(() =>
        withMemory(() => runTests({ prepare, memory }, call)),
      );
      // Without a report there are no results, and the end of the attempt is none either.
      return outcome.status === 'waiting' ? outcome : { tests: [], ...outcome };
    },
  };
}

interface Hands {
  readonly prepare: Prepare;
  readonly memory: TestMemory;
}

async function runTests({ prepare, memory }: Hands, call: ActionCall): Promise<ActionOutcome> {
  const parameters = parseParameters(TestParameters, call.with);
  const { selection, earlier } = await selectionOf(memory, call, parameters);
  if (selection.cases?.length === 0) return nothingToRun(parameters);
  const quarantined = await memory.quarantined(call.owner);
  const { select, suite = '' } = parameters;
  const { hasOwnReports, report: patterns, ...own } = forAttempt(call, parameters);
  const command = selectingCommand(own.command, { select, suite }, selection);
  const request = { ...parameters, ...own, command, maxOutputBytes: COMMAND_LIMITS.outputBytes };
  const { cwd, root, run } = await prepare(request, call);
  const search = { cwd, root, patterns };
  try {
    const before = await findReports(search, call.signal);
    call.signal.throwIfAborted();
    const end = await run();
    // Whatever the exit code is, the reports say more; without one there are none to trust.
    const broken = verdict(end, call, end.exitCode === null ? [] : [end.exitCode]);
    if (broken !== undefined) return { ...broken, output: exit(end) };
    const now = await findReports(search, call.signal);
    const found = writtenSince(before, now);
    const written = await readFiles(found);
    if (hasOwnReports) await removeFiles(found);
    if (written.length === 0) return missing(end, [...now.keys()]);
    const read = await readReports(
      written.map(({ bytes }) => bytes),
      call.signal,
    );
    return judge({ end, call, parameters, written, read, quarantined, earlier });
  } catch (error) {
    if (call.signal.aborted) return abortedBy(call);
    throw error;
  }
}

interface Selected {
  readonly selection: Selection;
  /** What of the attempts before stays, unless this one says otherwise. */
  readonly earlier: readonly EarlierResult[];
}

/** A further attempt may run only what failed; where nothing did, it is all run again. */
async function selectionOf(
  memory: TestMemory,
  call: ActionCall,
  { cases, skip, on_retry: onRetry }: TestParameters,
): Promise<Selected> {
  const whole = { selection: { cases, skip }, earlier: [] };
  if (call.earlierAttempts === 0 || onRetry !== 'failed') return whole;
  const { owner, runId, nodeId } = call;
  const fromAttempt = call.attempt - call.earlierAttempts;
  const earlier = await memory.earlier({ owner, runId, nodeId, fromAttempt });
  const failed = earlier.filter((result) => isBad(result) && !result.quarantined);
  if (failed.length === 0) return whole;
  call.log('system', `runs ${failed.length} of ${earlier.length} tests again, those that failed`);
  return { selection: { cases: failed }, earlier };
}

/** A shard may have nothing to do, when there are more of them than cases. */
function nothingToRun({ suite }: TestParameters): ActionOutcome {
  const output = { exit_code: null, ...listReport(mergeReports([]), suite) };
  return { status: 'completed', output };
}

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
