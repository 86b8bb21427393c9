/** Why a node does not go on, or how it has ended. Pure. */
import type { NodeStatus, ReasonToWait } from '@tenuto/contract';
import type {
  ApprovalRecord,
  InterventionRecord,
  NodeSpec,
  NodeView,
  WaitView,
} from '@tenuto/engine';
import { phaseReason, type ReadyPhase } from './explain-phase.ts';
import { counted, named, reason } from './explain-reason.ts';
import { approvalReason, interventionReason } from './explain-run.ts';

/** Another node, as far as this one depends on it. */
export interface Relative {
  readonly id: string;
  readonly status: NodeStatus;
  /** Its edge to the node has a label that its value does not have. */
  readonly notTaken?: boolean;
}

/** What is known of a node and its surroundings. Times in milliseconds since the epoch. */
export interface NodeFacts {
  readonly view: NodeView;
  readonly spec: NodeSpec | undefined;
  readonly parents: readonly Relative[];
  /** The group it stands in directly. */
  readonly group: Relative | undefined;
  /** The innermost group around it that lets no further child run. */
  readonly fullGroup: { readonly id: string; readonly most: number } | undefined;
  /** The phase before which it waits. */
  readonly phase?: ReadyPhase | undefined;
  readonly run: {
    readonly owner: string;
    readonly paused: boolean;
    readonly undoing: boolean;
    /** Nothing takes it up again. */
    readonly isFinal: boolean;
    readonly running: number;
    readonly maxConcurrentNodes: number;
    /** The run's owner is this process: it knows what has begun. */
    readonly isHere: boolean;
  };
  /** When its present attempt began, where that is known. */
  readonly startedAt: number | undefined;
  readonly intervention: InterventionRecord | undefined;
  readonly approval?: ApprovalRecord | undefined;
}

const ENDED: ReadonlySet<NodeStatus> = new Set([
  'completed',
  'failed',
  'skipped',
  'cancelled',
  'timeout',
]);

export function reasonOfNode(facts: NodeFacts): ReasonToWait {
  const { status } = facts.view;
  switch (status) {
    case 'pending':
      return pendingReason(facts);
    case 'ready':
      return readyReason(facts);
    case 'running':
      return runningReason(facts);
    case 'waiting':
      return waitingReason(facts);
    case 'completed':
      return reason('completed', { detail: 'The node has completed.' });
    case 'skipped':
      return skippedReason(facts);
    case 'cancelled':
      return reason('cancelled', { detail: 'The node was given up with the run.' });
    case 'failed':
    case 'timeout':
      return failedReason(facts);
  }
}

function pendingReason({ spec, parents, group, run }: NodeFacts): ReasonToWait {
  if (run.undoing) return UNDOING;
  if (spec?.type === 'cleanup') {
    return reason('cleanup', {
      detail: 'A cleanup node runs when everything else has ended, whatever happened.',
      frees: 'The end of the other nodes.',
    });
  }
  if (group !== undefined && (group.status === 'pending' || group.status === 'ready')) {
    return reason('group', {
      detail: `Its group "${group.id}" has not started.`,
      frees: 'The start of the group.',
      of: { group: group.id },
    });
  }
  const open = parents.filter((parent) => !ENDED.has(parent.status)).map((parent) => parent.id);
  return reason('parents', {
    detail:
      open.length === 0
        ? 'What it depends on has just ended.'
        : `${named(open)} ${open.length === 1 ? 'has' : 'have'} not ended.`,
    frees:
      spec?.dependency === 'any'
        ? 'The first of them to complete.'
        : open.length === 1
          ? 'Its end.'
          : 'Their end.',
    of: { parents: open.slice(0, 20), count: open.length },
  });
}

const UNDOING = reason('recovering', {
  detail: 'The run is going back to a checkpoint.',
  frees: 'The end of the recovery.',
});

function readyReason({ fullGroup, run }: NodeFacts): ReasonToWait {
  if (run.paused) {
    return reason('paused', { detail: 'The run is paused.', frees: 'A resume of the run.' });
  }
  if (fullGroup !== undefined) {
    const { id, most } = fullGroup;
    const children = most === 1 ? 'one child' : `${most} children`;
    return reason('group_full', {
      detail: `Its group "${id}" lets ${children} run at once.`,
      frees: 'The end of one of them.',
      of: { group: id, most },
    });
  }
  if (!run.isHere) {
    return reason('other_engine', {
      detail: 'It may start, or has just begun, in the server that has the run.',
      frees: 'That server; it tells of attempts once they have gone on for some seconds.',
    });
  }
  const { running, maxConcurrentNodes } = run;
  if (running >= maxConcurrentNodes) {
    return reason('max_concurrent_nodes', {
      detail: `${counted(running, 'node')} of the run are running, and max_concurrent_nodes is ${maxConcurrentNodes}.`,
      frees: 'The end of one of them.',
      of: { running, max_concurrent_nodes: maxConcurrentNodes },
    });
  }
  return reason('engine_slots', {
    detail: 'It starts as soon as its engine has a free slot.',
    frees: 'The end of an attempt of any run in that engine.',
  });
}

/** What an attempt is for, in its sentence. */
const PURPOSES = {
  work: 'An attempt',
  rollback: 'An attempt to undo it',
  fallback: 'An attempt of its fallback',
  probe: 'A probe of what became of it',
} as const;

