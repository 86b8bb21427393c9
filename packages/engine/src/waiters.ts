import type { Clock } from './ports/clock.ts';

/** Those who wait for a run to end in this engine. */
export interface Waiters {
  /** True once `runId` has ended, false after `timeoutMs`. */
  wait(runId: string, timeoutMs: number): Promise<boolean>;
  ended(runId: string): void;
}

export function createWaiters(clock: Clock): Waiters {
  const waiting = new Map<string, Set<(ended: boolean) => void>>();
  return {
    wait(runId, timeoutMs) {
      return new Promise((resolve) => {
        const others = waiting.get(runId) ?? new Set();
        waiting.set(runId, others);
        const settle = (ended: boolean) => {
          cancel();
          others.delete(settle);
          if (others.size === 0) waiting.delete(runId);
          resolve(ended);
        };
        const cancel = clock.after(timeoutMs, () => settle(false));
        others.add(settle);
      });
    },
    ended(runId) {
      for (const settle of waiting.get(runId) ?? []) settle(true);
    },
  };
}
