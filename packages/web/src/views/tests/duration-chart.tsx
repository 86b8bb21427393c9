import { useMantineColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { TestResult } from '@tenuto/contract';
import { useEffect, useMemo, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { TEST_WORDS } from '../../words-test.ts';

const words = TEST_WORDS.page;
const HEIGHT_PX = 170;
const POINT_PX = 7;

/** How long a test took, result by result, oldest first; failures are red points. */
export function DurationChart({ results }: { readonly results: readonly TestResult[] }) {
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  const data = useMemo(() => dataOf(results), [results]);
  // Colours are read from the page when the chart is made, so it is made anew for another theme.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (place.current === null || width === 0) return;
    const plot = new UPlot(optionsOf(width, place.current), data, place.current);
    return () => plot.destroy();
  }, [data, width, colorScheme]);
  return (
    <div ref={ref} className="test-chart">
      <div ref={place} role="img" aria-label={words.durationsOf(results.length)} />
    </div>
  );
}

/** By their order and not by the clock: runs come in bursts. */
function dataOf(results: readonly TestResult[]): UPlot.AlignedData {
  const shown = results.filter(({ status }) => status !== 'skipped').toReversed();
  const isBad = ({ status }: TestResult) => status === 'failed' || status === 'error';
  return [
    shown.map((_result, at) => at + 1),
    shown.map(({ duration_ms: ms }) => ms),
    shown.map((result) => (isBad(result) ? result.duration_ms : null)),
  ];
}

function optionsOf(width: number, place: HTMLElement): UPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colour('--dim'),
    font: '11px system-ui',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const points = (name: string): UPlot.Series.Points => ({
    ...{ show: true, size: POINT_PX, stroke: colour(name), fill: colour(name) },
  });
  return {
    width,
    height: HEIGHT_PX,
    cursor: { drag: { x: false, y: false } },
    legend: { show: false },
    scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { ...axis, size: 28, grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50] },
      {
        ...axis,
        size: 68,
        values: (_plot, ticks) => ticks.map((tick) => `${tick} ${words.durationMs}`),
      },
    ],
    series: [
      {},
      { stroke: colour('--accent'), width: 1.5, points: { show: false } },
      { stroke: colour('--red'), width: 0, points: points('--red') },
    ],
  };
}
