/** Results of tests on their way into the history, before the attempt's end is journaled. */
import { LIMITS } from '@tenuto/contract';
import { type KeepingPorts, untilStored } from './kept-results.ts';
import type { LogWriter } from './log-writer.ts';
import type { Call, FinalOutcome } from './owned.ts';
import type { Clock } from './ports/clock.ts';
import type { ReportedTest } from './ports/reported-test.ts';
import type { TestRow } from './ports/store.ts';
import { idOf, roundOf, specOf } from './run/index.ts';
import { identified } from './testing/index.ts';

const NONE: readonly ReportedTest[] = [];

/**
 * The tests of an attempt: those that its action reports; else a test case is itself one, which
 * passed when it completed. One that was cancelled has no result, nor has what undoes it or stands in
 * for it.
 */
export function testsOf(
  call: Call,
  outcome: FinalOutcome,
  clock: Pick<Clock, 'wall'>,
): readonly ReportedTest[] {
  if (outcome.tests !== undefined) return outcome.tests;
  const { run } = call.owned;
  const { testCase } = specOf(run, call.node);
  if (testCase === undefined || outcome.status === 'cancelled') return NONE;
  if (roundOf(run, call.node).kind !== 'work') return NONE;
  const status = { completed: 'passed', failed: 'failed', timeout: 'error' } as const;
  return [
    {
      suite: testCase.suite,
      reportSuite: '',
      classname: '',
      name: testCase.name ?? idOf(run, call.node),
      status: status[outcome.status],
      flaky: false,
      durationMs: Math.max(0, clock.wall() - call.startedAt),
      ...(outcome.status !== 'completed' && {
        message: outcome.error.message.slice(0, LIMITS.testMessageChars),
      }),
    },
  ];
}

/** Stores the results of an attempt's tests; asked again for as long as the database is away. */
export async function keepTests(
  ports: KeepingPorts & { readonly logs: LogWriter },
  call: Call,
  tests: readonly ReportedTest[],
): Promise<void> {
  if (tests.length === 0) return;
  const { run } = call.owned;
  const rows = rowsOf(run.facts.owner, tests);
  if (rows.length < tests.length) {
    const left = tests.length - rows.length;
    ports.logs.write(call, 'system', `${left} results of tests are too many for the history`);
  }
  const attempt = {
    runId: call.owned.id,
    nodeId: idOf(run, call.node),
    attempt: call.attempt,
    owner: run.facts.owner,
    at: ports.clock.wall(),
    total: rows.length,
  };
  for (let from = 0; from < rows.length; from += LIMITS.testResultsAtOnce) {
    const results = rows.slice(from, from + LIMITS.testResultsAtOnce);
    // It is not silent: it waits for the database.
    call.silent = false;
    await untilStored(ports, call, () => ports.store.putTestResults({ ...attempt, results }));
  }
}

/** As many as are kept: of more than that, all that went wrong before what went well. */
function rowsOf(owner: string, tests: readonly ReportedTest[]): readonly TestRow[] {
  const rows = identified(owner, tests).map((one, position) => ({ ...one, position }));
  if (rows.length <= LIMITS.testResults) return rows;
  const isBad = ({ test }: TestRow) => test.status === 'failed' || test.status === 'error';
  return [...rows.filter(isBad), ...rows.filter((row) => !isBad(row))].slice(0, LIMITS.testResults);
}
