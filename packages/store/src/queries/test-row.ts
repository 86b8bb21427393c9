import { TEST_STATUSES, type TestStatus } from '@tenuto/contract';
import type { Quarantine, TestRecord } from '@tenuto/engine';
import { unpackWindow } from './test-window.ts';

/** A test beside the entry of its suite, which says who is in charge where the test does not. */
export const TEST_FROM = `tests t left join test_catalogue c
  on c.owner = t.owner and c.entry_id = t.suite and t.in_charge is null`;

/** The condition that a test is in quarantine now. */
export const IN_QUARANTINE = 't.quarantined_until > clock_timestamp()';

export const TEST_COLUMNS = `t.test_id, t.suite, t.report_suite, t.classname, t.name, t.file,
  coalesce(t.in_charge, c.in_charge) as in_charge,
  case when ${IN_QUARANTINE} then t.quarantine_reason end as quarantine_reason,
  t.quarantined_by, t.quarantined_at,
  case when t.quarantined_until < 'infinity' then t.quarantined_until end as quarantined_until,
  t.last_status, t.last_flaky, t.last_run, t.last_at,
  t.last_failed_run, t.last_failed_at, t.last_failure,
  t.runs::float8 as runs, t.clean_passes::float8 as clean_passes,
  t.flaky_passes::float8 as flaky_passes, t.failures::float8 as failures,
  t.errors::float8 as errors, t.skips::float8 as skips,
  t.pass_rate, t.flake_score, t.p50_ms, t.p95_ms, t.recent, t.first_at, t.version`;

export interface TestRow {
  readonly test_id: string;
  readonly suite: string;
  readonly report_suite: string;
  readonly classname: string;
  readonly name: string;
  readonly file: string | null;
  readonly in_charge: string | null;
  readonly quarantine_reason: string | null;
  readonly quarantined_by: string | null;
  readonly quarantined_at: Date | null;
  readonly quarantined_until: Date | null;
  readonly last_status: number;
  readonly last_flaky: boolean;
  readonly last_run: string;
  readonly last_at: Date;
  readonly last_failed_run: string | null;
  readonly last_failed_at: Date;
  readonly last_failure: string | null;
  readonly runs: number;
  readonly clean_passes: number;
  readonly flaky_passes: number;
  readonly failures: number;
  readonly errors: number;
  readonly skips: number;
  readonly pass_rate: number | null;
  readonly flake_score: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number;
  readonly recent: Buffer;
  readonly first_at: Date;
  readonly version: number;
}

export function testRecordOf(row: TestRow): TestRecord {
  return {
    testId: row.test_id,
    suite: row.suite,
    reportSuite: row.report_suite,
    classname: row.classname,
    name: row.name,
    file: row.file,
    inCharge: row.in_charge,
    quarantine: quarantineOf(row),
    lastStatus: statusOf(row.last_status),
    lastFlaky: row.last_flaky,
    lastRunId: row.last_run,
    lastAt: row.last_at.getTime(),
    lastFailure: lastFailureOf(row),
    flakeScore: row.flake_score,
    passRate: row.pass_rate,
    runs: row.runs,
    recent: unpackWindow(row.recent),
    cleanPasses: row.clean_passes,
    flakyPasses: row.flaky_passes,
    failures: row.failures,
    errors: row.errors,
    skips: row.skips,
    p50Ms: row.p50_ms,
    // It is a place in an order, too, and there without a duration it is 0.
    p95Ms: row.p50_ms === null ? null : row.p95_ms,
    firstAt: row.first_at.getTime(),
    version: row.version,
  };
}

function quarantineOf(row: TestRow): Quarantine | null {
  if (row.quarantine_reason === null) return null;
  return {
    reason: row.quarantine_reason,
    until: row.quarantined_until?.getTime() ?? null,
    by: row.quarantined_by ?? '',
    at: row.quarantined_at?.getTime() ?? 0,
  };
}

function lastFailureOf(row: TestRow): TestRecord['lastFailure'] {
  if (row.last_failed_run === null) return null;
  return {
    runId: row.last_failed_run,
    at: row.last_failed_at.getTime(),
    message: row.last_failure,
  };
}

export function statusOf(code: number): TestStatus {
  return TEST_STATUSES[code] ?? 'error';
}
