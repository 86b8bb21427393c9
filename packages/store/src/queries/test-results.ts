import { TEST_STATUSES } from '@tenuto/contract';
import { type AttemptTests, runIdOf } from '@tenuto/engine';
import type pg from 'pg';
import { boolArray, int2Array, int4Array, textArray, uuidArray } from '../binary-array.ts';
import { storedMs } from './test-window.ts';
import { countResults, type NewResult } from './tests-count.ts';

interface InsertedRow {
  readonly position: number;
  readonly commit: string | null;
  readonly flaky: boolean;
}

/**
 * Stores results and counts those that are new into their tests, in one transaction. What one
 * statement of another attempt has counted is waited for, in the order of the tests' ids.
 */
export async function putTestResults(
  pool: Pick<pg.Pool, 'connect'>,
  attempt: AttemptTests,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const inserted = await insertResults(client, attempt);
    if (inserted.length > 0) await countResults(client, attempt, newOnes(attempt, inserted));
    await client.query('commit');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * A pass is flaky, too, when the run has an earlier failure of the test: an attempt that was made
 * again. Results that are there already are left alone.
 */
async function insertResults(
  client: pg.PoolClient,
  { runId, nodeId, attempt, at, total, results }: AttemptTests,
): Promise<InsertedRow[]> {
  const { rows } = await client.query<InsertedRow>(
    `with kept as (
       insert into test_results (run_id, node_id, attempt, position, test_id, at, status, flaky,
         quarantined, duration_ms, message, total)
       select $1, $2, $3, g.position, g.test_id, $4, g.status,
         g.flaky or (g.status = ${PASSED} and exists (
           select from test_results f
           where f.test_id = g.test_id and f.run_id = $1 and f.status in (${BAD})
             and (f.node_id, f.attempt) <> ($2, $3))),
         g.quarantined, g.duration_ms, g.message, $12
       from unnest($5::int4[], $6::uuid[], $7::int2[], $8::bool[], $9::bool[], $10::int4[],
         $11::text[]) g (position, test_id, status, flaky, quarantined, duration_ms, message)
       on conflict do nothing
       returning position, flaky)
     select k.position, k.flaky,
       (select r.metadata->>'commit' from run_live r where r.run_id = $1) as commit
     from kept k`,
    [
      runId.text,
      nodeId,
      attempt,
      new Date(at),
      int4Array(results.map((row) => row.position)),
      uuidArray(results.map((row) => runIdOf(row.testId).bytes)),
      int2Array(results.map(({ test }) => TEST_STATUSES.indexOf(test.status))),
      boolArray(results.map(({ test }) => test.flaky)),
      boolArray(results.map(({ test }) => test.quarantined === true)),
      int4Array(results.map(({ test }) => storedMs(test.durationMs))),
      textArray(results.map(({ test }) => test.message)),
      total,
    ],
  );
  return rows;
}

const PASSED = TEST_STATUSES.indexOf('passed');
const BAD = [TEST_STATUSES.indexOf('failed'), TEST_STATUSES.indexOf('error')].join(', ');

/** By id of the test, which is the order in which rows are locked. */
function newOnes({ results }: AttemptTests, inserted: readonly InsertedRow[]): NewResult[] {
  const rows = new Map(results.map((row) => [row.position, row]));
  return inserted
    .flatMap(({ position, flaky, commit }) => {
      const row = rows.get(position);
      return row === undefined ? [] : [{ row, flaky, commit }];
    })
    .sort((a, b) => (a.row.testId < b.row.testId ? -1 : 1));
}
