import { useMantineColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Bar } from '../logic/bars.ts';
import { HOME_WORDS as words } from '../words-home.ts';

const HEIGHT_PX = 160;
const BAR = 0.7;
const MOST_BAR_PX = 40;

interface Props {
  readonly bars: readonly Bar[];
  /** Days are of UTC, as the server counts them; hours are of the reader's zone. */
  readonly step: 'day' | 'hour';
}

/** Runs by when they ended: all of them, with the failed ones before them, and the same as a table. */
export function BarChart({ bars, step }: Props) {
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  // Colours are read from the page when the chart is made, so it is made anew for another theme.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (place.current === null || width === 0) return;
    const plot = new UPlot(optionsOf({ width, step }, place.current), dataOf(bars), place.current);
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
      <BarTable bars={bars} step={step} />
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
}

function optionsOf({ width, step }: Shape, place: HTMLElement): UPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const bars = UPlot.paths.bars;
  const paths = bars === undefined ? undefined : bars({ size: [BAR, MOST_BAR_PX] });
  const series = (label: string, name: string): UPlot.Series => ({
    ...{ label, fill: colour(name), stroke: colour(name), width: 0 },
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
    legend: { live: true },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [{ ...axis, grid: { show: false } }, axis],
    series: [
      step === 'day'
        ? { label: words.day, value: '{YYYY}-{MM}-{DD}' }
        : { label: words.hour, value: '{MM}-{DD} {HH}:{mm}' },
      // The lower part of each bar is covered by the failed ones.
      series(words.all, '--green'),
      series(words.failed, '--red'),
    ],
  };
}
