import { SegmentedControl } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { now } from '../../data/clock.ts';
import { SUMMARY, useHome } from '../../data/home.ts';
import { dayBars, hourBars } from '../../logic/bars.ts';
import { count, duration, percent } from '../../logic/format.ts';
import { BarChart } from '../../ui/bar-chart.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Unread } from './home-cards.tsx';
import './home.css';

/** How many runs ended, and how, by hour or by day. */
export function Throughput() {
  const { data: home, error } = useHome();
  const data = home?.stats;
  const [kept, setStep] = useLocalStorage({ key: 'tenuto.home.step', defaultValue: 'hour' });
  const step = kept === 'day' ? 'day' : 'hour';
  if (data === null) return null;
  const seconds = (value: number | null) => (value === null ? '–' : duration(value * 1_000));
  return (
    <section className="card home-chart">
      <header>
        <h2 className="grow">{words.throughput}</h2>
        <SegmentedControl
          aria-label={words.span}
          size="xs"
          value={step}
          onChange={setStep}
          data={[
            { value: 'hour', label: words.spans.hour },
            { value: 'day', label: words.spans.day },
          ]}
        />
      </header>
      <div className="card-body">
        {data === undefined && error !== null && <Unread error={error} />}
        {data !== undefined && data.total === 0 && <p className="dim">{words.noData}</p>}
        {data !== undefined && data.total > 0 && (
          <>
            <div className="row home-facts">
              <dl className="facts">
                <Fact
                  name={words.success}
                  value={data.success_rate === null ? '–' : percent(data.success_rate)}
                />
                <Fact name={words.ended} value={count(data.total)} />
                <Fact name={words.p50} value={seconds(data.p50_duration_seconds)} />
                <Fact name={words.p95} value={seconds(data.p95_duration_seconds)} />
              </dl>
              <span className="dim">{words.of30}</span>
            </div>
            <BarChart
              step={step}
              bars={
                step === 'day'
                  ? dayBars(data, { days: SUMMARY.days, now: now() })
                  : hourBars(data, { hours: SUMMARY.hours, now: now() })
              }
            />
          </>
        )}
      </div>
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
