import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode } from 'react';
import { now } from '../../data/clock.ts';
import { patiently } from '../../data/patience.ts';
import { useTaskStats } from '../../data/tasks.ts';
import { fillDays } from '../../logic/days.ts';
import { count, duration, percent } from '../../logic/format.ts';
import { Part } from '../../ui/part.tsx';
import { When } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.page;
const DAYS = 30;
const DayChart = lazy(
  patiently(async () => ({ default: (await import('../../ui/day-chart.tsx')).DayChart })),
);

/** What its runs of the last days have come to. */
export function TaskStats({ taskId }: { readonly taskId: string }) {
  const { data: stats } = useTaskStats(taskId);
  if (stats === undefined) return null;
  const seconds = (value: number | null) => (value === null ? '–' : duration(value * 1_000));
  const rate = stats.success_rate;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [words.success, rate === null ? '–' : percent(rate)],
    [
      words.runs,
      <Link key="runs" to="/runs" search={{ task: taskId }}>
        {count(stats.total)}
      </Link>,
    ],
    [words.p50, seconds(stats.p50_duration_seconds)],
    [words.p95, seconds(stats.p95_duration_seconds)],
    [words.lastFailure, <When key="failure" at={stats.last_failure_at} />],
  ];
  return (
    <section className="card" aria-label={words.stats}>
      <header>
        <h2 className="grow">{words.stats}</h2>
        <Link to="/runs" search={{ task: taskId }}>
          {words.allRuns}
        </Link>
      </header>
      <dl className="figures">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {stats.total > 0 && (
        <div className="card-body">
          <Part fallback={null}>
            <DayChart days={fillDays(stats.runs_per_day, { days: DAYS, now: now() })} />
          </Part>
        </div>
      )}
    </section>
  );
}
