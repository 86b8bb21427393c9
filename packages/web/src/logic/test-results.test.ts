import type { TestResult } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { paramsOfEntry } from './test-params.ts';
import { evidenceOf, failureGroups, resultStatus, sparkPoints } from './test-results.ts';

let made = 0;
function result(over: Partial<TestResult>): TestResult {
  made += 1;
  return {
    ...{ run_id: `run-${made}`, node_id: 'unit', attempt: 1, at: '2026-01-15T09:30:00.000Z' },
    ...{ status: 'passed', flaky: false, quarantined: false, duration_ms: 10 },
    ...{ message: null, branch: 'main', commit: null },
    ...over,
  };
}

describe('the results of a test', () => {
  it('are evidence where one commit did both', () => {
    const history = [
      result({ commit: 'b', status: 'passed' }),
      result({ commit: 'b', status: 'failed' }),
      result({ commit: 'b', status: 'error' }),
      result({ commit: 'a', status: 'failed' }),
      result({ commit: 'a', status: 'skipped' }),
      result({ commit: 'c' }),
    ];
    expect(evidenceOf(history)).toMatchObject([{ of: 'b', isCommit: true, passed: 1, failed: 2 }]);
  });

  it('are evidence where one run did both, in two attempts or within a report', () => {
    const history = [
      result({ run_id: 'r', attempt: 2, flaky: true }),
      result({ run_id: 'r', status: 'failed' }),
      result({ run_id: 's', flaky: true }),
    ];
    expect(evidenceOf(history)).toMatchObject([
      { of: 'r', isCommit: false, passed: 1, failed: 1 },
      { of: 's', isCommit: false, passed: 1, failed: 1 },
    ]);
  });

  it('say of a pass after a failure that it is not like others', () => {
    expect(resultStatus({ status: 'passed', flaky: true })).toBe('flaky_pass');
    expect(resultStatus({ status: 'failed', flaky: true })).toBe('failed');
  });

  it('are grouped by what failures say, whatever numbers are in it', () => {
    const failed = (message: string | null, at: string) =>
      result({ status: 'failed', message, at });
    const groups = failureGroups(
      [
        failed('took 12 ms\nat cart.ts:3', '2026-01-03T00:00:00.000Z'),
        failed(null, '2026-01-02T12:00:00.000Z'),
        failed('took 7.5 ms', '2026-01-01T00:00:00.000Z'),
        result({}),
      ],
      'nothing said',
    );
    expect(groups).toMatchObject([
      { message: 'took 12 ms', count: 2, first: '2026-01-01T00:00:00.000Z' },
      { message: 'nothing said', count: 1 },
    ]);
  });

  it('are a line that fits its box', () => {
    const of = (duration_ms: number) => ({ status: 'passed' as const, flaky: false, duration_ms });
    const size = { width: 10, height: 4 };
    expect(sparkPoints([of(4), of(2), of(0)], size)).toEqual([
      [0, 4],
      [5, 2],
      [10, 0],
    ]);
    expect(sparkPoints([of(0)], size)).toEqual([[0, 4]]);
    expect(sparkPoints([], size)).toEqual([]);
  });
});

it('an entry of the catalogue names the parameters that its job has to give', () => {
  const entry = {
    ...{
      command: ['node', '${params.file}', 'params.not'],
      folder: '${params.folder}/${params.file}',
    },
    ...{ env: { A: '${upper(params.zone)}' }, report: ['x.xml'] },
  };
  expect(Object.keys(paramsOfEntry(entry))).toEqual(['file', 'folder', 'zone']);
  expect(paramsOfEntry(undefined)).toEqual({});
});
