/** A priority step is worth this much waiting. */
export const PRIORITY_STEP_MS = 30_000;
