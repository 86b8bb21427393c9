import { LIMITS, type NodeInput } from '@tenuto/contract';
import { describe, expect, test } from 'vitest';
import { createManualClock, settled } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { away, refused } from '../test/scripted-lane.ts';
import { keepTests, testsOf } from './kept-tests.ts';
import { type Call, createCall, type FinalOutcome } from './owned.ts';
import type { ReportedTest } from './ports/reported-test.ts';
import type { AttemptTests } from './ports/store.ts';

const COMPLETED: FinalOutcome = { status: 'completed', output: null };

function failedAs(status: 'failed' | 'timeout' | 'cancelled', message = 'no'): FinalOutcome {
  return { status, error: { classification: 'unknown', type: 'x', message } };
}

function reported(name: string, over: Partial<ReportedTest> = {}): ReportedTest {
  return {
    ...{ suite: 's', reportSuite: '', classname: '', name },
    ...{ status: 'passed', flaky: false, durationMs: 1, ...over },
  };
}

const at = (ms: number) => ({ wall: () => ms });

function callOf(node: NodeInput): Call {
  return createCall(someOwned(node), 0, 2);
}

describe('the tests of an attempt', () => {
  test('are those that its action reports', () => {
    const tests = [reported('a')];
    const call = callOf({ id: 'x', type: 'test_case', uses: 'noop' });
    expect(testsOf(call, { ...COMPLETED, tests }, at(0))).toBe(tests);
    expect(testsOf(call, { ...failedAs('failed'), tests: [] }, at(0))).toEqual([]);
  });

  test('are none where a node is no test', () => {
    expect(testsOf(callOf({ id: 'x', uses: 'noop' }), COMPLETED, at(0))).toEqual([]);
    const suite = callOf({ id: 'x', type: 'test_suite', uses: 'noop', test_suite_id: 's' });
    expect(testsOf(suite, COMPLETED, at(0))).toEqual([]);
  });

  test('are the test case itself where its action reports none', () => {
    const call = callOf({
      ...{ id: 'x', type: 'test_case', uses: 'noop' },
      ...{ test_case_id: 'login', test_suite_id: 'web' },
    });
    call.startedAt = 1_000;
    const identity = { suite: 'web', reportSuite: '', classname: '', name: 'login', flaky: false };
    expect(testsOf(call, COMPLETED, at(1_250))).toEqual([
      { ...identity, status: 'passed', durationMs: 250 },
    ]);
    expect(testsOf(call, failedAs('failed', 'm'.repeat(5_000)), at(1_001))).toEqual([
      { ...identity, status: 'failed', durationMs: 1, message: 'm'.repeat(1_000) },
    ]);
    expect(testsOf(call, failedAs('timeout'), at(900))).toEqual([
      { ...identity, status: 'error', durationMs: 0, message: 'no' },
    ]);
  });

  test('are none when a test case was cancelled', () => {
    const call = callOf({ id: 'x', type: 'test_case', uses: 'noop' });
    expect(testsOf(call, failedAs('cancelled'), at(0))).toEqual([]);
  });

  test('are none when the node is being undone, or something stands in for it', () => {
    for (const kind of ['rollback', 'fallback', 'probe'] as const) {
      const call = callOf({ id: 'x', type: 'test_case', uses: 'noop' });
      call.owned.run.rounds.set(0, { generation: 0, kind, base: 1 });
      expect(testsOf(call, COMPLETED, at(0))).toEqual([]);
    }
  });

  test('are named for the node where the case has no id', () => {
    const call = callOf({ id: 'x', type: 'test_case', uses: 'noop' });
    expect(testsOf(call, COMPLETED, at(0))).toMatchObject([{ suite: '', name: 'x' }]);
  });
});

function makePorts(put: (tests: AttemptTests) => void = () => undefined) {
  const clock = createManualClock();
  const stored: AttemptTests[] = [];
  const said: string[] = [];
  const nothing = async () => undefined;
  const store = {
    putBlobs: nothing,
    putArtifacts: nothing,
    async putTestResults(tests: AttemptTests) {
      put(tests);
      stored.push(tests);
    },
  };
  const logs = { write: (_: Call, __: string, text: string) => said.push(text), flush: nothing };
  return { ports: { clock, store, logs: { ...logs, write: logs.write } }, clock, stored, said };
}

describe('results of tests', () => {
  test('are stored under their attempt, in parts of a bounded size', async () => {
    const { ports, stored } = makePorts();
    const tests = Array.from({ length: 4_500 }, (_, i) => reported(`t${i}`));
    const call = callOf({ id: 'x', uses: 'noop' });
    await keepTests(ports, call, tests);
    expect(stored.map(({ results }) => results.length)).toEqual([2_000, 2_000, 500]);
    expect(stored[2]).toMatchObject({ nodeId: 'x', attempt: 2, owner: 'ann' });
    const positions = stored.flatMap(({ results }) => results.map(({ position }) => position));
    expect(positions).toEqual(tests.map((_, i) => i));
    expect(new Set(stored.flatMap(({ results }) => results.map((row) => row.testId))).size).toBe(
      4_500,
    );
  });

  test('ask for nothing when there are none', async () => {
    const { ports, stored } = makePorts();
    await keepTests(ports, callOf({ id: 'x', uses: 'noop' }), []);
    expect(stored).toEqual([]);
  });

  test('beyond the limit are counted in the log; what went wrong is kept first', async () => {
    const { ports, stored, said } = makePorts();
    const more = 3;
    const tests = Array.from({ length: LIMITS.testResults + more }, (_, i) =>
      reported('same name', i === LIMITS.testResults + 1 ? { status: 'failed' } : {}),
    );
    await keepTests(ports, callOf({ id: 'x', uses: 'noop' }), tests);
    const rows = stored.flatMap(({ results }) => results);
    expect(rows).toHaveLength(LIMITS.testResults);
    expect(rows[0]).toMatchObject({
      position: LIMITS.testResults + 1,
      occurrence: LIMITS.testResults + 2,
      test: { status: 'failed' },
    });
    expect(said).toEqual(['3 results of tests are too many for the history']);
  });

  test('are stored again while the database is away', async () => {
    let failures = 2;
    const { ports, clock, stored } = makePorts(() => {
      failures -= 1;
      if (failures >= 0) throw away();
    });
    const kept = keepTests(ports, callOf({ id: 'x', uses: 'noop' }), [reported('a')]);
    await settled();
    expect(stored).toEqual([]);
    await clock.advance(150);
    await kept;
    expect(stored).toHaveLength(1);
  });

  test('that the database refuses are an error', async () => {
    const { ports } = makePorts(() => {
      throw refused();
    });
    const call = callOf({ id: 'x', uses: 'noop' });
    await expect(keepTests(ports, call, [reported('a')])).rejects.toThrow();
  });
});
