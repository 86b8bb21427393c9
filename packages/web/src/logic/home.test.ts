import { expect, it } from 'vitest';
import { dayBars, hourBars, lastHours } from './bars.ts';

const NOW = Date.parse('2026-01-15T10:20:00Z');
const sums = { runs: 3, completed: 2, failed: 1 };

it('hours and days without runs are bars too, the present one the last', () => {
  const known = { runs_per_hour: [{ hour: '2026-01-15T09:00:00.000Z', ...sums }] };
  const bars = hourBars(known, { hours: 48, now: NOW });
  expect(bars).toHaveLength(48);
  expect(bars.at(-1)).toEqual({ at: NOW - 20 * 60_000, runs: 0, completed: 0, failed: 0 });
  expect(bars.at(-2)).toMatchObject(sums);
  expect(lastHours(known, { hours: 24, now: NOW })).toEqual(sums);
  expect(lastHours(known, { hours: 1, now: NOW }).runs).toBe(0);
  const days = dayBars({ runs_per_day: [{ day: '2026-01-15', ...sums }] }, { days: 30, now: NOW });
  expect([days.length, days.at(-1)]).toEqual([30, { at: Date.parse('2026-01-15'), ...sums }]);
});
