import type { Dice } from './dice.ts';

/**
 * Virtual time. All that happens anywhere is a moment in one queue, ordered by time and, within
 * one time, by chance. A step takes one moment out and lets every promise settle that follows
 * from it: JavaScript does the rest in one order only, so the whole simulation has one order.
 */
export interface World {
  /** Milliseconds since the world began. */
  readonly now: number;
  /** Moments that have come about. */
  readonly steps: number;
  /** Calls `run` after `ms`; returns what cancels it. */
  after(ms: number, run: () => void): () => void;
  sleep(ms: number): Promise<void>;
  /** Lets nothing else happen until something real is done: it takes no time here. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Runs what somebody does; all that follows from it in this step is theirs too. */
  as(actor: Actor, run: () => void): void;
  /** Whose step this is: undefined for what is nobody's. */
  readonly actor: Actor | undefined;
  /** Lives on while `wanted` says so and there is something to come. */
  live(wanted: () => boolean): Promise<void>;
}

/** Somebody who does things: each step is one actor's at most. */
export interface Actor {
  readonly name: string;
}

interface Moment {
  readonly at: number;
  readonly tie: number;
  run: (() => void) | undefined;
}

/** When the world begins, in milliseconds since the epoch. */
export const EPOCH_MS = Date.UTC(2026, 0, 5);

export function createWorld(dice: Dice): World {
  const queue: Moment[] = [];
  let now = 0;
  let steps = 0;
  let actor: Actor | undefined;
  const held = new Set<Promise<unknown>>();

  /** Every promise that can settle without another moment has settled. */
  async function settled(): Promise<void> {
    await immediate();
    while (held.size > 0) {
      await Promise.allSettled(held);
      await immediate();
    }
  }

  function after(ms: number, run: () => void): () => void {
    const moment: Moment = { at: now + Math.max(0, ms), tie: dice.next(), run };
    push(queue, moment);
    return () => {
      moment.run = undefined;
    };
  }

  return {
    get now() {
      return now;
    },
    get steps() {
      return steps;
    },
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    hold(work) {
      const done = work.finally(() => held.delete(done));
      held.add(done);
      return done;
    },
    as(who, run) {
      actor = who;
      run();
    },
    get actor() {
      return actor;
    },
    async live(wanted) {
      await settled();
      while (wanted()) {
        const moment = pop(queue);
        if (moment === undefined) return;
        if (moment.run === undefined) continue;
        now = moment.at;
        steps += 1;
        actor = undefined;
        moment.run();
        await settled();
      }
    },
  };
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function before(a: Moment, b: Moment): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

/** A binary heap, the earliest moment at its head. */
function push(heap: Moment[], moment: Moment): void {
  let at = heap.push(moment) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Moment;
    if (!before(moment, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = moment;
}

function pop(heap: Moment[]): Moment | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    const left = heap[child];
    const right = heap[child + 1];
    if (left === undefined) break;
    if (right !== undefined && before(right, left)) child += 1;
    const least = heap[child] as Moment;
    if (!before(least, last)) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = last;
  return first;
}
