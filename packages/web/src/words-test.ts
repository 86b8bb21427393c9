/** What the views of tests say. */
export const TEST_WORDS = {
  title: 'Tests',
  views: { tests: 'All tests', flakes: 'Flakes', catalogue: 'Catalogue' },
  label: 'Views of the tests',
  run: 'Run a suite',
  runTitle: 'Run a suite now',
  runText: 'It becomes a job of its own, with the suite as its only node.',
  suite: 'Suite',
  context: 'Parameters of the job, as JSON',
  contextHint: 'What the suite names as ${params.…}, such as its folder.',
  contextBad: 'This is not a JSON object: ',
  started: 'The suite runs.',
  notStarted: 'The suite was not started',
  name: 'Test',
  search: 'Name begins with…',
  owner: 'Owner',
  nobody: 'Nobody',
  status: 'Last result',
  last: 'Last run',
  passRate: 'Pass rate',
  flakes: 'Flake score',
  duration: 'Duration',
  trend: 'Trend',
  trendOf: (name: string, count: number) => `Durations of the last ${count} results of ${name}`,
  p50: 'half under',
  flaky: 'Flaky',
  quarantined: 'In quarantine',
  quarantine: 'Quarantine',
  sort: 'Order',
  sorts: {
    flake_score: 'Flakiest first',
    duration: 'Slowest first',
    last_failure: 'Failed last first',
  },
  found: (count: string) => `${count} ${count === '1' ? 'test' : 'tests'}`,
  empty: 'No test has reported yet',
  emptyText:
    'Register a suite, run it, and each test in its JUnit report is known from then on. From a terminal, with a server that was started with “--allow-commands node”:',
  emptyExample: 'npx tenuto tests catalogue put examples/tests/catalogue.yaml',
  emptyThen: 'npx tenuto run examples/test-suite.yaml --watch',
  emptyHere: 'Or register one here',
  noSuite: 'No suite is registered yet.',
  toCatalogue: 'Register one in the catalogue',
  noMatch: 'No test fits these filters',
  clear: 'Clear filters',
  flakesEmpty: 'No test is flaky',
  flakesEmptyText:
    'A test is called flaky when the same commit both passed and failed lately. Put the commit into the metadata of jobs, so that a mended test is not taken for one.',
  evidence: 'Where the same code did both',
  evidenceOf: (passed: number, failed: number) => `${passed} passed, ${failed} failed`,
  evidenceNone: 'Its results lie further back than the last hundred.',
  sameRun: 'one run',
  commit: 'commit',
  catalogue: {
    empty: 'Nothing is registered',
    emptyText:
      'A suite says what command runs it and where its report appears. Register the first one here, or from a terminal:',
    register: 'Register a suite',
    registerVerb: 'Register',
    registerText:
      'The command runs on the server, which has to allow its program; the report is what it writes as JUnit XML, below the folder. With kind: case it is one test of a suite.',
    editTitle: (id: string) => `Edit ${id}`,
    edit: 'Edit',
    save: 'Save',
    text: 'Suite or case, as YAML or JSON',
    noObject: 'A suite is an object with “id”, “kind” and “command”.',
    registered: (id: string) => `“${id}” is registered.`,
    id: 'Id',
    kind: 'Kind',
    kinds: { suite: 'Suite', case: 'Case' },
    command: 'Command',
    folder: 'Folder',
    pattern: 'Files',
    shards: 'Shards',
    owner: 'Owner',
    of: (suite: string) => `of ${suite}`,
    runNow: 'Run',
    tests: 'Its tests',
    from: (suite: string) => `that of ${suite}`,
  },
  page: {
    strip: 'Results, oldest first',
    stripNote: 'Each leads to its run.',
    durations: 'Duration over time',
    durationsOf: (count: number) => `Durations of ${count} results in milliseconds`,
    durationMs: 'ms',
    failedMs: 'failed',
    failures: 'What failures said',
    failuresNone: 'It has not failed in the results that are shown.',
    unsaid: 'Without a message',
    times: (count: number) => `${count}×`,
    since: 'since',
    evidence: 'Evidence that it is flaky',
    evidenceNone: 'No commit and no run has both passed and failed.',
    history: 'History',
    noResults: 'No result is kept.',
    at: 'When',
    result: 'Result',
    took: 'Took',
    attempt: 'Attempt',
    branch: 'Branch',
    commit: 'Commit',
    run: 'Run',
    log: 'Log',
    message: 'Message',
    runs: 'Results',
    cleanPasses: 'Clean passes',
    flakyPasses: 'Flaky passes',
    failed: 'Failures',
    skips: 'Skips',
    p50: 'Median',
    p95: '95 of 100 within',
    file: 'File',
    firstSeen: 'First seen',
    inQuarantine: (by: string) => `In quarantine by ${by}: its failures fail no node.`,
    forGood: 'until somebody ends it',
    until: 'until',
  },
  actions: {
    quarantine: 'Put into quarantine',
    quarantineText:
      'It goes on running and its history goes on, but its failures fail no node any more.',
    reason: 'Reason',
    until: 'Until',
    untilHint: 'Left empty: until somebody ends it.',
    quarantined: 'The test is in quarantine.',
    end: 'End the quarantine',
    endText: 'From the next attempt on, its failures fail nodes again.',
    ended: 'The quarantine is over.',
    owner: 'Change the owner',
    ownerHint: 'A person or a team. Left empty: that of its suite in the catalogue.',
    ownerSave: 'Save the owner',
    ownerSaved: 'The owner is changed.',
    failed: 'That was not done',
  },
} as const;

/** A suite that runs where the examples lie, to begin with. */
export const FIRST_SUITE = `id: shop
kind: suite
title: The tests of a small shop
command:
  - node
  - --test
  - --test-reporter=junit
  - --test-reporter-destination=.{attempt}-report.xml
  - '{case_args}'
folder: examples/tests
report: .{attempt}-report.xml
# What shards are made of, and how the command is told which of it to run.
pattern: '*.ts'
shards: 2
select:
  case_args: ['{case}']
# A further attempt runs only what failed in the one before.
on_retry: failed
owner: team-shop
timeout_seconds: 60
`;
