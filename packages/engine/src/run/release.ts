import type { Json } from '@tenuto/contract';
import { ExpressionError } from '@tenuto/contract';
import type { Expression } from '../expression/index.ts';
import { edgeLabel } from '../plan/edges.ts';
import type { NodeSpec } from '../plan/index.ts';
import { evaluateAt } from './bindings.ts';
import type { Effect } from './event.ts';
import { childEnded, type Decisions, skipUnstarted, startGroup } from './group.ts';
import { leavePlace, nextHeld, takePlace } from './place.ts';
import { nodeSettled } from './sessions.ts';
import {
  blockOf,
  countDown,
  FLAG,
  groupOf,
  hasFlag,
  type NodeError,
  patternOf,
  type RunState,
  setFlag,
  setStatus,
  specOf,
  statusOf,
  waitingOf,
} from './state.ts';

/** Tells the successors and groups of all nodes that ended, until nothing more follows from it. */
export function settle(run: RunState, effects: Effect[]): void {
  for (let node = nextSettled(run); node >= 0; node = nextSettled(run)) {
    run.open -= 1;
    countFailure(run, node);
    if (run.plan.keepsOrder) run.order.set(node, ++run.ends);
    if (run.sessions.size > 0) nodeSettled(run, node, effects);
    if (run.phase === 'stopping') continue;
    leavePlace(run, node);
    tellSuccessors(run, node);
    skipUnstarted(run, node, decisions);
    const group = groupOf(run, node);
    if (group >= 0) childEnded(run, group, node, decisions);
  }
}

/**
 * A node that ended, or -1. What follows from an end comes before what a group holds back, so
 * that an item is brought to its end before the next one begins.
 */
function nextSettled(run: RunState): number {
  while (run.settled.length === 0) {
    const held = nextHeld(run);
    if (held < 0) return -1;
    release(run, held);
  }
  return run.settled.pop() ?? -1;
}

/** Decides whether a pending node may go on, must be skipped or cannot run; or keeps it waiting. */
export function consider(run: RunState, node: number): void {
  if (statusOf(run, node) !== 'pending' || hasFlag(run, node, FLAG.gated)) return;
  const spec = specOf(run, node);
  if (spec.dependency === 'any' && hasFlag(run, node, FLAG.satisfied)) {
    activate(run, node);
    return;
  }
  if (waitingOf(run, node) > 0) return;
  if (spec.dependency === 'conditional') {
    decide(run, node, spec.condition, activate);
  } else if (spec.dependency === 'all_done') {
    activate(run, node);
  } else if (hasFlag(run, node, FLAG.failed)) {
    upstreamFailed(run, node);
  } else if (hasFlag(run, node, FLAG.skipped)) {
    endNode(run, node, 'skipped');
  } else {
    activate(run, node);
  }
}

/** Lets a node go on if its group has room; else the group keeps it until a child has ended. */
function activate(run: RunState, node: number): void {
  if (isGroup(specOf(run, node)) || takePlace(run, node)) release(run, node);
  else setStatus(run, node, 'ready');
}

export function isGroup({ type }: NodeSpec): boolean {
  return type === 'parallel_group' || type === 'sequential_group';
}

/** Starts a node: checks its guard, then makes it ready, or does what its type does at once. */
function release(run: RunState, node: number): void {
  const { guard } = specOf(run, node);
  if (guard === undefined) begin(run, node);
  else if (guard === false) endNode(run, node, 'skipped');
  else decide(run, node, guard, begin);
}

function begin(run: RunState, node: number): void {
  const spec = specOf(run, node);
  switch (spec.type) {
    case 'condition':
      branch(run, node);
      break;
    case 'checkpoint':
      endNode(run, node, 'completed');
      break;
    case 'parallel_group':
    case 'sequential_group':
      startGroup(run, node, decisions);
      break;
    default:
      setStatus(run, node, 'ready');
      run.ready.push(node, spec.priority);
  }
}

function branch(run: RunState, node: number): void {
  try {
    const value = evaluateAt(run, node, specOf(run, node).condition);
    run.outputs.set(node, value);
    endNode(run, node, 'completed');
  } catch (error) {
    failNode(run, node, expressionFailure(error));
  }
}

