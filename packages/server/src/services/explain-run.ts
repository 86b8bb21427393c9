/** Why a run as a whole does not go on, or how it has ended. Pure. */
import type { ReasonToWait, RunStatus } from '@tenuto/contract';
import type {
  ApprovalRecord,
  InterventionRecord,
  LiveRun,
  RecoveryRecord,
  RunRecord,
  RunStanding,
} from '@tenuto/engine';
import { counted, reason } from './explain-reason.ts';

/** A change of status that somebody has brought about. */
export interface Deed {
  readonly at: number;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** What is known of a run as a whole. Times in milliseconds since the epoch. */
export interface RunFacts {
  readonly run: Pick<RunRecord, 'over' | 'scheduledAt' | 'startedAt' | 'completedAt' | 'progress'>;
  readonly status: RunStatus;
  /** Undefined when the run is over. */
  readonly standing: RunStanding | undefined;
  /** The last pause. */
  readonly paused: Deed | undefined;
  /** A recovery of the whole run that is going on. */
  readonly recovery:
    | Pick<RecoveryRecord, 'sessionId' | 'action' | 'actor' | 'startedAt'>
    | undefined;
  readonly undoing: LiveRun['undoing'];
  /** Open ones about the run as a whole. */
  readonly interventions: readonly InterventionRecord[];
  /** Open ones, about whatever node. */
  readonly approvals: readonly ApprovalRecord[];
  readonly now: number;
}

/** The first one is what matters most. */
export function reasonsOfRun(facts: RunFacts): ReasonToWait[] {
  if (facts.run.over) return [overReason(facts)];
  return [
    ...cancelReasons(facts),
    ...pauseReasons(facts),
    ...queueReasons(facts),
    ...recoveryReasons(facts),
    ...facts.interventions.map(interventionReason),
    ...facts.approvals.map(approvalReason),
    ...messageReasons(facts),
  ];
}

const ENDINGS: Partial<Readonly<Record<RunStatus, string>>> = {
  completed: 'has completed',
  failed: 'has failed',
  cancelled: 'was cancelled',
  timeout: 'ran out of time',
  aborted: 'was aborted',
};

function overReason({ run, status }: RunFacts): ReasonToWait {
  const { error } = run.progress ?? {};
  const message = typeof error?.message === 'string' ? `: ${error.message}` : '.';
  const node = typeof error?.node_id === 'string' ? error.node_id : undefined;
  const again = status === 'failed' || status === 'timeout';
  return reason('over', {
    detail: `The run ${ENDINGS[status] ?? `is ${status}`}${node === undefined ? '' : ` because of "${node}"`}${message}`,
    frees: again ? 'A retry or a recovery takes it up again.' : undefined,
    since: run.completedAt,
    of: { status, ...(node !== undefined && { node_id: node }) },
  });
}

function cancelReasons({ status, standing }: RunFacts): ReasonToWait[] {
  if (status === 'cancelled' || status === 'aborted' || status === 'timeout') {
    return [
      reason('cancelling', {
        detail: `The run is ${status}; what was going on ends, and its cleanup nodes run.`,
        frees: 'The end of its cleanup.',
      }),
    ];
  }
  if (standing?.told.includes('cancel') !== true) return [];
  return [
    reason('cancelling', {
      detail: 'A cancel has reached the run; its engine has yet to act.',
      frees: 'Its engine, as soon as it looks.',
    }),
  ];
}

function pauseReasons({ status, paused, run }: RunFacts): ReasonToWait[] {
  if (status !== 'paused') return [];
  const by = paused?.actor == null ? '' : ` by ${paused.actor}`;
  const why = paused?.reason == null ? '.' : `: ${paused.reason}`;
  const state = run.startedAt === null ? 'held back in the queue' : 'paused';
  return [
    reason('paused', {
      detail: `The run is ${state}${by}${why}`,
      frees: 'A resume.',
      since: paused?.at,
      of: { ...(paused?.actor != null && { by: paused.actor }) },
    }),
  ];
}

function queueReasons({ run, status, standing, now }: RunFacts): ReasonToWait[] {
  if (standing === undefined || status === 'paused') return [];
  const { engine } = standing;
  if (engine !== null) return engine.alive ? [] : [lostReason(engine)];
  const { scheduledAt } = run;
  if (status === 'scheduled' && scheduledAt !== null && scheduledAt > now) {
    return [
      reason('scheduled', {
        detail: `The run is to start at ${new Date(scheduledAt).toISOString()}.`,
        frees: 'Its time; a change of scheduled_at brings it forward.',
        until: scheduledAt,
      }),
    ];
  }
  // One that has started and is not due is out of memory until something is to be done.
  const isDue = standing.wakeAt !== null && standing.wakeAt <= now;
  if (run.startedAt !== null && !isDue) return [];
  return [standing.engines === 0 ? NO_ENGINE : queuedReason(standing)];
}

function lostReason({ name }: { readonly name: string }): ReasonToWait {
  return reason('owner_lost', {
    detail: `The engine that had the run (${name || 'unknown'}) is gone.`,
    frees: 'Another engine, which takes its runs over.',
    of: { engine: name },
  });
}

const NO_ENGINE = reason('no_engine', {
  detail: 'No engine is running.',
  frees: 'A server with an engine on this database.',
});

function queuedReason({ ahead, engines }: RunStanding): ReasonToWait {
  const before =
    ahead === 0
      ? 'Nothing of its owner stands before it'
      : `${counted(ahead, 'run')} of its owner ${ahead === 1 ? 'stands' : 'stand'} before it`;
  return reason('queued', {
    detail: `${before}; ${counted(engines, 'engine')} ${engines === 1 ? 'has' : 'have'} no room for it yet.`,
    frees: 'Room in an engine; owners take turns, and a higher priority moves it forward.',
    of: { ahead, engines },
  });
}

function recoveryReasons({ status, recovery, undoing }: RunFacts): ReasonToWait[] {
  if (status !== 'retrying' && status !== 'recovering') return [];
  const progress =
    undoing === undefined ? '' : `; ${undoing.done} undone, ${undoing.left} still to be undone`;
  const what = recovery === undefined ? 'being recovered' : `being recovered by ${recovery.action}`;
  return [
    reason(status, {
      detail: `The run is ${status === 'retrying' ? 'being taken up again' : what}${progress}.`,
      frees: 'The end of the recovery.',
      since: recovery?.startedAt,
      of: {
        ...(recovery !== undefined && {
          ...{ session_id: recovery.sessionId, action: recovery.action, by: recovery.actor },
        }),
        ...(undoing !== undefined && { done: undoing.done, left: undoing.left }),
      },
    }),
  ];
}

/** What a deadline does in place of people. */
const DONE = {
  ...{ retry: 'tried again', skip: 'skipped', abort: 'aborted' },
  ...{ approve: 'approved', reject: 'rejected' },
} as const;

/** What waits for a decision, about a node or about the run. */
export function interventionReason(record: InterventionRecord): ReasonToWait {
  const { assignee, deadlineAt, defaultResolution } = record;
  const who = assignee ?? 'Somebody';
  const then =
    deadlineAt === null
      ? ''
      : `, or at ${new Date(deadlineAt).toISOString()} it is ${DONE[defaultResolution]}`;
  return reason('intervention', {
    detail: `${who} has to decide${then}: ${record.message}`,
    frees: 'A decision: retry, skip or abort.',
    since: record.openedAt,
    until: deadlineAt,
    of: {
      ...{ intervention_id: record.interventionId, assignee, default: defaultResolution },
    },
  });
}

export function approvalReason(record: ApprovalRecord): ReasonToWait {
  const { approvalId, nodeId, title, approvers, required, approvedBy, deadlineAt } = record;
  const who = approvers === null ? 'whoever may change the run' : approvers.join(', ');
  const then =
    deadlineAt === null
      ? ''
      : `, or at ${new Date(deadlineAt).toISOString()} it is ${DONE[record.onDeadline]}`;
  return reason('approval', {
    detail: `"${title}" is to be approved by ${who} (${approvedBy} of ${required})${then}.`,
    frees: 'A decision: approve or reject.',
    since: record.openedAt,
    until: deadlineAt,
    of: {
      ...{ approval_id: approvalId, node_id: nodeId, approvers: approvers && [...approvers] },
      ...{ required, approved_by: approvedBy, on_deadline: record.onDeadline },
    },
  });
}

function messageReasons({ standing }: RunFacts): ReasonToWait[] {
  const told = [...new Set(standing?.told.filter((type) => type !== 'cancel') ?? [])];
  if (told.length === 0) return [];
  return [
    reason('message', {
      detail: `The run has been told something that its engine has yet to hear (${told.join(', ')}).`,
      frees: 'Its engine, as soon as it looks.',
      of: { told },
    }),
  ];
}
