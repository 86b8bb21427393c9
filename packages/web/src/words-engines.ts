/** What the view of engines says. */
export const ENGINE_WORDS = {
  title: 'Engines',
  text: 'An engine owns runs and makes their attempts. Those that share a database take over from one another.',
  state: 'State',
  name: 'Engine',
  here: 'answers here',
  epoch: 'Epoch',
  runs: 'Runs',
  nodes: 'Slots',
  heartbeat: 'Heartbeat',
  lease: 'Lease',
  started: 'Started',
  version: 'Version',
  ofMost: (used: string, most: string) => `${used} of ${most}`,
  pid: (pid: number) => `process ${pid}`,
  leaseUntil: 'until',
  leaseOver: 'ran out',
  what: {
    live: '',
    silent:
      'Its lease has run out. Another live engine takes its runs over within seconds; with none, they wait until one starts.',
    lost: (runs: number) =>
      runs === 0
        ? 'It was fenced off and owned nothing. If it comes back, it begins a new epoch.'
        : `It was fenced off: ${runs === 1 ? '1 run' : `${runs} runs`} went back into the queue, and ${runs === 1 ? 'goes' : 'go'} on in other engines. Attempts that were under way count as cut off, and are made again by the policy of their node.`,
    stopped: 'It stopped in good order: its attempts had ended, and it owned nothing any more.',
  },
  lostAt: 'Taken over',
  stoppedAt: 'Stopped',
  filter: 'Show',
  all: 'All',
  counts: (live: number, total: number) => `${live} live of ${total}`,
  empty: 'No engine is in this state',
} as const;
