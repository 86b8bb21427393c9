/** A priority step is worth this much waiting: that is the ageing of the claim order. */
export const PRIORITY_STEP_MS = 30_000;
/** The most that a priority adds to a claim key: the steps from 1 to 10. */
export const PRIORITY_MOST_MS = 9 * PRIORITY_STEP_MS;
/** The claim key of a run that is held back: no claim walks so far. */
export const HELD_BACK = 2n ** 63n - 1n;

/** The order of claiming of a run that is due at some time, as a submit gives it; in SQL. */
export function claimKeyAt(due: string, priority: string): string {
  return `round(extract(epoch from ${due}) * 1000) + (${priority} - 1) * ${PRIORITY_STEP_MS}`;
}
