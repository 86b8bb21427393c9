/** What a browser has measured of a page. */
import type { Page } from 'playwright-core';

/** Times in milliseconds; from the navigation on, where they are times of the day of a page. */
export interface Figures {
  /** When the graph was first drawn, and from then on pans, zooms and clicks are heard. */
  readonly ready: number;
  /** Tasks longer than 50 ms: how many, and the longest. */
  readonly longTasks: number;
  readonly longest: number;
  /** From an input to the paint after it: of the slowest one in twenty, and of the slowest. */
  readonly input95: number;
  readonly inputMost: number;
  /** Answers that had something new, times the graph was drawn, frames of the browser. */
  readonly updates: number;
  readonly draws: number;
  readonly frames: number;
  readonly elements: number;
}

const WATCH = `
  window.seen = { long: [], inputs: [], frames: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.long.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.inputs.push(duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  requestAnimationFrame(function count() {
    seen.frames += 1;
    requestAnimationFrame(count);
  });
`;

const READ = `(() => {
  const count = (name) => performance.getEntriesByName(name)[0]?.detail ?? 0;
  const inputs = seen.inputs.toSorted((a, b) => a - b);
  return {
    ready: Math.round(performance.getEntriesByName('graph-ready')[0]?.startTime ?? 0),
    longTasks: seen.long.length,
    longest: Math.max(0, ...seen.long),
    input95: inputs[Math.floor(inputs.length * 0.95)] ?? 0,
    inputMost: inputs.at(-1) ?? 0,
    updates: count('graph-update'),
    draws: count('graph-draw'),
    frames: seen.frames,
    elements: document.querySelectorAll('*').length,
  };
})()`;

/** Counts long tasks, inputs, draws, answers and frames from now on. */
export async function beginAnew(page: Page): Promise<void> {
  await page.evaluate(
    `window.seen = { long: [], inputs: [], frames: 0 };
     performance.clearMarks('graph-update');
     performance.clearMarks('graph-draw');`,
  );
}

/** Has every page that is gone to from now on watched. */
export async function watchPage(page: Page): Promise<void> {
  await page.addInitScript(WATCH);
}

export function figuresOf(page: Page): Promise<Figures> {
  return page.evaluate<Figures>(READ);
}
