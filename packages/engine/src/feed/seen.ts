/** What those who follow a run in this process know of its feed, and how they wait for more. */
import type { RunProgressView } from '@tenuto/contract';
import type { Clock } from '../ports/clock.ts';
import { createTurns } from '../turns.ts';

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
  const turns = createTurns(clock);
  let known: Known = { last, ended: false, gone: false, progress: undefined };
  return {
    get known() {
      return known;
    },
    get turn() {
      return turns.count;
    },
    change(what) {
      known = { ...known, ...what };
      turns.advance();
    },
    next: turns.next,
  };
}
