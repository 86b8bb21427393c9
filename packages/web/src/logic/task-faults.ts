import type { Fault } from './task-draft.ts';

/** What is wrong at a place in the body or below it; undefined when nothing is. */
export function faultAt(faults: readonly Fault[], path: string): string | undefined {
  const found = faults.filter((one) => one.path === path || one.path.startsWith(`${path}/`));
  if (found.length === 0) return undefined;
  return found
    .map((one) =>
      one.path === path ? one.message : `${one.path.slice(path.length)} ${one.message}`,
    )
    .join(' ');
}

/** What is wrong at none of some places: it has to be said elsewhere. */
export function faultsBeside(faults: readonly Fault[], paths: readonly string[]): readonly Fault[] {
  return faults.filter(
    (one) => !paths.some((path) => one.path === path || one.path.startsWith(`${path}/`)),
  );
}
