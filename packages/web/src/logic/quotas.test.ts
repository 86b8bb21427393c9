import { expect, it } from 'vitest';
import { limitsOf, limitTexts, limitUses } from './quotas.ts';

const LIMITS = {
  ...{ runs_per_day: 10, concurrent_runs: 0, storage_bytes: null },
  ...{ events_per_minute: 60, usd_per_day: 2.5, usd_per_month: null },
};

it('says how much of each limit is used', () => {
  const used = {
    ...{ runs_today: 5, concurrent_runs: 0, storage_bytes: 7, usd_today: 5, usd_this_month: 5 },
  };
  const shares = limitUses({ principal: 'ana', ...LIMITS, used }).map(({ share }) => share);
  // A limit of nothing is used up; without a limit, and without a count, there is no share.
  expect(shares).toEqual([0.5, 1, undefined, undefined, 2, undefined]);
});

it('reads back what a form was filled with', () => {
  const { storage_bytes: _, usd_per_month: __, ...set } = LIMITS;
  expect(limitsOf(limitTexts(LIMITS))).toEqual(set);
  expect(limitsOf(limitTexts(undefined))).toEqual({});
});
