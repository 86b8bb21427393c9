/** The one place where the console asks for the time and waits. */

/** How far the clock of the server is ahead of this computer's, where the two do not agree. */
let ahead = 0;

/** Wall time in milliseconds since the epoch, as the server has it: all times that are shown are its. */
export const now = (): number => Date.now() + ahead;

/** Time that only goes on, whatever becomes of clocks: for how long something takes. */
export const elapsed = (): number => performance.now();

/** Header `Date` has whole seconds, and clocks are never quite the same. */
const AGREES_MS = 2_500;

/**
 * Begins to look how wrong this computer's clock is: the server has written an answer at some time
 * between when it was asked for and when it was there.
 * @returns what is told the answer's header `Date`
 */
export function watchClock(): (date: string | null) => void {
  const asked = now();
  return (date) => {
    const written = Date.parse(date ?? '');
    if (Number.isNaN(written)) return;
    const answered = now();
    if (written < asked - AGREES_MS) ahead -= asked - written;
    if (written > answered + AGREES_MS) ahead += written - answered;
  };
}

/** Calls `then` once after `ms`. @returns what calls it off */
export function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

/** Calls `each` every `ms` until it is called off. */
export function every(ms: number, each: () => void): () => void {
  const timer = setInterval(each, ms);
  return () => clearInterval(timer);
}

/** Something that is done soon after it is asked for, at most once in a while. */
export interface Throttled {
  ask(): void;
  stop(): void;
}

/** Does `act` at once when it is asked for, and again after `ms` if it was asked for meanwhile. */
export function throttle(ms: number, act: () => void): Throttled {
  let lastAt = Number.NEGATIVE_INFINITY;
  let callOff: (() => void) | undefined;
  return {
    ask() {
      if (callOff !== undefined) return;
      callOff = after(Math.max(0, lastAt + ms - elapsed()), () => {
        callOff = undefined;
        lastAt = elapsed();
        act();
      });
    },
    stop() {
      callOff?.();
      callOff = undefined;
    },
  };
}
