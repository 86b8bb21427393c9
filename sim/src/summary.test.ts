import { FAILPOINTS } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { newsIn, plantedTable, summaryOf, unreached } from './summary.ts';
import { add, NOTHING, type Sum } from './task.ts';

const one: Sum = {
  seeds: 1,
  virtualMs: 3_600_000,
  steps: 5,
  runs: 2,
  attempts: 3,
  faults: 4,
  reachedAt: new Map(FAILPOINTS.map((point) => [point, 1])),
  failedAt: new Map([['claimed', 1]]),
  violations: [],
};
const broken: Sum = {
  ...one,
  violations: [{ seed: 9, rule: 'retries wait', detail: '1 of 5 ms', at: 3 }],
};

describe('the summary', () => {
  it('adds up what the workers have seen', () => {
    const sum = add(add(NOTHING, one), one);
    expect(sum).toEqual({
      ...one,
      seeds: 2,
      virtualMs: 7_200_000,
      steps: 10,
      runs: 4,
      attempts: 6,
      faults: 8,
      reachedAt: new Map(FAILPOINTS.map((point) => [point, 2])),
      failedAt: new Map([['claimed', 2]]),
    });
    expect(summaryOf(sum, 500)).toBe(
      '2 seeds, 2.0 virtual hours in 0.5 s\n4 runs ended, 6 attempts, 8 faults\nnothing new is wrong',
    );
  });

  it('names the failpoints that nobody reached', () => {
    const reachedAt = new Map(one.reachedAt);
    reachedAt.delete('draining');
    expect(unreached(one)).toEqual([]);
    expect(unreached({ reachedAt })).toEqual(['draining']);
    const text = summaryOf({ ...one, reachedAt }, 1);
    expect(text).toContain('failpoints that nobody reached: draining');
  });

  it('names what is broken, with the seeds that show it', () => {
    expect(newsIn(broken)).toHaveLength(1);
    expect(summaryOf(broken, 1)).toContain('BROKEN: retries wait: 1 seeds (9)');
  });
});

it('tabulates how soon planted bugs were found', () => {
  const rows = new Map([
    ['a', { seed: 3, rule: 'x' }],
    ['bcd', undefined],
  ]);
  expect(plantedTable(rows).split('\n')).toEqual([
    'a    seed 3: x',
    'bcd  NOT FOUND',
    '1 of 2 found, at seed 3 by the median',
  ]);
});
