import type { RunStatsView } from '@tenuto/contract';
import { fillDays } from './days.ts';

/** What the runs of a span of time came to. */
export interface Bar {
  /** When the span began, in milliseconds since the epoch. */
  readonly at: number;
  readonly completed: number;
  readonly failed: number;
  readonly runs: number;
}

const HOUR_MS = 3_600_000;

/** The last days, today the last, those without runs too. Days are of UTC. */
export function dayBars(
  stats: Pick<RunStatsView, 'runs_per_day'>,
  asked: { readonly days: number; readonly now: number },
): readonly Bar[] {
  return fillDays(stats.runs_per_day, asked).map(({ day, ...rest }) => ({
    ...{ at: Date.parse(day), ...rest },
  }));
}

/** The last hours, the present one the last, those without runs too. */
export function hourBars(
  { runs_per_hour: known }: Pick<RunStatsView, 'runs_per_hour'>,
  { hours, now }: { readonly hours: number; readonly now: number },
): readonly Bar[] {
  const byHour = new Map(known.map(({ hour, ...rest }) => [Date.parse(hour), rest]));
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: hours }, (_, index) => {
    const at = last - (hours - 1 - index) * HOUR_MS;
    return { at, ...(byHour.get(at) ?? { runs: 0, completed: 0, failed: 0 }) };
  });
}

/** What the runs of the last hours came to together. */
export function lastHours(
  stats: Pick<RunStatsView, 'runs_per_hour'>,
  asked: { readonly hours: number; readonly now: number },
): Omit<Bar, 'at'> {
  const sum = { runs: 0, completed: 0, failed: 0 };
  for (const bar of hourBars(stats, asked)) {
    sum.runs += bar.runs;
    sum.completed += bar.completed;
    sum.failed += bar.failed;
  }
  return sum;
}
