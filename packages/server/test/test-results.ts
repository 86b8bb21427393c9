import { type AttemptTests, identified, type ReportedTest, runIdOf } from '@tenuto/engine';
import { createEngineStore } from '@tenuto/store';
import { onTestFinished } from 'vitest';
import { addOver, type RunRow } from './rows.ts';
import type { TestApi } from './server.ts';

export const TESTS = '/api/v1/tests';
export const CATALOGUE = `${TESTS}/catalogue`;

/** A test that passed in 10 ms, unless told otherwise. */
export function reported(name: string, over: Partial<ReportedTest> = {}): ReportedTest {
  return {
    ...{ suite: 'unit', reportSuite: '', classname: 'Cart', name },
    ...{ status: 'passed', flaky: false, durationMs: 10, ...over },
  };
}

interface Results extends Partial<Pick<AttemptTests, 'nodeId' | 'attempt' | 'at'>> {
  readonly run?: RunRow;
  /** An id of a run that is there already. */
  readonly runId?: string;
}

/** Puts results into the history as an engine does, of a run that is over; answers its id. */
export async function addResults(
  api: TestApi,
  tests: readonly ReportedTest[],
  { run = {}, runId: known, ...over }: Results = {},
): Promise<string> {
  const runId = known ?? (await addOver(api.pool, run));
  const store = createEngineStore(api.connection);
  onTestFinished(() => store.close());
  const owner = run.owner ?? 'admin';
  const results = identified(owner, tests).map((one, position) => ({ ...one, position }));
  await store.putTestResults({
    ...{ runId: runIdOf(runId), nodeId: 'a', attempt: 1, owner, at: Date.now() },
    ...{ total: results.length, results, ...over },
  });
  return runId;
}

/** The test of that name, as the API shows it. */
export async function testNamed(api: TestApi, name: string, token?: string) {
  const query = new URLSearchParams({ name });
  const { body } = await api.call(`${TESTS}?${query}`, token === undefined ? {} : { token });
  const [only] = body.items;
  if (body.items.length !== 1) throw new Error(`${body.items.length} tests ${name}`);
  return only;
}
