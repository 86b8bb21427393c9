import { lineIn, type TextProblem } from './document.ts';
import { isWithin, stepsOf } from './json-place.ts';
import type { Fault } from './task-draft.ts';

/** What is wrong at a place in the body or below it; undefined when nothing is. */
export function faultAt(faults: readonly Fault[], path: string): string | undefined {
  const found = faults.filter((one) => isWithin(one.path, path));
  if (found.length === 0) return undefined;
  return found
    .map((one) =>
      one.path === path ? one.message : `${one.path.slice(path.length)} ${one.message}`,
    )
    .join(' ');
}

/** What is wrong at none of some places: it has to be said elsewhere. */
export function faultsBeside(faults: readonly Fault[], paths: readonly string[]): readonly Fault[] {
  return faults.filter((one) => !paths.some((path) => isWithin(one.path, path)));
}

/** What is wrong within a text that stands at a place in the body, at its lines. */
export function faultLines(
  faults: readonly Fault[],
  path: string,
  text: string,
): readonly TextProblem[] {
  return faults
    .filter((one) => isWithin(one.path, path))
    .map((one) => {
      const steps = stepsOf(one.path.slice(path.length));
      const name = steps.findLast((step) => !/^\d+$/.test(step));
      // A sentence of its own says what it is about.
      const isPart = name !== undefined && /^[a-z]/.test(one.message);
      // Whoever reads JSON knows best where it ends to be any.
      const [, told] = /line (\d+) column/.exec(one.message) ?? [];
      return {
        line: told === undefined ? lineIn(text, steps) : Number(told),
        message: isPart ? `${name} ${one.message}` : one.message,
      };
    });
}
