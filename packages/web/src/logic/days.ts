import type { RunStatsView } from '@tenuto/contract';

/** What a day's runs came to. */
export type Day = RunStatsView['runs_per_day'][number];

const DAY_MS = 86_400_000;

/** The last days, today the last, each as `2026-01-15`. Days are of UTC. */
export function lastDays({ days, now }: { readonly days: number; readonly now: number }) {
  return Array.from({ length: days }, (_, index) =>
    new Date(now - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** The last days, today the last, those without runs too. */
export function fillDays(
  known: readonly Day[],
  { days, now }: { readonly days: number; readonly now: number },
): readonly Day[] {
  const byDay = new Map(known.map((day) => [day.day, day]));
  return lastDays({ days, now }).map(
    (day) => byDay.get(day) ?? { day, runs: 0, completed: 0, failed: 0 },
  );
}
