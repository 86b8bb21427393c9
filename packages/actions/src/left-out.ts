import type { LeftOut } from '@tenuto/engine';

/** More than so many are counted, not named. */
const NAMED = 20;

/**
 * Says which files of a workspace are not kept, and why; each of them once.
 * @returns a function that gives the lines for what has not been told before
 */
export function createLeftOutTeller(): (leftOut: readonly LeftOut[]) => readonly string[] {
  const told = new Set<string>();
  return (leftOut) => {
    const lines = leftOut.map(({ path, reason }) => `${path} is not kept: it ${reason}.`);
    const fresh = lines.filter((line) => !told.has(line));
    for (const line of fresh) told.add(line);
    if (fresh.length <= NAMED) return fresh;
    return [...fresh.slice(0, NAMED), `${fresh.length - NAMED} more files are not kept.`];
  };
}
