/** What the view of decisions that wait for people says. */
export const NEEDS_WORDS = {
  title: 'Needs me',
  empty: 'Nothing waits for a person',
  emptyText:
    'A node whose failure no policy could repair asks here, and its run waits for the answer.',
  decided: 'Decided lately',
  opened: 'Opened',
  deadline: (what: string) => `Without an answer it decides by itself (${what})`,
  run: 'Run',
  node: 'Node',
  wholeRun: 'the run as a whole',
  assignee: 'Assigned to',
  by: 'by',
  resolutions: { retry: 'Retry', skip: 'Skip', abort: 'Abort the run' },
  resolved: { retry: 'Retried', skip: 'Skipped', abort: 'Aborted' },
  ask: {
    retry: ['Try this node again?', 'It gets fresh attempts.'],
    skip: ['Go on without it?', 'It counts as completed, with the result that you give.'],
    abort: ['Abort this run?', 'It ends as failed; cleanup nodes still run.'],
  },
  result: 'Result of the node, as JSON',
  resultBad: 'The result is not JSON, so it was sent as text.',
  done: 'Decided; the run goes on by it.',
  failed: 'That was not decided',
} as const;
