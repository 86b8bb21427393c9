import type { Clock } from '../ports/clock.ts';

/** Work that an engine does again and again: each has the same life, only `runOnce` differs. */
export interface Loop {
  start(): void;
  /** No further round begins; resolves when the present one is over. */
  stop(): Promise<void>;
  /** Begins the next round now, or right after the present one. */
  wake(): void;
}

export interface LoopOptions {
  readonly name: string;
  readonly clock: Clock;
  /** One round. Returns in how many ms the next is wanted; undefined for `everyMs`. */
  runOnce(): Promise<number | undefined> | number | undefined;
  readonly everyMs: number;
  onError(name: string, error: unknown): void;
}

export function createLoop({ name, clock, runOnce, everyMs, onError }: LoopOptions): Loop {
  let stopped = true;
  let cancelTimer: (() => void) | undefined;
  let round: Promise<void> | undefined;
  let again = false;

  function schedule(ms: number): void {
    if (stopped) return;
    cancelTimer = clock.after(ms, begin);
  }

  function begin(): void {
    cancelTimer = undefined;
    round = once();
  }

  async function once(): Promise<void> {
    again = false;
    let next = everyMs;
    try {
      next = (await runOnce()) ?? everyMs;
    } catch (error) {
      onError(name, error);
    }
    round = undefined;
    schedule(again ? 0 : next);
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      schedule(0);
    },
    async stop() {
      stopped = true;
      cancelTimer?.();
      cancelTimer = undefined;
      await round;
    },
    wake() {
      if (stopped) return;
      if (round !== undefined) {
        again = true;
        return;
      }
      cancelTimer?.();
      schedule(0);
    },
  };
}
