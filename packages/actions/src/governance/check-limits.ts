/** How much of a workspace one check looks at. What lies beyond is told, and passes no gate. */
export const CHECK_LIMITS = {
  files: 20_000,
  /** Bytes read of all files together. */
  bytes: 256 * 1024 * 1024,
  /** Bytes of a file that a pattern is looked for in. */
  patternBytes: 1024 * 1024,
  /** Bytes of one report that a number is read from, and of how many files at most. */
  reportBytes: 16 * 1024 * 1024,
  reports: 200,
  /** Seconds that the command of a gate may take unless the gate says otherwise. */
  commandSeconds: 300,
  commandBytes: 64 * 1024,
  /** Characters of one line of evidence. */
  evidenceChars: 300,
  /** Files that expressions are told of. */
  listed: 10_000,
} as const;
