import type { Clock } from '@tenuto/engine';

export interface Counted {
  /** How much there was in the window, with what was just added. */
  readonly current: number;
  /** Milliseconds until the window ends. */
  readonly ttl: number;
}

/** Counts what happens in windows of time: a window begins with the first thing in it. */
export interface Counters {
  add(key: string, windowMs: number, by?: number): Promise<Counted>;
}

/** Counters kept at once; the oldest make room. */
const KEPT = 10_000;

/** Counters of this process alone. */
export function localCounters(clock: Pick<Clock, 'mono'>): Counters {
  const windows = new Map<string, { count: number; readonly until: number }>();
  return {
    async add(key, windowMs, by = 1) {
      const now = clock.mono();
      let window = windows.get(key);
      if (window === undefined || window.until <= now) {
        windows.delete(key);
        window = { count: 0, until: now + windowMs };
        windows.set(key, window);
        if (windows.size > KEPT) windows.delete(windows.keys().next().value ?? '');
      }
      window.count += by;
      return { current: window.count, ttl: window.until - now };
    },
  };
}