function runningReason({ view, spec, startedAt }: NodeFacts): ReasonToWait {
  if (spec?.uses === undefined) {
    return reason('children', { detail: 'Its children are under way.', frees: 'Their end.' });
  }
  const { timeoutMs, heartbeatMs } = spec;
  const since = startedAt === undefined ? ' for some seconds at most' : '';
  const silence =
    heartbeatMs === undefined ? '' : `; silent for ${heartbeatMs / 1_000} s it is given up as lost`;
  return reason('running', {
    detail: `${PURPOSES[view.kind]} is going on${since}${silence}.`,
    frees: timeoutMs === undefined ? 'Its end.' : 'Its end, or its timeout.',
    since: startedAt,
    until: timeoutMs === undefined || startedAt === undefined ? undefined : startedAt + timeoutMs,
    of: { attempt: view.attempts, kind: view.kind, generation: view.generation },
  });
}

function waitingReason({
  view,
  spec,
  intervention,
  approval,
  phase,
  run,
}: NodeFacts): ReasonToWait {
  const wait = view.waitingFor;
  if (wait === undefined) return reason('sleep', { detail: 'It waits.' });
  if ('runId' in wait) {
    return reason('sub_run', {
      detail: `It waits for the run ${wait.runId}.`,
      frees: 'The end of that run.',
      of: { run_id: wait.runId },
    });
  }
  if ('intervention' in wait) {
    return intervention === undefined
      ? reason('intervention', {
          detail: 'Somebody has to decide.',
          frees: 'A decision: retry, skip or abort.',
          of: { intervention_id: wait.intervention },
        })
      : interventionReason(intervention);
  }
  if ('approval' in wait) {
    return approval === undefined
      ? reason('approval', {
          detail: 'Somebody has to approve it.',
          frees: 'A decision: approve or reject.',
          of: { approval_id: wait.approval },
        })
      : approvalReason(approval);
  }
  if ('signal' in wait) return phase ? phaseReason(run, [phase]) : signalReason(wait);
  if ('topic' in wait) return eventReason(wait);
  if ('circuit' in wait) return circuitReason(wait);
  return wait.retry ? retryReason(view, spec, wait.until) : sleepReason(wait.until);
}

function signalReason({ signal, until }: Extract<WaitView, { signal: string }>): ReasonToWait {
  return reason('signal', {
    detail: `It waits for the signal "${signal}"${until === undefined ? '' : ', and fails without it'}.`,
    frees: 'A signal of that name to the run.',
    until,
    of: { signal },
  });
}

function eventReason({ topic, until }: Extract<WaitView, { topic: string }>): ReasonToWait {
  return reason('event', {
    detail: `It waits for an event on "${topic}"${until === undefined ? '' : ', and fails without it'}.`,
    frees: 'An event of the same owner that its filter lets through.',
    until,
    of: { topic },
  });
}

function circuitReason({ circuit, until }: Extract<WaitView, { circuit: string }>): ReasonToWait {
  const when = until === undefined ? '' : `; it is tried again at ${new Date(until).toISOString()}`;
  return reason('circuit', {
    detail: `The circuit "${circuit}" is open: what it guards has failed too often${when}.`,
    frees: 'A probe that succeeds, or a reset of the circuit.',
    until,
    of: { circuit },
  });
}

function retryReason(view: NodeView, spec: NodeSpec | undefined, until: number): ReasonToWait {
  const { attempts, generation, kind, error } = view;
  // Later rounds count their attempts anew, and nobody but the owner knows from where.
  const first = generation === 0 && kind === 'work';
  const most = spec?.retry.max_attempts;
  const which = first && most !== undefined ? `Attempt ${attempts} of ${most}` : 'The last attempt';
  const why = error === undefined ? '' : ` (${error.type})`;
  return reason('retry', {
    detail: `${which} failed${why}; the next is made at ${new Date(until).toISOString()}.`,
    frees: 'Its time; a cancel of the retry ends the wait.',
    until,
    of: { attempts, ...(first && most !== undefined && { max_attempts: most }) },
  });
}

function sleepReason(until: number): ReasonToWait {
  return reason('sleep', {
    detail: `It sleeps until ${new Date(until).toISOString()}.`,
    frees: 'Its time.',
    until,
  });
}

function failedReason({ view, spec, parents, run }: NodeFacts): ReasonToWait {
  const { error, status, attempts } = view;
  const isAllowed = spec?.allowFailure === true;
  // A retry of what failed leaves alone what may fail.
  const isLeft = run.isFinal || isAllowed;
  if (error?.type === 'upstream_failed') {
    const failed = parents.filter((parent) => parent.status !== 'completed').map(({ id }) => id);
    return reason('upstream_failed', {
      detail: `It depends on ${named(failed)}, which did not complete.`,
      frees: isLeft ? undefined : 'A retry of the run from what failed.',
      of: { parents: failed.slice(0, 20) },
    });
  }
  const how = status === 'timeout' ? 'It ran out of time' : 'It failed';
  const after = attempts === 0 ? '' : ` after ${counted(attempts, 'attempt')}`;
  const allowed = isAllowed ? ', as it may' : '';
  const why = error === undefined ? '.' : `: ${error.message}`;
  return reason('failed', {
    detail: `${how}${after}${allowed}${why}`,
    frees: isLeft ? undefined : 'A retry of the run from what failed, or a recovery.',
    of: { attempts, ...(error !== undefined && { error_type: error.type }) },
  });
}

function skippedReason({ view, spec, parents }: NodeFacts): ReasonToWait {
  const notTaken = parents.find((parent) => parent.notTaken === true);
  const skipped = parents.filter((parent) => parent.status === 'skipped').map(({ id }) => id);
  const detail =
    view.output !== undefined
      ? 'It was skipped by a recovery, with a result in its place.'
      : notTaken !== undefined
        ? `The condition "${notTaken.id}" took another branch.`
        : skipped.length > 0
          ? `It depends on ${named(skipped)}, which did not run.`
          : spec?.guard === false
            ? 'Its `if` is false.'
            : 'Its condition was false, or what it depends on did not complete.';
  return reason('skipped', { detail, of: { parents: skipped.slice(0, 20) } });
}
