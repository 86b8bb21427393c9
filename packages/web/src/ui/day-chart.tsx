import { useMantineColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Day } from '../logic/days.ts';
import { HOME_WORDS as words } from '../words-home.ts';

const HEIGHT_PX = 150;
const BAR = 0.7;
const MOST_BAR_PX = 40;

/** Runs a day as bars: all of them, with the failed ones before them. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  // Colours are read from the page when the chart is made, so it is made anew for another theme.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (place.current === null || width === 0) return;
    const plot = new UPlot(optionsOf(width, place.current), dataOf(days), place.current);
    return () => plot.destroy();
  }, [days, width, colorScheme]);
  const failed = days.reduce((sum, day) => sum + day.failed, 0);
  const completed = days.reduce((sum, day) => sum + day.completed, 0);
  return (
    <div ref={ref}>
      <div
        ref={place}
        role="img"
        aria-label={`${words.completed}: ${completed}, ${words.failed}: ${failed}`}
      />
    </div>
  );
}

function dataOf(days: readonly Day[]): UPlot.AlignedData {
  return [
    days.map(({ day }) => Date.parse(day) / 1_000),
    days.map(({ completed, failed }) => completed + failed),
    days.map(({ failed }) => failed),
  ];
}

function optionsOf(width: number, place: HTMLElement): UPlot.Options {
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
    width,
    height: HEIGHT_PX,
    // Days are of UTC, as the server counts them.
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [{ ...axis, grid: { show: false } }, axis],
    series: [
      { label: words.day, value: '{YYYY}-{MM}-{DD}' },
      series(words.completed, '--green'),
      series(words.failed, '--red'),
    ],
  };
}
