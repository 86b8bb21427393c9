import {
  type AttemptStatus,
  type GraphState,
  type NodeStatus,
  RUN_STATUSES,
  type RunStatus,
} from '@tenuto/contract';

/** Every status that people meet: of runs, nodes, attempts, tasks, recoveries, interventions. */
export type Status =
  | RunStatus
  | NodeStatus
  | AttemptStatus
  | 'active'
  | 'open'
  | 'assigned'
  | 'resolved'
  | 'expired'
  | GraphState
  | 'fired'
  | 'coalesced'
  | 'passed'
  | 'flaky_pass'
  | 'error'
  | SystemStatus;

/** Of servers and their parts, engines, circuits and checks. */
export type SystemStatus =
  | 'well'
  | 'degraded'
  | 'broken'
  | 'live'
  | 'silent'
  | 'lost'
  | 'stopped'
  | 'closed'
  | 'half_open'
  | 'tripped';

export type Tone =
  | 'grey'
  | 'slate'
  | 'blue'
  | 'amber'
  | 'orange'
  | 'green'
  | 'red'
  | 'light'
  | 'dark'
  | 'magenta';

export type StatusIcon =
  | 'circle'
  | 'clock'
  | 'ring'
  | 'bars'
  | 'loop'
  | 'check'
  | 'cross'
  | 'hourglass'
  | 'dash'
  | 'warn'
  | 'gap'
  | 'square'
  | 'octagon'
  | 'hand';

interface Look {
  readonly tone: Tone;
  readonly icon: StatusIcon;
}

/** How each status looks, the same everywhere. */
const LOOKS: Readonly<Record<Status, Look>> = {
  pending: { tone: 'grey', icon: 'circle' },
  queued: { tone: 'grey', icon: 'circle' },
  ready: { tone: 'grey', icon: 'circle' },
  scheduled: { tone: 'slate', icon: 'clock' },
  waiting: { tone: 'slate', icon: 'clock' },
  running: { tone: 'blue', icon: 'ring' },
  active: { tone: 'blue', icon: 'clock' },
  paused: { tone: 'amber', icon: 'bars' },
  retrying: { tone: 'orange', icon: 'loop' },
  recovering: { tone: 'orange', icon: 'loop' },
  completed: { tone: 'green', icon: 'check' },
  resolved: { tone: 'green', icon: 'check' },
  fired: { tone: 'green', icon: 'check' },
  passed: { tone: 'green', icon: 'check' },
  flaky_pass: { tone: 'orange', icon: 'loop' },
  failed: { tone: 'red', icon: 'cross' },
  error: { tone: 'red', icon: 'octagon' },
  timeout: { tone: 'red', icon: 'hourglass' },
  expired: { tone: 'red', icon: 'hourglass' },
  not_reached: { tone: 'light', icon: 'dash' },
  skipped: { tone: 'light', icon: 'dash' },
  coalesced: { tone: 'light', icon: 'dash' },
  cancelled: { tone: 'dark', icon: 'square' },
  aborted: { tone: 'dark', icon: 'octagon' },
  open: { tone: 'magenta', icon: 'hand' },
  assigned: { tone: 'magenta', icon: 'hand' },
  needs_person: { tone: 'magenta', icon: 'hand' },
  well: { tone: 'green', icon: 'check' },
  degraded: { tone: 'amber', icon: 'warn' },
  broken: { tone: 'red', icon: 'cross' },
  live: { tone: 'green', icon: 'check' },
  silent: { tone: 'amber', icon: 'hourglass' },
  lost: { tone: 'red', icon: 'cross' },
  stopped: { tone: 'dark', icon: 'square' },
  closed: { tone: 'green', icon: 'check' },
  half_open: { tone: 'orange', icon: 'loop' },
  tripped: { tone: 'red', icon: 'gap' },
};

export function lookOf(status: Status): Look {
  return LOOKS[status];
}

/**
 * What a node is shown as, the same as in its graph: one that a failure before it has kept from running
 * has not failed itself, and one that waits for a decision calls for it.
 */
export function shownStatus({
  status,
  error,
  waiting_for: wait,
}: {
  readonly status: NodeStatus;
  readonly error: { readonly type: string } | null;
  readonly waiting_for?: { readonly approval?: string; readonly intervention?: string } | null;
}): NodeStatus | 'not_reached' | 'needs_person' {
  const isAsked = wait?.approval !== undefined || wait?.intervention !== undefined;
  if (status === 'waiting' && isAsked) return 'needs_person';
  return status === 'failed' && error?.type === 'upstream_failed' ? 'not_reached' : status;
}

const OVER: ReadonlySet<string> = new Set<RunStatus>([
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'aborted',
]);

/** The states of runs that go on, or are still to begin. */
export const LIVE_STATUSES: readonly RunStatus[] = RUN_STATUSES.filter((one) => !isOver(one));

/** Whether a run has come to an end, be it one that may be taken up again. */
export function isOver(status: RunStatus): boolean {
  return OVER.has(status);
}

/** What may be done about a run in a status. */
export interface RunMay {
  readonly pause: boolean;
  readonly resume: boolean;
  readonly cancel: boolean;
  readonly retry: boolean;
}

export function runMay(status: RunStatus): RunMay {
  const ended = status === 'failed' || status === 'timeout';
  return {
    pause: ['queued', 'scheduled', 'running'].includes(status),
    resume: status === 'paused',
    cancel: !isOver(status) || ended,
    retry: ended,
  };
}
