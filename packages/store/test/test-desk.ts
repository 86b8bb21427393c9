/** A database with what stores results of tests and what reads them. */
import {
  type Access,
  type AttemptTests,
  identified,
  type ReportedTest,
  type RunId,
  type TestStore,
} from '@tenuto/engine';
import pg from 'pg';
import { createTestStore } from '../src/test-store.ts';
import { type Desk, openDesk } from './desk.ts';
import { batch, newRunId, submitRow } from './rows.ts';

export const ANN: Access = { owner: 'ann', all: false };
export const BOB: Access = { owner: 'bob', all: false };
export const ADMIN: Access = { owner: 'root', all: true };
export const PAGE = { limit: 100, offset: 0 };

export interface TestDesk extends Desk {
  readonly tests: TestStore;
  /** A run that is going on, with the metadata of its job. */
  run(metadata?: Readonly<Record<string, string>>, at?: number): Promise<RunId>;
  /** Stores results of a run's attempt, of `ann` unless told otherwise. */
  put(runId: RunId, results: readonly ReportedTest[], over?: Partial<AttemptTests>): Promise<void>;
}

/** A test that passed in 10 ms, unless told otherwise. */
export function reported(name: string, over: Partial<ReportedTest> = {}): ReportedTest {
  return {
    ...{ suite: 'unit', reportSuite: '', classname: 'Cart', name },
    ...{ status: 'passed', flaky: false, durationMs: 10, ...over },
  };
}

export async function openTestDesk(): Promise<TestDesk> {
  const desk = await openDesk();
  const pool = new pg.Pool({ ...desk.connection, max: 4 });
  pool.on('error', () => undefined);
  const { lane } = await desk.engine();
  let seq = 0;
  return {
    ...desk,
    tests: createTestStore(pool),
    async run(metadata = {}, at) {
      seq += 1;
      const row = submitRow({ runId: newRunId(at), submission: { metadata } });
      await lane.flush(batch(seq, { submits: [row] }));
      return row.runId;
    },
    put(runId, results, over = {}) {
      const owner = over.owner ?? 'ann';
      const rows = identified(owner, results).map((one, position) => ({ ...one, position }));
      const attempt = { runId, nodeId: 'unit', attempt: 1, owner, at: Date.now() };
      return desk.store.putTestResults({
        ...{ ...attempt, total: rows.length, results: rows },
        ...over,
      });
    },
    async close() {
      await pool.end();
      await desk.close();
    },
  };
}

/** The test of that name, as ann sees it. */
export async function testNamed({ tests }: TestDesk, name: string, access: Access = ANN) {
  const { items } = await tests.list(access, { filter: { name }, order: 'flake_score' }, PAGE);
  const [only] = items;
  if (only === undefined || items.length > 1) throw new Error(`${items.length} tests ${name}`);
  return only;
}
