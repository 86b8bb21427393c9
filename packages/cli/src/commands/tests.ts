import { randomUUID } from 'node:crypto';
import type { Test, TestResult } from '@tenuto/contract';
import type { TestQuery } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { duration } from '../terminal/duration.ts';
import { tableLines } from '../terminal/table.ts';
import { testStatusText } from '../terminal/test-status.ts';
import { printable, truncate } from '../terminal/text.ts';
import { jobLine } from '../watch/frame.ts';
import { readOutline } from '../watch/outline.ts';
import { watch } from '../watch/watch.ts';
import type { Command, Session } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';
import { testIdOf, testName } from './test-name.ts';

export interface TestListOptions extends Omit<TestQuery, 'limit' | 'offset' | 'sort'> {
  readonly sort: string;
  /** As it was written. */
  readonly limit: string;
}

const ORDERS = ['flake_score', 'duration', 'last_failure'] as const;

/** `tenuto tests ls`: the flakiest first, unless sorted otherwise. */
export const listTests: Command<[options: TestListOptions]> = async (session, options) => {
  const { limit: written, sort: asked, ...filters } = options;
  const sort = ORDERS.find((order) => order === asked);
  if (sort === undefined) {
    throw new UsageError(`Tests are sorted by ${ORDERS.join(', ')}; "${asked}" is none of them.`);
  }
  const limit = readCount(written);
  const query = { ...filters, sort, limit: Math.min(limit, PAGE) };
  return showList(session, { listing: session.client().tests.list(query), limit }, (tests) =>
    tableLines(
      ['TEST', 'NAME', 'LAST', 'FLAKES', 'PASSES', 'P95', 'OWNER', ''],
      tests.map((test) => testRow(session, test)),
    ),
  );
};

/** Names say their suite and class, too. */
const NAME_CELLS = 80;

function testRow({ output }: Session, test: Test): readonly string[] {
  const { palette } = output;
  const score = test.flake_score.toFixed(2);
  return [
    test.test_id,
    truncate(printable(testName(test)), NAME_CELLS),
    testStatusText({ status: test.last_status, flaky: test.last_flaky }, palette),
    test.flaky ? palette.yellow(score) : score,
    test.pass_rate === null ? '' : `${Math.round(test.pass_rate * 100)}%`,
    test.duration_p95_ms === null ? '' : duration(test.duration_p95_ms),
    truncate(printable(test.owner ?? ''), 20),
    test.quarantine === null ? '' : palette.yellow('quarantined'),
  ];
}

/** `tenuto tests history TEST`: newest first. */
export const showHistory: Command<[named: string, options: { readonly limit: string }]> = async (
  session,
  named,
  { limit: written },
) => {
  const limit = readCount(written);
  const server = session.client();
  const testId = await testIdOf(server, named);
  const listing = server.tests.history(testId, { limit: Math.min(limit, PAGE) });
  const row = (result: TestResult) => [
    result.at,
    testStatusText(result, session.output.palette),
    duration(result.duration_ms),
    result.run_id,
    printable(`${result.node_id} #${result.attempt}`),
    printable([result.branch, result.commit?.slice(0, 10)].filter(Boolean).join(' ')),
    truncate(printable(result.message ?? ''), 60),
  ];
  return showList(session, { listing, limit }, (results) =>
    tableLines(['AT', 'RESULT', 'TIME', 'JOB', 'NODE', 'CODE', ''], results.map(row)),
  );
};

export interface QuarantineOptions {
  readonly reason?: string;
  readonly until?: string;
  readonly end?: boolean;
}

/** `tenuto tests quarantine TEST`. */
export const quarantineTest: Command<[named: string, options: QuarantineOptions]> = async (
  { io, output, client },
  named,
  { reason, until, end = false },
) => {
  if (end === (reason !== undefined)) {
    throw new UsageError('A quarantine has a --reason; --end takes a test out of it.');
  }
  const untilTime = until === undefined ? {} : { until: readUntil(until, io.now()) };
  const quarantine = reason === undefined ? null : { reason, ...untilTime };
  const server = client();
  const test = await server.tests.update(await testIdOf(server, named), { quarantine });
  output.result(test, () => [
    printable(
      test.quarantine === null
        ? `${testName(test)} counts again.`
        : `${testName(test)} is in quarantine ${test.quarantine.until === null ? 'for good' : `until ${test.quarantine.until}`}: ${test.quarantine.reason}`,
    ),
  ]);
  return EXIT.ok;
};

const DAY_MS = 86_400_000;

/** A time as it is written, or days from now. */
function readUntil(text: string, now: number): string {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  return days === undefined ? text : new Date(now + Number(days) * DAY_MS).toISOString();
}

export interface RerunOptions {
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
}

/** `tenuto tests rerun JOB`. */
export const rerunFailed: Command<[jobId: string, options: RerunOptions]> = async (
  { io, output, client },
  jobId,
  options,
) => {
  const server = client();
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  const job = await server.tests.rerunFailed(jobId, { idempotencyKey });
  if (!options.watch) {
    output.result(job, () => [
      jobLine(job, output.palette),
      `Watch it: tenuto jobs watch ${job.job_id}`,
    ]);
    return EXIT.ok;
  }
  output.event({ type: 'submitted', job });
  output.say(jobLine(job, output.palette));
  const { plan } = await server.jobs.get(job.job_id, { include: ['plan'] });
  return watch({ io, output, client: server, jobId: job.job_id, outline: readOutline(plan) });
};
