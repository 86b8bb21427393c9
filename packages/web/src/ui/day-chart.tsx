import { useMemo } from 'react';
import type { Day } from '../logic/days.ts';
import { BarChart } from './bar-chart.tsx';

/** Runs a day as bars: all of them, with the failed ones before them. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const bars = useMemo(
    () => days.map(({ day, ...rest }) => ({ at: Date.parse(day), ...rest })),
    [days],
  );
  return <BarChart bars={bars} step="day" />;
}
