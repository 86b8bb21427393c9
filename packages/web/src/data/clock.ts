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
