import type { Figure } from './figure.ts';

/** How much is measured. */
export interface Effort {
  /** Rounds of which the median counts. */
  readonly runs: number;
  /** Part of the full workloads, in (0, 1]. */
  readonly part: number;
  /** Tells whoever watches what is under way. */
  progress(text: string): void;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  measure(effort: Effort): Promise<readonly Figure[]>;
}

/** Calls `once` for each round, after a warm-up. */
export async function rounds<T>(
  { runs, progress }: Effort,
  name: string,
  work: { readonly warmUp: () => Promise<unknown>; readonly once: () => Promise<T> },
): Promise<T[]> {
  progress(`${name}: warm-up`);
  await work.warmUp();
  const results: T[] = [];
  for (let run = 1; run <= runs; run += 1) {
    progress(`${name}: ${run} of ${runs}`);
    results.push(await work.once());
  }
  return results;
}
