import type { NodeStatus, RunStatus } from '@tenuto/contract';
import type { Plan } from '../plan/index.ts';
import type { LiveRun, NodeView, RunCounts } from '../ports/engine-api.ts';
import { approvalOf } from './approval-signal.ts';
import type { RunJournal } from './journal-entry.ts';
import { RUN } from './recovery-step.ts';
import { restoreRun } from './restore.ts';
import { roundOf } from './round.ts';
import {
  attemptOf,
  countOf,
  FLAG,
  hasFlag,
  idOf,
  type NodeWait,
  patternOf,
  type RunState,
  statusOf,
} from './state.ts';
import { statesOf } from './states.ts';

/** How many running nodes a summary names. */
const CURRENT_NODES_NAMED = 20;

/** Counts by what people ask for: failed holds timed-out nodes too, skipped the cancelled. */
export function countsOf(run: RunState): RunCounts {
  const sum = (...statuses: NodeStatus[]) =>
    statuses.reduce((total, status) => total + countOf(run, status), 0);
  return {
    pending: sum('pending', 'ready'),
    running: sum('running', 'waiting'),
    completed: sum('completed'),
    failed: sum('failed', 'timeout'),
    skipped: sum('skipped', 'cancelled'),
  };
}

/**
 * A run as people see it; reads the state when asked, so it is always the present one.
 *
 * @param status what is durable, where memory may be ahead of it
 * @param seq number of the last line of its journal
 */
export function liveView(
  run: RunState,
  status: () => RunStatus = () => run.status,
  seq: () => number | undefined = () => undefined,
): LiveRun {
  let visible: number[] | undefined;
  const nodes = () => {
    if (visible?.length !== visibleCount(run)) visible = visibleNodes(run);
    return visible;
  };
  return {
    runId: run.id,
    get status() {
      return status();
    },
    get counts() {
      return countsOf(run);
    },
    get currentNodes() {
      return currentNodes(run);
    },
    get retries() {
      return retriesOf(run);
    },
    get paused() {
      return run.paused;
    },
    get seq() {
      return seq();
    },
    get undoing() {
      return undoingOf(run);
    },
    nodeCount: () => nodes().length,
    idOf: (index) => (index >= 0 && index < run.size ? idOf(run, index) : ''),
    node: (position) => nodeView(run, nodes()[position] ?? -1),
    states: () => statesOf(run),
    patternOf: (index) => patternOf(run, index),
    waitOf: (index) => {
      const wait = run.waits.get(index);
      return wait && { since: wait.since, until: 'until' in wait ? wait.until : undefined };
    },
  };
}

/** The run that a journal tells of: for runs that are over, or owned by another process. */
export function viewRun(plan: Plan, journal: RunJournal): LiveRun {
  return liveView(restoreRun(plan, journal).run);
}

/** Attempts beyond the first of each node. */
export function retriesOf(run: RunState): number {
  let retries = 0;
  for (let node = 0; node < run.size; node += 1) retries += Math.max(0, attemptOf(run, node) - 1);
  return retries;
}

function undoingOf(run: RunState): LiveRun['undoing'] {
  const session = run.sessions.get(RUN)?.step.session;
  if (run.undo === undefined || session === undefined) return undefined;
  return { session, done: run.undo.done, left: run.undo.left?.length ?? 0 };
}

export function currentNodes(run: RunState): string[] {
  const named: string[] = [];
  if (countOf(run, 'running') === 0) return named;
  for (let node = 0; node < run.size && named.length < CURRENT_NODES_NAMED; node += 1) {
    if (statusOf(run, node) === 'running') named.push(idOf(run, node));
  }
  return named;
}

function visibleCount(run: RunState): number {
  return run.counts.reduce((sum, count) => sum + count, 0);
}

function visibleNodes(run: RunState): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < run.size; node += 1) {
    if (!hasFlag(run, node, FLAG.dormant)) nodes.push(node);
  }
  return nodes;
}

function nodeView(run: RunState, index: number): NodeView {
  if (index < 0) throw new RangeError(`run ${run.id} has no such node`);
  const error = run.errors.get(index);
  const output = run.outputs.get(index);
  const wait = run.waits.get(index);
  return {
    index,
    id: idOf(run, index),
    status: statusOf(run, index),
    attempts: attemptOf(run, index),
    generation: roundOf(run, index).generation,
    kind: roundOf(run, index).kind,
    ...(error && { error: { type: error.type, message: error.message } }),
    ...(output !== undefined && { output }),
    ...(wait && { waitingFor: waitView(wait) }),
  };
}

function waitView(wait: NodeWait): NonNullable<NodeView['waitingFor']> {
  switch (wait.kind) {
    case 'run':
      return { runId: wait.runId };
    case 'signal': {
      const approval = wait.topic === undefined ? approvalOf(wait.name) : undefined;
      if (approval !== undefined) return { approval };
      return {
        ...(wait.topic === undefined ? { signal: wait.name } : { topic: wait.topic }),
        ...(wait.until !== undefined && { until: wait.until }),
      };
    }
    case 'intervention':
      return { intervention: wait.id };
    case 'circuit':
      return { circuit: wait.key, ...(wait.until !== undefined && { until: wait.until }) };
    default:
      return { until: wait.until, retry: wait.kind === 'retry' };
  }
}
