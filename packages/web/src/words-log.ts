/** What the log of a run says. */
export const LOG_WORDS = {
  node: 'Node',
  search: 'Find in the log',
  stream: 'Which lines',
  streams: { all: 'All lines', stdout: 'Output', stderr: 'Errors' },
  only: 'Only what was found',
  previous: 'Previous',
  next: 'Next',
  found: (at: number, count: string, more: boolean) =>
    count === '0' ? 'nothing found' : `${at === 0 ? '–' : at} of ${count}${more ? '+' : ''}`,
  follow: 'Follow',
  newest: 'Jump to the newest line',
  times: 'Times',
  wrap: 'Wrap',
  copy: 'Copy what is shown',
  copied: 'The lines are copied.',
  download: 'Save all of it',
  notSaved: 'The log could not be read',
  empty: 'This node has said nothing',
  emptyText: 'Lines that an action writes appear here as they come.',
  noMatch: 'No line fits',
  noMatchText: 'Search for less, or show all lines.',
  /** What a command writes at once is one entry, of one or more lines. */
  lines: (all: string) => (all === '1' ? '1 entry' : `${all} entries`),
  attempt: (number: number) => `Attempt ${number}`,
  end: (status: string, took: string | undefined) =>
    took === undefined ? status : `${status} after ${took}`,
  exitCode: (code: number) => `exit code ${code}`,
  again: 'next attempt',
  link: (line: string) => `Link to line ${line}`,
  more: 'Read more of what was found',
} as const;
