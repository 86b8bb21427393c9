import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '@tenuto/engine';

/** The longest delay a timer of Node takes; longer ones would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The one real clock. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), LONGEST_MS));
    return () => clearTimeout(timer);
  },
};

/** The one real source of randomness. */
export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (count) => randomBytes(count),
};
