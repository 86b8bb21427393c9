import { useMantineColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './bar-chart.css';
import type { Bar } from '../logic/bars.ts';
import { count } from '../logic/format.ts';
import { HOME_WORDS as words } from '../words-home.ts';

const HEIGHT_PX = 160;
const BAR = 0.7;
const MOST_BAR_PX = 40;
const STEP_S = { day: 86_400, hour: 3_600 } as const;
/** Days have one line of text, hours two where a day begins. */
const AXIS_PX = { day: 30, hour: 50 } as const;
/** Clocks of 24 hours and dates as everywhere else: the gap of ticks, its form, and with the day. */
const TIMES: Readonly<Record<'day' | 'hour', UPlot.Axis.Values>> = {
  hour: [
    [STEP_S.day, '{MM}-{DD}', null, null, null, null, null, null, 1],
    [STEP_S.hour, '{HH}:{mm}', null, null, '\n{MM}-{DD}', null, null, null, 1],
  ],
  day: [[STEP_S.day, '{MM}-{DD}', null, null, null, null, null, null, 1]],
};

interface Props {
  readonly bars: readonly Bar[];
  /** Days are of UTC, as the server counts them; hours are of the reader's zone. */
  readonly step: 'day' | 'hour';
}

/** Runs by when they ended: all of them, with the failed ones before them, and the same as a table. */
export function BarChart({ bars, step }: Props) {
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const { colorScheme } = useMantineColorScheme();
  // Colours are read from the page when the chart is made, so it is made anew for another theme.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (place.current === null || width === 0) return;
    const options = optionsOf({ width, step, point: setPointed }, place.current);
    const plot = new UPlot(options, dataOf(bars), place.current);
    return () => plot.destroy();
  }, [bars, step, width, colorScheme]);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  const completed = bars.reduce((sum, bar) => sum + bar.completed, 0);
  return (
    <div ref={ref}>
      <div
        ref={place}
        role="img"
        aria-label={`${words.completed}: ${completed}, ${words.failed}: ${failed}`}
      />
      <Legend
        {...(pointed !== null && bars[pointed] !== undefined
          ? { ...bars[pointed], when: labelOf(bars[pointed].at, step) }
          : { completed, failed, when: words.together })}
      />
      <BarTable bars={bars} step={step} />
    </div>
  );
}

interface LegendProps extends Pick<Bar, 'completed' | 'failed'> {
  /** What the numbers are of: one bar, or all of them. */
  readonly when: string;
}

/** What the colours mean, with the numbers of the bar that is pointed at, or of all. */
function Legend({ completed, failed, when }: LegendProps) {
  return (
    <div className="chart-legend" aria-hidden="true">
      <span>{when}</span>
      <span>
        <i className="chart-key tone-green" /> {words.completed} <b>{count(completed)}</b>
      </span>
      <span>
        <i className="chart-key tone-red" /> {words.failed} <b>{count(failed)}</b>
      </span>
    </div>
  );
}

function BarTable({ bars, step }: Props) {
  const filled = bars.filter(({ runs }) => runs > 0).toReversed();
  return (
    <details className="chart-table">
      <summary>{words.asTable}</summary>
      <table className="table">
        <thead>
          <tr>
            <th>{step === 'day' ? words.day : words.hour}</th>
            <th>{words.completed}</th>
            <th>{words.failed}</th>
            <th>{words.all}</th>
          </tr>
        </thead>
        <tbody>
          {filled.map(({ at, completed, failed, runs }) => (
            <tr key={at}>
              <td className="num">{labelOf(at, step)}</td>
              <td className="num">{completed}</td>
              <td className="num">{failed}</td>
              <td className="num">{runs}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function labelOf(at: number, step: Props['step']): string {
  if (step === 'day') return new Date(at).toISOString().slice(0, 10);
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:00`;
}

function dataOf(bars: readonly Bar[]): UPlot.AlignedData {
  return [
    bars.map(({ at }) => at / 1_000),
    bars.map(({ completed, failed }) => completed + failed),
    bars.map(({ failed }) => failed),
  ];
}

interface Shape {
  readonly width: number;
  readonly step: Props['step'];
  /** Told which bar is pointed at. */
  readonly point: (index: number | null) => void;
}

function optionsOf({ width, step, point }: Shape, place: HTMLElement): UPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const bars = UPlot.paths.bars;
  const paths = bars === undefined ? undefined : bars({ size: [BAR, MOST_BAR_PX] });
  const series = (name: string): UPlot.Series => ({
    ...{ fill: colour(name), stroke: colour(name), width: 0 },
    ...(paths !== undefined && { paths }),
    points: { show: false },
  });
  const axis: UPlot.Axis = {
    stroke: colour('--dim'),
    font: '11px system-ui',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    ...{ width, height: HEIGHT_PX },
    ...(step === 'day' && {
      tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    }),
    cursor: { drag: { x: false, y: false } },
    legend: { show: false },
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
    scales: {
      // Half a step more at both ends: else only half of the first and the last bar is seen.
      x: { range: (_plot, min, max) => [min - STEP_S[step] / 2, max + STEP_S[step] / 2] },
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [{ ...axis, grid: { show: false }, values: TIMES[step], size: AXIS_PX[step] }, axis],
    series: [
      {},
      // The lower part of each bar is covered by the failed ones.
      series('--green'),
      series('--red'),
    ],
  };
}
