/** What the view of the system's health says. */
export const SYSTEM_WORDS = {
  title: 'System',
  allWell: 'Nothing is wrong',
  allWellText: 'Every part of this server answers, all engines are live, and no circuit is open.',
  looks: (count: number) => (count === 1 ? '1 thing needs a look' : `${count} things need a look`),
  wrong: (count: number) => (count === 1 ? '1 thing is wrong' : `${count} things are wrong`),
  parts: 'Parts',
  part: 'Part',
  state: 'State',
  detail: 'Detail',
  version: 'Version',
  started: 'Started',
  console: 'Console',
  you: 'You are',
  build: 'build',
  lately: 'Since this page was opened',
  charts: {
    running: 'Nodes running',
    queued: 'Runs queued',
    backlog: 'Journal backlog',
    latency: 'Database latency',
  },
  most: (value: string) => `at most ${value}`,
  problem: {
    part: (name: string) => `${name} is down`,
    partDegraded: (name: string) => `${name} does less than it should`,
    silent: (name: string) => `Engine ${name} has fallen silent`,
    silentText: 'Its lease has run out. Another engine takes its runs over, or it comes back.',
    lost: (name: string) => `Engine ${name} was lost`,
    lostText: (runs: number) =>
      runs === 0
        ? 'It owned no run. If it comes back, it begins anew.'
        : runs === 1
          ? 'Its 1 run went back into the queue, and goes on elsewhere.'
          : `Its ${runs} runs went back into the queue, and go on elsewhere.`,
    circuit: (key: string) => `The circuit ${key} is open`,
    circuitText: 'What calls its target waits until it closes.',
    noEngine: 'No engine is live',
    noEngineText: 'Runs are accepted and wait. Start a server, or look into the log of this one.',
  },
  lifecycle: 'Lifecycle',
  lifecycles: {
    starting: 'Starting',
    running: 'Running',
    degraded: 'Running, with less',
    stopping: 'Stopping',
    stopped: 'Does not answer',
  },
  since: 'Since',
  heard: 'Last heard of',
  allEngines: 'All engines',
  names: {
    server: 'This server',
    store: 'Database',
    engine: 'Engine',
    redis: 'Redis',
    artifacts: 'Artifacts',
    events: 'Events',
    console: 'Console',
  },
  values: {
    database: (value: string) =>
      value === 'embedded' ? 'the one that comes along' : 'a server of yours',
    postgresql: (value: string) => `PostgreSQL ${value}`,
    schema_version: (value: string) => `schema ${value}`,
    answered_in_ms: (value: string) => `answers in ${value} ms`,
    owned_runs: (value: string) => `owns ${value} ${value === '1' ? 'run' : 'runs'}`,
    running_nodes: (value: string) => `${value} ${value === '1' ? 'node' : 'nodes'} running`,
    journal_backlog_rows: (value: string) =>
      `${value} ${value === '1' ? 'row waits' : 'rows wait'} for a commit`,
    queued_runs: (value: string) => `${value} ${value === '1' ? 'run' : 'runs'} queued`,
    kept_in: (value: string) =>
      value === 's3' ? 'in a bucket of S3' : 'on the disk of the server',
    carried_by: (value: string) =>
      value === 'redis' ? 'carried by Redis' : 'carried by the database',
    build: (value: string) => `build ${value}`,
  },
  connections: (used: string, most: string) => `${used} of ${most} connections`,
} as const;
