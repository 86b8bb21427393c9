import { expect, it } from 'vitest';
import { fillDays } from './days.ts';

it('has every day up to today, those without runs too', () => {
  const now = Date.parse('2026-03-01T00:30:00.000Z');
  const known = [{ day: '2026-02-28', runs: 2, completed: 1, failed: 1 }];
  expect(fillDays(known, { days: 3, now }).map(({ day, runs }) => [day, runs])).toEqual([
    ['2026-02-27', 0],
    ['2026-02-28', 2],
    ['2026-03-01', 0],
  ]);
});
