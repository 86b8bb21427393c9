import { TEST_STATUSES } from '@tenuto/contract';
import { type AttemptTests, figuresOf, runIdOf, type TestStats, withResult } from '@tenuto/engine';
import type pg from 'pg';
import {
  boolArray,
  byteaArray,
  float8Array,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  uuidArray,
} from '../binary-array.ts';
import { commitNumber, packWindow, storedMs, unpackWindow } from './test-window.ts';

/** A result that was not there before. */
export interface NewResult {
  readonly row: AttemptTests['results'][number];
  /** There was another result of the test in the same run. */
  readonly flaky: boolean;
  readonly commit: string | null;
}

interface TestRow {
  readonly test_id: string;
  readonly runs: number;
  readonly clean_passes: number;
  readonly flaky_passes: number;
  readonly failures: number;
  readonly errors: number;
  readonly skips: number;
  readonly recent: Buffer;
}

/**
 * Counts new results into the rows of their tests. Rows are made, and then locked, in the order of
 * their ids, so that attempts that count the same tests wait for each other and never in a circle.
 *
 * @param results in the order of their tests' ids
 */
export async function countResults(
  client: pg.PoolClient,
  attempt: AttemptTests,
  results: readonly NewResult[],
): Promise<void> {
  const ids = uuidArray(results.map(({ row }) => runIdOf(row.testId).bytes));
  await addTests(client, attempt, { ids, results });
  const { rows } = await client.query<TestRow>(
    `select test_id, runs::float8 as runs, clean_passes::float8 as clean_passes,
       flaky_passes::float8 as flaky_passes, failures::float8 as failures,
       errors::float8 as errors, skips::float8 as skips, recent
     from tests where test_id = any($1::uuid[]) order by test_id for update`,
    [ids],
  );
  await writeTests(client, attempt, countedTests(rows, results));
}

interface CountedTest {
  readonly stats: TestStats;
  /** What comes last of the results that are new. */
  readonly last: NewResult;
}

function countedTests(
  rows: readonly TestRow[],
  results: readonly NewResult[],
): readonly CountedTest[] {
  const stats = new Map(rows.map((row) => [row.test_id, statsOf(row)]));
  const counted = new Map<string, CountedTest>();
  for (const last of results) {
    const { testId, test } = last.row;
    const before = counted.get(testId)?.stats ?? stats.get(testId);
    if (before === undefined) throw new Error('a test that was just added is not there');
    const { flaky } = last;
    const [commit, durationMs] = [commitNumber(last.commit), storedMs(test.durationMs)];
    const after = withResult(before, { status: test.status, flaky, commit, durationMs });
    counted.set(testId, { stats: after, last });
  }
  return [...counted.values()];
}

interface Counted {
  readonly ids: Buffer;
  readonly results: readonly NewResult[];
}

async function addTests(
  client: pg.PoolClient,
  { owner }: AttemptTests,
  { ids, results }: Counted,
): Promise<void> {
  const texts = (of: (result: NewResult) => string | undefined) => textArray(results.map(of));
  await client.query(
    `insert into tests (test_id, owner, suite, report_suite, classname, name, occurrence, file)
     select g.test_id, $1, g.suite, g.report_suite, g.classname, g.name, g.occurrence, g.file
     from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int4[],
       $8::text[]) g (test_id, suite, report_suite, classname, name, occurrence, file)
     where not exists (select from tests t where t.test_id = g.test_id)
     order by g.test_id
     on conflict do nothing`,
    [
      owner,
      ids,
      texts(({ row }) => row.test.suite),
      texts(({ row }) => row.test.reportSuite),
      texts(({ row }) => row.test.classname),
      texts(({ row }) => row.test.name),
      int4Array(results.map(({ row }) => row.occurrence)),
      texts(({ row }) => row.test.file),
    ],
  );
}

function statsOf(row: TestRow): TestStats {
  return {
    runs: row.runs,
    cleanPasses: row.clean_passes,
    flakyPasses: row.flaky_passes,
    failures: row.failures,
    errors: row.errors,
    skips: row.skips,
    window: unpackWindow(row.recent),
  };
}

/**
 * The counts and figures, what came last and what failed last; a result that comes after a later
 * one changes neither of the latter.
 */
async function writeTests(
  client: pg.PoolClient,
  { runId, at }: AttemptTests,
  tests: readonly CountedTest[],
): Promise<void> {
  const figures = tests.map(({ stats }) => figuresOf(stats));
  const counts = (of: (stats: TestStats) => number) => int8Array(tests.map((t) => of(t.stats)));
  const texts = (of: (last: NewResult) => string | undefined) =>
    textArray(tests.map(({ last }) => of(last)));
  await client.query(
    `update tests t set
       last_status = case when $2 >= coalesce(t.last_at, $2) then g.status else t.last_status end,
       last_flaky = case when $2 >= coalesce(t.last_at, $2) then g.flaky else t.last_flaky end,
       last_run = case when $2 >= coalesce(t.last_at, $2) then $1 else t.last_run end,
       last_at = greatest(t.last_at, $2),
       last_failed_run = case when ${FAILED_LAST} then $1 else t.last_failed_run end,
       last_failed_at = case when ${FAILED_LAST} then $2 else t.last_failed_at end,
       last_failure = case when ${FAILED_LAST} then g.message else t.last_failure end,
       file = coalesce(g.file, t.file),
       runs = g.runs, clean_passes = g.clean, flaky_passes = g.flakes, failures = g.failures,
       errors = g.errors, skips = g.skips, recent = g.recent, pass_rate = g.pass_rate,
       flake_score = g.score, p50_ms = g.p50, p95_ms = coalesce(g.p95, 0)
     from unnest($3::uuid[], $4::int2[], $5::bool[], $6::text[], $7::text[], $8::int8[],
       $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::bytea[],
       $15::float8[], $16::float8[], $17::int4[], $18::int4[])
       g (test_id, status, flaky, message, file, runs, clean, flakes, failures, errors, skips,
         recent, pass_rate, score, p50, p95)
     where t.test_id = g.test_id`,
    [
      runId.text,
      new Date(at),
      uuidArray(tests.map(({ last }) => runIdOf(last.row.testId).bytes)),
      int2Array(tests.map(({ last }) => TEST_STATUSES.indexOf(last.row.test.status))),
      boolArray(tests.map(({ last }) => last.flaky)),
      texts(({ row }) => row.test.message),
      texts(({ row }) => row.test.file),
      counts(({ runs }) => runs),
      counts(({ cleanPasses }) => cleanPasses),
      counts(({ flakyPasses }) => flakyPasses),
      counts(({ failures }) => failures),
      counts(({ errors }) => errors),
      counts(({ skips }) => skips),
      byteaArray(tests.map(({ stats }) => packWindow(stats.window))),
      float8Array(figures.map(({ passRate }) => passRate)),
      float8Array(figures.map(({ flakeScore }) => flakeScore)),
      int4Array(figures.map(({ p50Ms }) => p50Ms)),
      int4Array(figures.map(({ p95Ms }) => p95Ms)),
    ],
  );
}

const FAILED_LAST = 'g.status in (1, 2) and $2 >= t.last_failed_at';
