import { FAILPOINTS } from '@tenuto/engine';
import { expect, it } from 'vitest';
import { performAll } from './crew.ts';
import { type Rule, SOUND } from './model/rules.ts';
import { newsIn, summaryOf } from './summary.ts';
import { add, NOTHING } from './task.ts';

const SEEDS = 2_000;

it(`misses each rule within ${SEEDS} seeds when it is taken away`, async () => {
  const unnoticed: Rule[] = [];
  const tasks = (Object.keys(SOUND) as Rule[]).map(
    (rule) => ({ kind: 'planted', rule, most: SEEDS }) as const,
  );
  await performAll(tasks, (outcome) => {
    if (outcome.kind === 'planted' && outcome.found === undefined) unnoticed.push(outcome.rule);
  });
  expect(unnoticed).toEqual([]);
}, 600_000);

it(`finds nothing new in ${SEEDS} seeds, in which processes fail at every failpoint`, async () => {
  let sum = NOTHING;
  const tasks = Array.from({ length: SEEDS / 50 }, (_, i) => {
    return { kind: 'seeds', from: 1 + i * 50, count: 50 } as const;
  });
  await performAll(tasks, (outcome) => {
    if (outcome.kind === 'seeds') sum = add(sum, outcome.sum);
  });
  expect(newsIn(sum), summaryOf(sum, 0)).toEqual([]);
  expect(FAILPOINTS.filter((point) => !sum.failedAt.has(point))).toEqual([]);
}, 600_000);
