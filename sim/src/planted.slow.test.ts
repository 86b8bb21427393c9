import { FAILPOINTS } from '@tenuto/engine';
import { expect, it } from 'vitest';
import { performAll } from './crew.ts';
import { PLANTED_NAMES, type PlantedName } from './planted/planted.ts';
import { newsIn, summaryOf } from './summary.ts';
import { add, NOTHING } from './task.ts';

const SEEDS = 2_000;

it(`finds each planted bug within ${SEEDS} seeds`, async () => {
  const unnoticed: PlantedName[] = [];
  const tasks = PLANTED_NAMES.map((bug) => ({ kind: 'planted', bug, most: SEEDS }) as const);
  await performAll(tasks, (outcome) => {
    if (outcome.kind === 'planted' && outcome.found === undefined) unnoticed.push(outcome.bug);
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
