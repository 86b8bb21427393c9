import type { Clock } from './ports/clock.ts';

/** A count that others wait for to grow. */
export interface Turns {
  readonly count: number;
  /** Whether anybody waits for the next one. */
  readonly awaited: boolean;
  /** Counts one more, and wakes all who wait. */
  advance(): void;
  /** Until the count is past the one that was seen, for so many milliseconds at most. */
  next(seen: number, ms: number, signal: AbortSignal): Promise<void>;
}

export function createTurns(clock: Clock): Turns {
  const waiting = new Set<() => void>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    get awaited() {
      return waiting.size > 0;
    },
    advance() {
      count += 1;
      for (const resume of [...waiting]) resume();
    },
    next(seen, ms, signal) {
      if (count !== seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const resume = () => {
          cancel();
          waiting.delete(resume);
          signal.removeEventListener('abort', resume);
          resolve();
        };
        const cancel = clock.after(ms, resume);
        waiting.add(resume);
        signal.addEventListener('abort', resume, { once: true });
      });
    },
  };
}
