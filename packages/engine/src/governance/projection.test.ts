import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, type PastSpending, type PresentPhase, project } from './projection.ts';

const phase = (
  name: string,
  costNano: number,
  durationMs = costNano,
  done = false,
): PresentPhase => ({
  ...{ phase: name, costNano, durationMs, done },
});
const past = (...costs: readonly (readonly [string, number])[]): PastSpending =>
  costs.map(([name, cost]) => ({ phase: name, costNano: cost, durationMs: 10 * cost }));

describe('what a run will still cost', () => {
  test('is the median of each phase that is not done, less what it has cost already', () => {
    const runs = [past(['a', 1], ['b', 10]), past(['a', 2], ['b', 30]), past(['a', 3], ['b', 20])];
    expect(project([phase('a', 5, 5, true), phase('b', 4, 40)], runs)).toEqual({
      ...{ costNano: 16, ms: 160, basis: 'history' },
    });
    expect(project([phase('a', 99), phase('b', 0)], runs).costNano).toBe(20);
  });

  test('is what its own phases came to on average, when there is no other run', () => {
    const phases = [phase('a', 10, 100, true), phase('b', 20, 200, true), phase('c', 5, 50)];
    expect(project([...phases, phase('d', 0, 0)], [])).toEqual({
      ...{ costNano: 25, ms: 250, basis: 'phases_so_far' },
    });
  });

  test('is not known before anything is done', () => {
    expect(project([phase('a', 3)], [])).toEqual({ costNano: null, ms: null, basis: 'none' });
  });

  test('is nothing when all is done', () => {
    expect(project([phase('a', 3, 3, true)], [past(['a', 9])])).toMatchObject({
      costNano: 0,
      ms: 0,
    });
    expect(project([phase('a', 3, 3, true)], [])).toMatchObject({ costNano: 0, ms: 0 });
  });

  test('is never negative', () => {
    const amount = fc.nat(1_000);
    const names = fc.constantFrom('a', 'b', 'c');
    const present = fc.array(
      fc.tuple(names, amount, amount, fc.boolean()).map((given) => phase(...given)),
    );
    const runs = fc.array(fc.array(fc.tuple(names, amount)).map((costs) => past(...costs)));
    fc.assert(
      fc.property(present, runs, (phases, given) => {
        const { costNano, ms } = project(phases, given);
        return (costNano ?? 0) >= 0 && (ms ?? 0) >= 0;
      }),
    );
  });
});

test('the median is one of the values', () => {
  expect([median([]), median([3]), median([3, 1]), median([9, 1, 5])]).toEqual([0, 3, 1, 5]);
});
