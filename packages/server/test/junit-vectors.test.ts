/**
 * Reports that others wrote, through a real engine into the history of their tests: read and told as
 * `test.run` does, without a process and a thread for each.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { JUnitError, knownCases, parseJUnit, reportedTests } from '@tenuto/actions';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import { createDatabase, failed, startTestEngine, testSubmission } from '@tenuto/testkit';
import pg from 'pg';
import Type from 'typebox';
import Value from 'typebox/value';
import { beforeAll, describe, expect, it } from 'vitest';

const VECTORS = process.env.TENUTO_VECTORS ?? 'vectors';
const FOLDER = join(VECTORS, 'junit');
/** How many reports there were when this was written, for saying what was not tested. */
const KNOWN = 103;

const Count = Type.Optional(Type.Union([Type.Number(), Type.Null()]));
const Expected = Type.Object({
  well_formed: Type.Boolean(),
  is_junit: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  testcases: Count,
  failures: Count,
  errors: Count,
  skipped: Count,
  disabled_by_status: Count,
  passed: Count,
  flaky_cases: Count,
});
const Vectors = Type.Array(Type.Object({ file: Type.String(), expected: Expected }));

interface Stored {
  readonly node_id: string;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  readonly flaky: number;
}

const NONE = { total: 0, passed: 0, failed: 0, errors: 0, skipped: 0, flaky: 0 };

function readVectors() {
  const list: unknown = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8'));
  if (!Value.Check(Vectors, list)) throw new Error('expected.json is not as expected');
  return list;
}

/** What comes of a report: its tests under the suite of its node, or the failure to read it. */
function told({ owner, nodeId: suite }: ActionCall, file: string): ActionOutcome {
  const bytes = readFileSync(join(FOLDER, file));
  try {
    const report = parseJUnit(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
    const cases = knownCases(report, { owner, suite, quarantined: new Set() });
    return { status: 'completed', output: null, tests: reportedTests(cases, suite) };
  } catch (error) {
    if (!(error instanceof JUnitError)) throw error;
    return failed('permanent', error.message);
  }
}

describe('reports that others wrote', () => {
  if (!existsSync(join(FOLDER, 'expected.json'))) {
    it.skip(`${KNOWN} or more reports are skipped: TENUTO_VECTORS leads to none`, () => {});
    return;
  }
  const vectors = readVectors();
  const stored = new Map<string, Stored>();
  let counted: unknown;

  beforeAll(async () => {
    const database = await createDatabase();
    const pool = new pg.Pool({ ...database.connection, max: 2 });
    const engine = await startTestEngine(database.connection, {
      engineId: randomUUID(),
      actions: { report: (call) => told(call, vectors[Number(call.nodeId)]?.file ?? '') },
    });
    // A suite of its own for each: many report tests of the same names.
    const nodes = vectors.map((_, i) => {
      return { id: `${i}`, type: 'test_suite', uses: 'report', max_retries: 0 } as const;
    });
    const submission = testSubmission(nodes, { input: { maxConcurrentNodes: 4 } });
    const result = await engine.engine.submit(submission);
    if (result.duplicate) throw new Error('no key was used');
    await engine.engine.ended(result.runId, 60_000);
    const { rows } = await pool.query<Stored>(
      `select node_id, count(*)::int as total,
         count(*) filter (where status = 0)::int as passed,
         count(*) filter (where status = 1)::int as failed,
         count(*) filter (where status = 2)::int as errors,
         count(*) filter (where status = 3)::int as skipped,
         count(*) filter (where flaky)::int as flaky
       from test_results where run_id = $1 group by node_id`,
      [result.runId],
    );
    for (const row of rows) stored.set(row.node_id, row);
    const { rows: tests } = await pool.query(
      `select count(*)::int as tests, sum(runs)::int as runs,
         sum(failures + errors)::int as bad, sum(flaky_passes)::int as flaky from tests`,
    );
    [counted] = tests;
    await engine.stop();
    await pool.end();
    await database.drop();
  });

  it.each(vectors.map((vector, i) => ({ ...vector, i })))('$file is stored with its counts', ({
    i,
    expected,
  }) => {
    const { node_id: _, ...row } = stored.get(`${i}`) ?? { node_id: '', ...NONE };
    const readable = expected.well_formed && expected.is_junit !== false;
    expect(row).toEqual({
      total: readable ? expected.testcases : 0,
      passed: readable ? expected.passed : 0,
      failed: readable ? expected.failures : 0,
      errors: readable ? expected.errors : 0,
      skipped: readable ? (expected.skipped ?? 0) + (expected.disabled_by_status ?? 0) : 0,
      flaky: readable ? expected.flaky_cases : 0,
    });
  });

  it('each case is a test of its own, counted once', () => {
    const sum = (of: (row: Stored) => number) =>
      [...stored.values()].reduce((total, row) => total + of(row), 0);
    expect(vectors.length).toBeGreaterThanOrEqual(KNOWN);
    expect(counted).toMatchObject({
      tests: sum(({ total }) => total),
      runs: sum(({ total }) => total),
      bad: sum(({ failed, errors }) => failed + errors),
    });
  });
});
