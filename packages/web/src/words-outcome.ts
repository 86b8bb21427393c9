/** What stands above the graph of a run: what it was given and what came of it. */
export const OUTCOME_WORDS = {
  results: 'Result',
  nothing: 'It has completed; no node at its end has given anything back.',
  given: 'Given',
  all: (values: number) => (values === 1 ? 'Show all of it' : `Show all ${values}`),
  cause: 'First cause',
  toNode: 'Show the node',
  toLog: 'Open its log',
} as const;
