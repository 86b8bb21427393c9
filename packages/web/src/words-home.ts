/** What the home page says. */
export const HOME_WORDS = {
  well: 'Nothing is wrong',
  wellDetail: (runs: string) => `${runs} runs ended in the last 24 hours, none of them badly.`,
  quietDetail: 'No run has ended in the last 24 hours.',
  wrong: (count: number) =>
    count === 1
      ? '1 run has failed in the last 24 hours'
      : `${count} runs have failed in the last 24 hours`,
  wrongDetail: (rate: string, runs: string) => `${rate} of ${runs} that ended.`,
  unwell: 'The server is not well',
  troubles: 'What is wrong',
  circuit: 'Circuit open',
  circuitText: 'Nothing is sent there until',
  budget: 'Budget used up',
  budgetText: (spent: string, limit: string) => `${spent} of ${limit}`,
  task: 'Task fails',
  taskText: (count: number, isLeast: boolean) => {
    if (isLeast) return `at least ${count === 1 ? '1 run has' : `${count} runs have`} failed`;
    return count === 1 ? '1 run has failed' : `${count} runs have failed`;
  },
  more: (count: number) => `${count} more`,
  moreTasks: (count: number, runs: number) =>
    `At least ${count} more, in ${runs} runs that have failed`,
  needs: 'What needs me',
  needsNone: 'Nothing waits for a person.',
  needsMore: (count: number) => `All ${count}`,
  needKinds: { approval: 'Approval', money: 'Money', failure: 'Decision', next: 'Next phase' },
  failures: 'Failed lately',
  failuresNone: 'No run has failed in the last 24 hours.',
  running: 'Running now',
  runningCount: (count: string) => `All ${count}`,
  runningNone: 'Nothing runs at the moment.',
  submit: 'Submit a job',
  next: 'Comes next',
  nextNone: 'No task is planned. A task starts runs by a schedule or on an event:',
  nextExample: 'npx tenuto tasks create examples/tasks/heartbeat.yaml',
  seeAll: 'See all',
  throughput: 'Runs by how they ended',
  span: 'Span of the chart',
  spans: { hour: 'Last 48 hours', day: 'Last 30 days' },
  day: 'Day',
  hour: 'Hour',
  all: 'All',
  together: 'Together',
  asTable: 'As a table',
  completed: 'Completed',
  failed: 'Failed',
  ended: 'Ended',
  p50: 'Half took no longer than',
  p95: '95 of 100 took no longer than',
  success: 'Success rate',
  of30: 'of 30 days',
  noData: 'Shown once runs have ended.',
  first: 'First steps',
  firstText:
    'Nothing has run here yet. These can be run as they stand, from a terminal beside the server:',
  steps: [
    ['Submit a first job', 'npx tenuto run examples/hello.yaml --param name=Ada'],
    ['See one wait for your approval', 'npx tenuto run examples/approval.yaml'],
    ['Have one run every minute', 'npx tenuto tasks create examples/tasks/heartbeat.yaml'],
  ],
  orHere: 'Or start a run here:',
} as const;
