/** A priority step is worth this much waiting: that is the ageing of the claim order. */
export const PRIORITY_STEP_MS = 30_000;
/** The most that a priority adds to a claim key: the steps from 1 to 10. */
export const PRIORITY_MOST_MS = 9 * PRIORITY_STEP_MS;
