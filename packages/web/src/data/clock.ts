/** The one place where the console asks for the time and waits. */

/** Wall time in milliseconds since the epoch. */
export const now = (): number => Date.now();

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
      callOff = after(Math.max(0, lastAt + ms - now()), () => {
        callOff = undefined;
        lastAt = now();
        act();
      });
    },
    stop() {
      callOff?.();
      callOff = undefined;
    },
  };
}
