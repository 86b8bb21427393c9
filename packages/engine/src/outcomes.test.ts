/** What comes after a failed attempt, as the owner of a run decides it. */
import type { InlineRetryPolicy } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { work } from '../test/graph-nodes.ts';
import { someOwned } from '../test/owned-run.ts';
import { BOOM, play, type Scenario } from '../test/scenario.ts';
import { lostAttempt, retryOf } from './outcomes.ts';
import { createCall } from './owned.ts';
import { backoffDelay } from './retry/index.ts';
import { attemptOf, type RunState } from './run/index.ts';

function started(retry: InlineRetryPolicy): Scenario {
  const scenario = play([work('a', { retry })]);
  scenario.start();
  return scenario;
}

/** Decides on the attempt of the only node that has failed now. */
function decide(run: RunState, { at, random, startedAt = at - 10 }: Moment) {
  const owned = Object.assign(someOwned(), { run });
  const call = createCall(owned, 0, attemptOf(run, 0));
  call.startedAt = startedAt;
  return retryOf(call, BOOM, random, at)?.retryAt ?? null;
}
interface Moment {
  readonly at: number;
  readonly random: number;
  readonly startedAt?: number;
}

/** Fails the node with what is decided, and starts it again when that is due. */
function failAndStart(scenario: Scenario, moment: Moment): number {
  const retryAt = decide(scenario.run, moment);
  if (retryAt === null) throw new Error('no more attempts');
  const { at, startedAt = at - 10 } = moment;
  scenario.fail('a', { at, startedAt, retryAt });
  scenario.due('a');
  scenario.start();
  return retryAt;
}

describe('decorrelated jitter', () => {
  const policy = {
    jitter: 'decorrelated',
    base_delay_ms: 100,
    max_delay_ms: 300_000,
    max_attempts: 11,
  } as const;

  it('grows with the delay before, attempt by attempt', () => {
    const scenario = started(policy);
    let at = 1_000;
    const delays = [1, 2, 3, 4, 5].map(() => {
      const retryAt = failAndStart(scenario, { at, random: 1 });
      const delay = retryAt - at;
      at = retryAt + 10;
      return delay;
    });
    expect(delays).toEqual([300, 900, 2_700, 8_100, 24_300]);
  });

  it('is the same whether the engine restarts between attempts or not', () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(draws, (randoms) => {
        const scenario = started(policy);
        let at = 1_000;
        let previousDelayMs = 100;
        for (const [i, random] of randoms.entries()) {
          const here = decide(scenario.run, { at, random });
          expect(decide(scenario.restored(), { at, random })).toBe(here);
          const delay = backoffDelay({
            ...{ strategy: 'exponential_backoff', jitter: 'decorrelated', random },
            ...{ attemptsSoFar: i + 1, baseDelayMs: 100, maxDelayMs: 300_000, previousDelayMs },
          });
          expect(here).toBe(at + Math.ceil(delay ?? 0));
          const retryAt = failAndStart(scenario, { at, random });
          previousDelayMs = retryAt - at;
          at = retryAt + 10;
        }
      }),
    );
  });
});

describe('a limit of the total time', () => {
  const policy = {
    strategy: 'immediate',
    total_time_limit_ms: 1_000,
    max_attempts: 11,
  } as const;

  test.each([
    [2_000, 2_000],
    [2_001, null],
  ])('holds at %d, counted from the start of the first attempt', (at, expected) => {
    const scenario = started(policy);
    failAndStart(scenario, { at: 1_500, startedAt: 1_000, random: 0 });
    expect(decide(scenario.run, { at, startedAt: at - 1, random: 0 })).toBe(expected);
    expect(decide(scenario.restored(), { at, startedAt: at - 1, random: 0 })).toBe(expected);
  });

  test.each([
    [2_000, 2_000],
    [2_001, undefined],
  ])('holds at %d for an attempt whose engine died', (at, expected) => {
    const scenario = started(policy);
    failAndStart(scenario, { at: 1_500, startedAt: 1_000, random: 0 });
    const call = {
      node: 0,
      attempt: 2,
      startedAt: 1_600,
      promoted: true,
      ended: true,
      settled: false,
    };
    const lost = lostAttempt(scenario.restored(), call, { at, random: 0 });
    expect(lost).toMatchObject({ status: 'failed', error: { classification: 'infrastructure' } });
    expect(lost.retryAt).toBe(expected);
  });

  it('counts from the failure of an attempt that has not begun', () => {
    const scenario = started({ ...policy, total_time_limit_ms: 1 });
    expect(decide(scenario.run, { at: 5_000, startedAt: 0, random: 0 })).toBe(5_000);
  });
});
