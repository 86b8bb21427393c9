import type { Clock } from '../src/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Lets time go by; what falls due is called in order. Resolves when what follows from it is done. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock only. */
  setWall(byMs: number): void;
}

/** Time that stands still until a test lets it go by. */
export function createManualClock(): ManualClock {
  let mono = 1_000;
  let wall = 1_700_000_000_000;
  const timers = new Set<{ at: number; run: () => void }>();
  const due = (until: number) =>
    [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
  return {
    wall: () => wall,
    mono: () => mono,
    after(ms, run) {
      const timer = { at: mono + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = mono + ms;
      for (let timer = due(until); timer !== undefined; timer = due(until)) {
        timers.delete(timer);
        wall += Math.max(0, timer.at - mono);
        mono = Math.max(mono, timer.at);
        timer.run();
        await settled();
      }
      wall += until - mono;
      mono = until;
      await settled();
    },
    setWall(byMs) {
      wall += byMs;
    },
  };
}

/** Lets everything happen that waits for nothing but promises. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
