/** What expressions of triggers may name. */
const NONE: ReadonlySet<string> = new Set();

/** Of a condition: `steps.probe` is what its probe has given. */
export const CONDITION_SCOPE = {
  steps: new Set(['probe']),
  nodes: NONE,
  variables: new Set(['event', 'task', 'params', 'now', 'steps']),
} as const;
