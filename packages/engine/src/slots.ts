import type { Owned } from './owned.ts';

/** How long others are kept from starting so that a suspect node can run alone. */
const ALONE_PATIENCE_MS = 30_000;
/** How long it has the engine to itself; what kills its engine seldom takes longer. */
const ALONE_MOST_MS = 60_000;

/**
 * The engine's own limit on attempts at once. Runs that found no slot get one in turn. A node that
 * took its engine down twice runs alone for a while, so that its neighbours do not lose their attempts to it.
 */
export interface Slots {
  readonly free: boolean;
  /** Runs wait for a slot: another that wants one queues up behind them. */
  readonly contended: boolean;
  readonly used: number;
  /** A node runs alone, or is about to: nothing else starts for as long as that takes. */
  readonly closed: boolean;
  take(): void;
  give(): void;
  /** Remembers a run whose ready nodes found no slot. */
  wait(owned: Owned): void;
  /** The next run that waits, if a slot is free. */
  next(): Owned | undefined;
  /**
   * Calls `start` with a slot taken when nothing else goes on, or when that has taken too long.
   */
  alone(start: () => void): void;
}

export interface SlotsOptions {
  readonly limit: number;
  after(ms: number, run: () => void): () => void;
  /** Told when slots have become free again after a node ran alone. */
  onFree(): void;
}

export function createSlots({ limit, after, onFree }: SlotsOptions): Slots {
  const waiting = new Set<Owned>();
  const suspects: (() => void)[] = [];
  let used = 0;
  let closed = false;
  let cancelPatience: (() => void) | undefined;

  function admitSuspect(): void {
    cancelPatience?.();
    cancelPatience = undefined;
    const start = suspects.shift();
    if (start === undefined) {
      closed = false;
      onFree();
      return;
    }
    used += 1;
    cancelPatience = after(ALONE_MOST_MS, admitSuspect);
    start();
  }

  return {
    get free() {
      return !closed && used < limit;
    },
    get contended() {
      return waiting.size > 0;
    },
    get used() {
      return used;
    },
    get closed() {
      return closed;
    },
    take() {
      used += 1;
    },
    give() {
      used -= 1;
      if (closed && used === 0) admitSuspect();
    },
    wait(owned) {
      waiting.add(owned);
    },
    next() {
      if (closed || used >= limit) return undefined;
      for (const owned of waiting) {
        waiting.delete(owned);
        return owned;
      }
      return undefined;
    },
    alone(start) {
      suspects.push(start);
      if (closed) return;
      closed = true;
      if (used === 0) admitSuspect();
      else cancelPatience = after(ALONE_PATIENCE_MS, admitSuspect);
    },
  };
}
