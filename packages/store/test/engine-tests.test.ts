/** Results of tests on their way from an attempt into their history. */
import { type ActionOutcome, type ReportedTest, StoreFault } from '@tenuto/engine';
import { failed, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, openEngines, submitted } from './engines.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

function outcome(tests: readonly Partial<ReportedTest>[], bad = false): ActionOutcome {
  const all = tests.map((one) => ({
    ...{ suite: 's', reportSuite: '', classname: '', name: 'n', status: 'passed' as const },
    ...{ flaky: false, durationMs: 5, ...one },
  }));
  return bad
    ? { ...failed('transient', 'tests failed'), tests: all }
    : { status: 'completed', output: null, tests: all };
}

const NOW = { base_delay_ms: 0, jitter: 'none' } as const;

function results(runId: string) {
  return engines.ask<{ name: string; attempt: number; status: number; flaky: boolean }>(
    `select t.name, r.attempt, r.status, r.flaky from test_results r join tests t using (test_id)
     where r.run_id = $1 order by r.node_id, r.attempt, r.position`,
    [runId],
  );
}

describe('results of tests', () => {
  test('of each attempt are kept, and a pass after a failure is a flaky one', async () => {
    const engine = await engines.start({
      actions: {
        suite: ({ attempt }) =>
          attempt === 1
            ? outcome([{ name: 'a', status: 'failed', message: 'no' }, { name: 'b' }], true)
            : outcome([{ name: 'a' }, { name: 'b' }]),
      },
    });
    const node = { id: 'suite', type: 'test_suite', uses: 'suite', retry: NOW } as const;
    const runId = await submitted(engine, testSubmission([node]));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(await results(runId)).toEqual([
      { name: 'a', attempt: 1, status: 1, flaky: false },
      { name: 'b', attempt: 1, status: 0, flaky: false },
      { name: 'a', attempt: 2, status: 0, flaky: true },
      { name: 'b', attempt: 2, status: 0, flaky: false },
    ]);
    expect(
      await engines.ask(
        `select name, flaky_passes::int as flaky, clean_passes::int as clean, owner from tests
         order by name`,
      ),
    ).toEqual([
      { name: 'a', flaky: 1, clean: 0, owner: 'ann' },
      { name: 'b', flaky: 0, clean: 2, owner: 'ann' },
    ]);
  });

  test('of test cases that other actions carry out are what became of their attempts', async () => {
    const engine = await engines.start();
    const runId = await submitted(
      engine,
      testSubmission([
        { id: 'good', type: 'test_case', uses: 'noop', test_suite_id: 'web' },
        { id: 'bad', type: 'test_case', uses: 'fail', test_case_id: 'login', max_retries: 0 },
        { id: 'work', uses: 'noop' },
      ]),
    );
    await engines.over(runId);
    expect(await results(runId)).toEqual([
      { name: 'login', attempt: 1, status: 1, flaky: false },
      { name: 'good', attempt: 1, status: 0, flaky: false },
    ]);
  });

  test('are there before the end of their attempt is, once the database is back', async () => {
    const ended: number[] = [];
    let outages = 3;
    const engine = await engines.start({
      actions: { suite: () => outcome([{ name: 'a' }]) },
      async probe(method, stage) {
        if (method !== 'putTestResults') return;
        if (stage === 'before' && outages > 0) {
          outages -= 1;
          throw new StoreFault('unavailable', 'the wire is cut');
        }
        const [row] = await engines.ask<{ count: number }>(
          'select count(*)::int as count from attempts',
        );
        ended.push(row?.count ?? -1);
      },
    });
    const node = { id: 'suite', type: 'test_suite', uses: 'suite' } as const;
    const runId = await submitted(engine, testSubmission([node]));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect({ outages, ended }).toEqual({ outages: 0, ended: [0, 0] });
    expect(await results(runId)).toHaveLength(1);
  });

  test('that come with a report of fifty thousand are all kept', async () => {
    const tests = Array.from({ length: 50_000 }, (_, i) => ({ name: `case ${i}` }));
    const engine = await engines.start({ actions: { suite: () => outcome(tests) } });
    const node = { id: 'suite', type: 'test_suite', uses: 'suite' } as const;
    const runId = await submitted(engine, testSubmission([node]));
    await engines.over(runId);
    const [row] = await engines.ask(
      `select (select count(*)::int from test_results where run_id = $1) as results,
         (select count(*)::int from tests) as tests`,
      [runId],
    );
    expect(row).toEqual({ results: 50_000, tests: 50_000 });
  });
});
