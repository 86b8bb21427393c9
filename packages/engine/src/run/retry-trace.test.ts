import type { InlineRetryPolicy } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play, type Scenario } from '../../test/scenario.ts';
import { retryPast } from './index.ts';

const DECORRELATED = { jitter: 'decorrelated' } as const;
const LIMITED = { total_time_limit_ms: 60_000 } as const;

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
