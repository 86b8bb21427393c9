import type { InlineRetryPolicy } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play, type Scenario } from '../../test/scenario.ts';
import { retryDue, retryPast } from './index.ts';

const DECORRELATED = { jitter: 'decorrelated' } as const;
const LIMITED = { total_time_limit_ms: 60_000 } as const;
const NIGHTLY = { retry_window: { start: '22:00', end: '06:00' } } as const;

/** A node with this policy whose first attempt goes on. */
function started(retry: InlineRetryPolicy): Scenario {
  const run = play([work('a', { retry })]);
  run.start();
  return run;
}

function again(run: Scenario): void {
  run.due('a');
  run.start();
}

const pastOf = (run: Scenario, startedAt = 9_999) => retryPast(run.run, run.node('a'), startedAt);

describe('what is remembered of a node between its attempts', () => {
  test.each([
    DECORRELATED,
    LIMITED,
    NIGHTLY,
  ])('with %j is when it first started and how long it waited', (retry) => {
    const run = started(retry);
    run.fail('a', { at: 2_000, startedAt: 1_500, retryAt: 2_700 });
    expect(pastOf(run)).toEqual({ firstStartedAt: 1_500, previousDelayMs: 700 });
    again(run);
    run.fail('a', { at: 4_000, startedAt: 3_000, retryAt: 9_000 });
    expect(pastOf(run)).toEqual({ firstStartedAt: 1_500, previousDelayMs: 5_000 });
  });

  it('is nothing where no policy asks for it', () => {
    const run = started({ max_attempts: 5 });
    run.fail('a', { retryAt: 5_000 });
    expect(run.run.traces.size).toBe(0);
    expect(pastOf(run, 1_234)).toEqual({ firstStartedAt: 1_234 });
  });

  it('is nothing before the first failure, and nothing after the last attempt', () => {
    for (const end of ['complete', 'fail'] as const) {
      const run = started(DECORRELATED);
      expect(pastOf(run, 7)).toEqual({ firstStartedAt: 7 });
      run.fail('a', { retryAt: 5_000 });
      again(run);
      run[end]('a');
      expect(run.run.traces.size).toBe(0);
    }
  });

  it('is of each item of a for_each alone', () => {
    const child = work('child', { retry: DECORRELATED });
    const group = work('each', { type: 'parallel_group', for_each: '[1, 2]', children: [child] });
    const { uses: _uses, ...grouped } = group;
    const run = play([grouped]);
    run.start();
    run.fail('child[0]', { at: 2_000, startedAt: 1_500, retryAt: 2_700 });
    run.fail('child[1]', { at: 2_100, startedAt: 1_600, retryAt: 2_600 });
    expect(retryPast(run.run, run.node('child[0]'), 0)).toMatchObject({ previousDelayMs: 700 });
    expect(retryPast(run.run, run.node('child[1]'), 0)).toMatchObject({ previousDelayMs: 500 });
  });

  it('is no delay when the clock says that the retry is due already', () => {
    const run = started(DECORRELATED);
    run.fail('a', { at: 2_000, startedAt: 1_500, retryAt: 1_900 });
    expect(pastOf(run)).toMatchObject({ previousDelayMs: 0 });
  });

  it('is the same after a restart, whatever has happened', () => {
    const failures = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(failures, fc.constantFrom(DECORRELATED, LIMITED), (delays, retry) => {
        const run = started({ ...retry, max_attempts: 11 });
        let at = 2_000;
        for (const delay of delays) {
          run.fail('a', { at, startedAt: at - 10, retryAt: at + delay });
          expect(run.restored().traces).toEqual(run.run.traces);
          again(run);
          at += delay + 20;
        }
        expect(pastOf(run)).toEqual({ firstStartedAt: 1_990, previousDelayMs: delays.at(-1) });
        run.complete('a');
        expect(run.restored().traces).toEqual(new Map());
      }),
    );
  });
});

describe('a node that is made again', () => {
  it('by a recovery has a past of its own', () => {
    const run = started(LIMITED);
    run.fail('a', { at: 2_000, startedAt: 1_500, retryAt: 2_700 });
    again(run);
    run.failAnd('a', 'retry_job', { retryAt: 3_000 });
    again(run);
    expect(pastOf(run, 3_000)).toEqual({ firstStartedAt: 3_000 });
    run.fail('a', { at: 3_500, startedAt: 3_000, retryAt: 3_600 });
    expect(pastOf(run)).toEqual({ firstStartedAt: 3_000, previousDelayMs: 100 });
    expect(run.restored().traces).toEqual(run.run.traces);
  });

  it('by hand, while it waits, has one too', () => {
    const run = started(LIMITED);
    run.fail('a', { at: 2_000, startedAt: 1_500, retryAt: 2_700 });
    run.recover('retry_job', { id: 'a', step: { retryAt: 2_100 } });
    expect(pastOf(run, 2_100)).toEqual({ firstStartedAt: 2_100 });
    expect(retryDue(run.run, 0, 1e9)).toBe('now');
  });
});

describe('a retry whose delay is over', () => {
  /** What becomes of the retry of a node that first started at noon, when it is looked at then. */
  const dueAt = (retry: InlineRetryPolicy, time: string) => {
    const noon = Date.parse('2026-01-15T12:00:00Z');
    const run = started(retry);
    run.fail('a', { at: noon + 10, startedAt: noon, retryAt: noon + 1_000 });
    const due = retryDue(run.run, 0, Date.parse(time));
    expect(retryDue(run.restored(), 0, Date.parse(time))).toBe(due);
    return typeof due === 'number' ? new Date(due).toISOString() : due;
  };
  const NIGHTS = { ...NIGHTLY, total_time_limit_ms: 86_400_000 };

  test.each([
    [{}, '2026-02-01T00:00:00Z', 'now'],
    [DECORRELATED, '2026-02-01T00:00:00Z', 'now'],
    [LIMITED, '2026-01-15T12:01:00Z', 'now'],
    [LIMITED, '2026-01-15T12:01:00.001Z', 'never'],
    [NIGHTLY, '2026-01-15T23:00:00Z', 'now'],
    [NIGHTLY, '2026-01-16T07:00:00Z', '2026-01-16T22:00:00.000Z'],
    [NIGHTS, '2026-01-16T05:00:00Z', 'now'],
    [NIGHTS, '2026-01-16T07:00:00Z', 'never'],
  ] as const)('of %j at %s is made: %s', (retry, time, expected) => {
    expect(dueAt(retry, time)).toBe(expected);
  });

  it('may go on waiting, and comes back to where it was when it is restored', () => {
    const run = started(NIGHTLY);
    run.fail('a', { at: 2_000, startedAt: 1_500, retryAt: 2_700 });
    run.due('a', 9_000);
    expect(run.status('a')).toBe('waiting');
    expect(run.effects).toEqual([{ type: 'timer', node: 0, at: 9_000 }]);
    expect(run.run.waits.get(0)).toMatchObject({ kind: 'retry', until: 9_000 });
    expect(run.restored().waits.get(0)).toMatchObject({ kind: 'retry', until: 2_700 });
    again(run);
    expect(run.status('a')).toBe('running');
  });
});
