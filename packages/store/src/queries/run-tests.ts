import { TEST_STATUSES } from '@tenuto/contract';
import type {
  Page,
  PageRequest,
  RunTestCounts,
  RunTestFilter,
  RunTestKey,
  RunTestRecord,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { statusOf } from './test-row.ts';

/** The last result of each test in each node of a run; `$1` is the run. */
const LAST = `(select distinct on (r.node_id, r.test_id)
    r.node_id, r.test_id, r.attempt, r.position, r.status, r.flaky, r.quarantined, r.duration_ms,
    r.message,
    case when r.status in (1, 2) then 0 when r.flaky then 1 when r.status = 0 then 2 else 3 end as rank
  from test_results r where r.run_id = $1
  order by r.node_id, r.test_id, r.attempt desc, r.position desc) l`;

interface Row {
  readonly rank: number;
  readonly node_id: string;
  readonly test_id: string;
  readonly attempt: number;
  readonly position: number;
  readonly status: number;
  readonly flaky: boolean;
  readonly quarantined: boolean;
  readonly duration_ms: number;
  readonly message: string | null;
  readonly suite: string;
  readonly report_suite: string;
  readonly classname: string;
  readonly name: string;
  readonly file: string | null;
}

/** What failed first; in it by node and by place in the report. */
export async function listRunTests(
  db: Database,
  { runId, filter }: { readonly runId: string; readonly filter: RunTestFilter },
  page: PageRequest<RunTestKey>,
): Promise<Page<RunTestRecord> & { readonly counts: RunTestCounts }> {
  const given = parameters();
  given.add(runId);
  const { after } = page;
  const { statuses, flaky, nodeId } = filter;
  const codes = statuses?.map((status) => TEST_STATUSES.indexOf(status));
  const [tests, counts] = await Promise.all([
    pageOf<Row, RunTestRecord>(db, {
      columns: 'l.*, t.suite, t.report_suite, t.classname, t.name, t.file',
      from: `${LAST} join tests t on t.test_id = l.test_id`,
      where: [
        'true',
        ...(codes === undefined ? [] : [`l.status = any(${given.add(codes)}::smallint[])`]),
        ...(flaky === undefined ? [] : [`l.flaky = ${given.add(flaky)}`]),
        ...(nodeId === undefined ? [] : [`l.node_id = ${given.add(nodeId)}`]),
      ],
      key: ['l.rank', 'l.node_id', 'l.position', 'l.test_id'],
      after: after && [after.rank, after.nodeId, after.position, after.testId],
      page,
      given,
      item: recordOf,
    }),
    countRunTests(db, runId),
  ]);
  return { ...tests, counts };
}

async function countRunTests(db: Database, runId: string): Promise<RunTestCounts> {
  const [row] = await ask<{ readonly [column: string]: number }>(
    db,
    `select count(*)::int as total, count(*) filter (where l.status = 0)::int as passed,
       count(*) filter (where l.status = 1)::int as failed,
       count(*) filter (where l.status = 2)::int as error,
       count(*) filter (where l.status = 3)::int as skipped,
       count(*) filter (where l.flaky)::int as flaky,
       coalesce(sum(l.duration_ms), 0)::float8 as ms
     from ${LAST}`,
    [runId],
  );
  const of = (column: string) => row?.[column] ?? 0;
  return {
    ...{ total: of('total'), passed: of('passed'), failed: of('failed'), error: of('error') },
    ...{ skipped: of('skipped'), flaky: of('flaky'), durationMs: of('ms') },
  };
}

function recordOf(row: Row): RunTestRecord {
  return {
    ...{ rank: row.rank, nodeId: row.node_id, testId: row.test_id, attempt: row.attempt },
    ...{ position: row.position, status: statusOf(row.status), flaky: row.flaky },
    ...{ quarantined: row.quarantined, durationMs: row.duration_ms, message: row.message },
    ...{ suite: row.suite, reportSuite: row.report_suite, classname: row.classname },
    ...{ name: row.name, file: row.file },
  };
}
