import { GRAPH_STATES, type GraphState, type NodeStatus } from '@tenuto/contract';
import type { NodeStates } from '../ports/engine-api.ts';
import { approvalOf } from './approval-signal.ts';
import { attemptOf, FLAG, hasFlag, type RunState, statusOf } from './state.ts';

/** What does not run itself, a pattern or a node that was given up, has no state. */
export const NO_STATE = 255;

const CODE: ReadonlyMap<GraphState, number> = new Map(
  GRAPH_STATES.map((state, code) => [state, code]),
);
/** Why a node has failed that something before it has kept from running. */
const UPSTREAM = 'upstream_failed';

/** How all nodes of a run stand, by index: a fraction of a millisecond for ten thousand. */
export function statesOf(run: RunState): NodeStates {
  const states = new Uint8Array(run.size);
  const attempts = new Uint16Array(run.size);
  for (let node = 0; node < run.size; node += 1) {
    const state = hasFlag(run, node, FLAG.dormant) ? undefined : stateOf(run, node);
    states[node] = (state && CODE.get(state)) ?? NO_STATE;
    attempts[node] = attemptOf(run, node);
  }
  return { states, attempts };
}

function stateOf(run: RunState, node: number): GraphState {
  const status: NodeStatus = statusOf(run, node);
  if (status === 'failed' && run.errors.get(node)?.type === UPSTREAM) return 'not_reached';
  if (status !== 'waiting') return status;
  const wait = run.waits.get(node);
  if (wait?.kind === 'retry') return 'retrying';
  if (wait?.kind === 'intervention') return 'needs_person';
  const asks =
    wait?.kind === 'signal' && wait.topic === undefined && approvalOf(wait.name) !== undefined;
  return asks ? 'needs_person' : status;
}
