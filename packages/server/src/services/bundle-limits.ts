/** How much of a run a bundle holds: it is opened by a browser, and attached to tickets. */
export const BUNDLE_LIMITS = {
  nodes: 2_000,
  attempts: 4_000,
  history: 1_000,
  /** Lines of logs, and characters of them together: the last ones of each node are kept. */
  logLines: 20_000,
  logLinesOfNode: 1_000,
  logChars: 2 * 1024 * 1024,
  artifacts: 5_000,
  /** An artifact that is put into the page, and all of them together. */
  inlineBytes: 64 * 1024,
  inlineBytesAll: 4 * 1024 * 1024,
  tests: 5_000,
  audit: 1_000,
  sessions: 1_000,
  /** Characters of JSON of one output, and of all of them. */
  outputChars: 16 * 1024,
  outputCharsAll: 8 * 1024 * 1024,
  /** Characters of a plan that can be run again from a bundle: what a request may be. */
  planChars: 7 * 1024 * 1024,
} as const;
