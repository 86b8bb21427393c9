import type { TestStatus } from '@tenuto/contract';

/** One result of a test as the score sees it; skipped ones are none. */
export interface ScoredResult {
  readonly status: Exclude<TestStatus, 'skipped'>;
  /** There was another result of it in the same run. */
  readonly flaky: boolean;
  /** Stands for the commit; 0 when nobody said which it was. */
  readonly commit: number;
}

/** A result counts half as much as one that is so many results newer. */
const HALF_LIFE = 10;
/** What a change of outcome counts that a change of the code may explain. */
const UNPROVEN = 0.25;
/** Fewer results than this are weighed as if there were as many: one flip proves little. */
const LEAST = 10;

/** From this score on a test is called flaky. */
export const FLAKY_SCORE = 0.05;

/**
 * How flaky a test is, 0 to 1: the flip rate of "Modeling and Ranking Flaky Tests at Apple" (ICSE
 * SEIP 2020), weighed by age and by what a flip proves.
 *
 *   score = sum(2^(-i/10) e_i) / sum(2^(-i/10)), i = 0 for the newest of at most 50 results
 *
 * `e_i` is 1 when the outcome changed although the code did not (within its run, or against the
 * last result of its commit), 1/4 when it differs from the result before it and no earlier result
 * is of its commit, else 0. The lower sum is at least that of ten results.
 *
 * @param results newest first
 */
export function flakeScore(results: readonly ScoredResult[]): number {
  let evidence = 0;
  let weight = 0;
  results.forEach((_, i) => {
    evidence += weightOf(i) * evidenceOf(results, i);
    weight += weightOf(i);
  });
  return evidence / Math.max(weight, LEAST_WEIGHT);
}

function weightOf(age: number): number {
  return 2 ** (-age / HALF_LIFE);
}

const LEAST_WEIGHT = Array.from({ length: LEAST }, (_, i) => weightOf(i)).reduce(
  (sum, weight) => sum + weight,
  0,
);

function evidenceOf(results: readonly ScoredResult[], i: number): number {
  const result = results[i];
  if (result === undefined) return 0;
  if (result.flaky) return 1;
  const ofCommit = lastOfCommit(results, i);
  if (ofCommit !== undefined) return hasPassed(ofCommit) === hasPassed(result) ? 0 : 1;
  const before = results[i + 1];
  return before === undefined || hasPassed(before) === hasPassed(result) ? 0 : UNPROVEN;
}

/** The result before this one that is of the same commit. */
function lastOfCommit(results: readonly ScoredResult[], i: number): ScoredResult | undefined {
  const commit = results[i]?.commit ?? 0;
  return commit === 0 ? undefined : results.find((other, at) => at > i && other.commit === commit);
}

/** A failure and an error are one outcome here: runners tell them apart as they please. */
function hasPassed({ status }: ScoredResult): boolean {
  return status === 'passed';
}
