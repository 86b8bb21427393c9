import type {
  Access,
  EarlierResult,
  FailedTest,
  KnownTest,
  Page,
  PageRequest,
  ResultKey,
  ResultRecord,
  TestMemory,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';
import { IN_QUARANTINE, statusOf } from './test-row.ts';

/** Tests of one owner, or of one suite, that are read at once. */
const MOST = 50_000;
/** A test that the suite has run without for so long is taken to be gone. */
const GONE_AFTER = `interval '14 days'`;

interface ResultRow {
  readonly run_id: string;
  readonly node_id: string;
  readonly attempt: number;
  readonly position: number;
  readonly at: Date;
  readonly status: number;
  readonly flaky: boolean;
  readonly quarantined: boolean;
  readonly duration_ms: number;
  readonly message: string | null;
  readonly source: readonly [branch: string | null, commit: string | null] | null;
}

/** Newest run first, in it the last attempt first. */
export function listResults(
  db: Database,
  access: Access,
  testId: string,
  page: PageRequest<ResultKey>,
): Promise<Page<ResultRecord>> {
  const given = parameters();
  const { after } = page;
  return pageOf(db, {
    columns: `r.run_id, r.node_id, r.attempt, r.position, r.at, r.status, r.flaky, r.quarantined,
      r.duration_ms, r.message,
      (select json_build_array(m.metadata->>'branch', m.metadata->>'commit')
       from (select run_id, metadata from run_live union all select run_id, metadata from runs) m
       where m.run_id = r.run_id) as source`,
    from: 'test_results r',
    where: [
      `r.test_id = ${given.add(testId)}`,
      access.all
        ? 'true'
        : `exists (select from tests t where t.test_id = r.test_id
            and ${reachable(access, given, 't')})`,
    ],
    key: ['r.run_id', 'r.attempt', 'r.node_id', 'r.position'],
    newestFirst: true,
    after: after && [after.runId, after.attempt, after.nodeId, after.position],
    page,
    given,
    item: resultOf,
  });
}

function resultOf(row: ResultRow): ResultRecord {
  const [branch, commit] = row.source ?? [null, null];
  return {
    runId: row.run_id,
    nodeId: row.node_id,
    attempt: row.attempt,
    position: row.position,
    at: row.at.getTime(),
    status: statusOf(row.status),
    flaky: row.flaky,
    quarantined: row.quarantined,
    durationMs: row.duration_ms,
    message: row.message,
    branch,
    commit,
  };
}

/** The last result of each test in each node of a run. */
const LAST_RESULTS = `select distinct on (r.node_id, r.test_id)
    r.node_id, r.test_id, r.status, r.quarantined, r.duration_ms, r.position
  from test_results r`;
const LAST_FIRST = 'order by r.node_id, r.test_id, r.attempt desc';

/** What failed in a run for good, by node and place in its report. */
export function listFailed(
  db: Database,
  access: Access,
  { runId, limit }: { readonly runId: string; readonly limit: number },
): Promise<FailedTest[]> {
  const given = parameters();
  return ask<FailedTest & Record<string, unknown>>(
    db,
    `select l.node_id as "nodeId", t.suite, t.classname, t.name, t.file
     from (${LAST_RESULTS} where r.run_id = ${given.add(runId)} ${LAST_FIRST}) l
     join tests t on t.test_id = l.test_id
     where l.status in (1, 2) and not l.quarantined and ${reachable(access, given, 't')}
     order by l.node_id, l.position limit ${given.add(limit)}`,
    given.values,
  );
}

interface EarlierRow extends Omit<EarlierResult, 'status'> {
  readonly status: number;
  readonly [column: string]: unknown;
}

/** What the tests of a node came to so far, by the attempts whose results are all there. */
export async function listEarlier(
  db: Database,
  of: Parameters<TestMemory['earlier']>[0],
): Promise<EarlierResult[]> {
  const rows = await ask<EarlierRow>(
    db,
    `select l.test_id as "testId", t.suite, t.classname, t.name, t.file, l.status, l.quarantined,
       l.duration_ms as "durationMs"
     from (${LAST_RESULTS} where r.run_id = $1 and r.node_id = $2 and r.attempt in (
         select w.attempt from test_results w where w.run_id = $1 and w.node_id = $2
         and w.attempt >= $4 group by w.attempt having count(*) = max(w.total)) ${LAST_FIRST}) l
     join tests t on t.test_id = l.test_id
     where t.owner = $3
     order by l.position`,
    [of.runId, of.nodeId, of.owner, of.fromAttempt],
  );
  return rows.map((row) => ({ ...row, status: statusOf(row.status) }));
}

export async function listQuarantined(db: Database, owner: string): Promise<ReadonlySet<string>> {
  const rows = await ask<{ test_id: string }>(
    db,
    `select t.test_id from tests t where t.owner = $1 and ${IN_QUARANTINE} limit ${MOST}`,
    [owner],
  );
  return new Set(rows.map((row) => row.test_id));
}

/** The tests that a suite has had lately. */
export function listKnown(db: Database, owner: string, suite: string): Promise<KnownTest[]> {
  return ask<KnownTest & Record<string, unknown>>(
    db,
    `select t.suite, t.classname, t.name, t.file, t.p50_ms as "durationMs" from tests t
     where t.owner = $1 and t.suite = $2
       and t.last_at > (select max(l.last_at) - ${GONE_AFTER} from tests l
         where l.owner = $1 and l.suite = $2)
     order by t.test_id limit ${MOST}`,
    [owner, suite],
  );
}