function decide(
  run: RunState,
  node: number,
  test: Expression | undefined,
  then: (run: RunState, node: number) => void,
): void {
  let yes: boolean;
  try {
    yes = asBoolean(evaluateAt(run, node, test));
  } catch (error) {
    failNode(run, node, expressionFailure(error));
    return;
  }
  if (yes) then(run, node);
  else endNode(run, node, 'skipped');
}

function asBoolean(value: Json): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(`The expression gives ${edgeLabel(value)}, not true or false.`);
}

function expressionFailure(error: unknown): NodeError {
  if (!(error instanceof ExpressionError)) throw error;
  return { classification: 'validation', type: 'expression_failed', message: error.message };
}

function upstreamFailed(run: RunState, node: number): void {
  if (specOf(run, node).skipOnFailure) {
    endNode(run, node, 'skipped');
    return;
  }
  failNode(run, node, UPSTREAM_FAILED);
}

const UPSTREAM_FAILED: NodeError = {
  classification: 'permanent',
  type: 'upstream_failed',
  message: 'A node that this one depends on did not complete.',
};

function failNode(run: RunState, node: number, error: NodeError): void {
  run.errors.set(node, error);
  endNode(run, node, 'failed');
}

function endNode(run: RunState, node: number, status: 'completed' | 'failed' | 'skipped'): void {
  setStatus(run, node, status);
  run.settled.push(node);
  if (run.plan.outputKept[patternOf(run, node)] === 1) {
    run.times.set(node, { ...run.times.get(node), endedAt: run.now });
  }
}

const decisions: Decisions = { consider, endNode, failNode };

function tellSuccessors(run: RunState, node: number): void {
  const { plan } = run;
  const pattern = patternOf(run, node);
  const from = plan.successorOffsets[pattern] ?? 0;
  const to = plan.successorOffsets[pattern + 1] ?? 0;
  if (from === to) return;
  const offset = blockOf(run, node)?.offset ?? 0;
  const verdict = verdictOf(run, node);
  for (let e = from; e < to; e += 1) {
    const successor = (plan.successors[e] ?? 0) + offset;
    setFlag(run, successor, taken(run, node, e, verdict) ? verdict : FLAG.skipped);
    countDown(run, successor);
    consider(run, successor);
  }
}

/** Tells one successor, without deciding anything about it. */
export function tell(
  run: RunState,
  node: number,
  { next, edge }: { readonly next: number; readonly edge: number },
): void {
  const verdict = verdictOf(run, node);
  setFlag(run, next, taken(run, node, edge, verdict) ? verdict : FLAG.skipped);
  countDown(run, next);
}

/**
 * Whether an edge out of a node is taken: it has no label, or the condition gave that value. One
 * that was allowed to fail gave none.
 */
function taken(run: RunState, node: number, edge: number, verdict: number): boolean {
  const label = run.plan.labels.get(edge);
  if (label === undefined || verdict !== FLAG.satisfied) return true;
  const gave = statusOf(run, node) === 'completed' || hasFlag(run, node, FLAG.excused);
  return gave && label === edgeLabel(run.outputs.get(node));
}

function verdictOf(run: RunState, node: number): number {
  const status = statusOf(run, node);
  if (status === 'completed') return FLAG.satisfied;
  if (status === 'skipped') return hasFlag(run, node, FLAG.excused) ? FLAG.satisfied : FLAG.skipped;
  return specOf(run, node).allowFailure ? FLAG.satisfied : FLAG.failed;
}

/** A failure counts unless the node, or a group around it, is allowed to fail. */
export function countFailure(run: RunState, node: number): void {
  const status = statusOf(run, node);
  if (status === 'completed' || status === 'skipped') return;
  if (status === 'cancelled' && run.phase === 'stopping') return;
  for (let at = node; at >= 0; at = groupOf(run, at)) {
    if (specOf(run, at).allowFailure) return;
  }
  run.failures += 1;
  if (run.firstFailure < 0) run.firstFailure = node;
}
