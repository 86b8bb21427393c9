import type { DoctorCheck } from '../ports/doctor-store.ts';

/** The checks that replay makes: a run is restored from its journal and compared with its row. */
export const REPLAY_CHECKS = {
  replay_refused: {
    invariant: 31,
    meaning: 'The journal of a run can be applied again, line by line.',
  },
  replay_status: {
    invariant: 4,
    meaning:
      'Replay ends a run as its row says; so a completed run has no failed node that may not fail.',
  },
  replay_counts: {
    invariant: 4,
    meaning: 'Replay counts the nodes and retries of a run that is over as its row does.',
  },
  attempt_numbers: {
    invariant: 4,
    meaning: 'The attempts of a node are numbered 1, 2, 3, ... in the order of the journal.',
  },
  attempts_exceeded: {
    invariant: 11,
    meaning: "A node has at most its policy's number of attempts.",
  },
  work_after_stop: {
    invariant: 14,
    meaning: 'After a run was cancelled or stopped, no attempt starts but those of cleanup nodes.',
  },
} as const satisfies Readonly<Record<string, Omit<DoctorCheck, 'name' | 'severity' | 'repair'>>>;

export type ReplayCheck = keyof typeof REPLAY_CHECKS;

/** The same as checks like all others. */
export const REPLAY_CHECK_LIST: readonly DoctorCheck[] = Object.entries(REPLAY_CHECKS).map(
  ([name, check]) => ({ name, severity: 'error', ...check }),
);
