/** What those who follow a run in this process know of its feed, and how they wait for more. */
import type { RunProgressView } from '@tenuto/contract';
import type { Clock } from '../ports/clock.ts';

export interface Known {
  /** Number of the last entry. */
  readonly last: number;
  /** The last entry says that the run is over. */
  readonly ended: boolean;
  /** The run, or its feed, is not there any more. */
  readonly gone: boolean;
  readonly progress: RunProgressView | undefined;
}

export interface Seen {
  readonly known: Known;
  /** Grows with every change of what is known. */
  readonly turn: number;
  /** Wakes all who wait. */
  change(what: Partial<Known>): void;
  /** Until something changes after the turn that was seen, for so long at most. */
  next(turn: number, ms: number, signal: AbortSignal): Promise<void>;
}

export function createSeen(clock: Clock, last: number): Seen {
  const waiting = new Set<() => void>();
  let known: Known = { last, ended: false, gone: false, progress: undefined };
  let turn = 0;
  return {
    get known() {
      return known;
    },
    get turn() {
      return turn;
    },
    change(what) {
      known = { ...known, ...what };
      turn += 1;
      for (const resume of [...waiting]) resume();
    },
    next(seen, ms, signal) {
      if (turn !== seen || signal.aborted) return Promise.resolve();
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
