import { now } from '../../data/clock.ts';
import { useRunSummary } from '../../data/runs.ts';
import { fillDays } from '../../logic/days.ts';
import { duration, percent } from '../../logic/format.ts';
import { DayChart } from '../../ui/day-chart.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';

const DAYS = 30;

/** How many runs ended, and how, day by day. */
export function Throughput() {
  const { data } = useRunSummary(DAYS);
  const seconds = (value: number | null) => (value === null ? '–' : duration(value * 1_000));
  return (
    <section className="card home-chart">
      <header>
        <h2 className="grow">{words.throughput}</h2>
        <span className="dim">{words.days}</span>
      </header>
      <div className="card-body">
        {data !== undefined && data.total === 0 && <p className="dim">{words.noData}</p>}
        {data !== undefined && data.total > 0 && (
          <>
            <dl className="facts">
              <div>
                <dt>{words.success}</dt>
                <dd>{data.success_rate === null ? '–' : percent(data.success_rate)}</dd>
              </div>
              <div>
                <dt>{words.p50}</dt>
                <dd>{seconds(data.p50_duration_seconds)}</dd>
              </div>
              <div>
                <dt>{words.p95}</dt>
                <dd>{seconds(data.p95_duration_seconds)}</dd>
              </div>
            </dl>
            <DayChart days={fillDays(data.runs_per_day, { days: DAYS, now: now() })} />
          </>
        )}
      </div>
    </section>
  );
}
