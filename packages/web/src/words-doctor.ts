/** What the view of the doctor says. */
export const DOCTOR_WORDS = {
  title: 'Doctor',
  text: 'Checks what must always be true of the live store, on one snapshot of it. Looking changes nothing.',
  run: 'Look again',
  deep: 'Look at many more runs, one by one',
  running: 'Looking',
  verdict: {
    ok: 'All is as it must be',
    warning: (count: number) =>
      count === 1 ? '1 check has a warning' : `${count} checks have warnings`,
    error: (count: number) => (count === 1 ? '1 check has failed' : `${count} checks have failed`),
  },
  looked: (checks: number, live: string, over: string, ms: string) =>
    `${checks} checks in ${ms}, on ${live} live and ${over} ended runs`,
  leftOut: (count: string) => `${count} left out as too large`,
  findings: 'Findings',
  passed: (count: number) => `${count} checks found nothing`,
  check: 'Check',
  invariant: (number: number) => `invariant ${number}`,
  found: (count: string) => `${count} found`,
  more: (count: string) => `first ${count} of more`,
  repairText: 'Repair: ',
  byHand: 'A person has to decide what is done about it.',
  repair: 'Repair',
  repairAll: 'Repair what can be',
  ask: 'Repair the store',
  askText: 'This changes rows of the live store, with an audit row for each change:',
  done: (count: number) => (count === 0 ? 'Nothing was to be repaired.' : `Repaired: ${count}.`),
  failed: 'That was not repaired',
  example: 'npx tenuto doctor --deep',
  terminal: 'The same from a terminal:',
} as const;
