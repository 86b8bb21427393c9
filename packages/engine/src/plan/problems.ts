import { PlanError, type ValidationError } from '@tenuto/contract';

/** How many problems are reported at once: enough to mend a file, too few to flood an answer. */
const PROBLEMS_REPORTED = 20;

/** Collects what is wrong with a graph, so that one answer names it all. */
export interface Problems {
  /** How many were added. */
  readonly count: number;
  add(path: string, message: string, value?: unknown): void;
  /** @throws PlanError when something was added. */
  raise(): void;
}

export function collectProblems(): Problems {
  const found: ValidationError[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(path, message, value) {
      count += 1;
      if (found.length < PROBLEMS_REPORTED) {
        found.push({ path, message, ...(value !== undefined && { value }) });
      }
    },
    raise() {
      const [first] = found;
      if (first === undefined) return;
      const more = count > 1 ? ` (and ${count - 1} more)` : '';
      throw new PlanError(`${first.message}${more}`, found);
    },
  };
}
