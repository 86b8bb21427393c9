/**
 * Places in groups: a group lets `maxParallel` of its children be active at once. A child that is
 * no group is active from its release until its end; a group inside a group is active while some
 * child of its own is, so that it never keeps a place from what it waits for.
 */
import { createReadyQueue } from './ready-queue.ts';
import {
  clearFlag,
  FLAG,
  type GroupState,
  groupOf,
  hasFlag,
  type RunState,
  setFlag,
  setStatus,
  specOf,
} from './state.ts';

/** Takes a place for a node in every group it needs one in; else the first full one keeps it. */
export function takePlace(run: RunState, node: number): boolean {
  const full = fullGroup(run, node);
  if (full !== undefined) {
    full.held ??= createReadyQueue();
    full.held.push(node, specOf(run, node).priority);
    setStatus(run, node, 'ready');
    return false;
  }
  setFlag(run, node, FLAG.active);
  for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
    const state = run.groups.get(group);
    if (state === undefined || ++state.active > 1) break;
  }
  return true;
}

/** Gives the places of a node that has ended back, and notes the groups that can let others go. */
export function leavePlace(run: RunState, node: number): void {
  if (!hasFlag(run, node, FLAG.active)) return;
  clearFlag(run, node, FLAG.active);
  for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
    const state = run.groups.get(group);
    if (state === undefined) break;
    state.active -= 1;
    // Inner groups first: what one of them holds is to be done before its group goes on.
    if (state.held !== undefined && state.held.length > 0)
      run.eased.push(group, -depthOf(run, group));
    if (state.active > 0) break;
  }
}

/** A node whose turn has come in a group that has room again, its place taken; or -1. */
export function nextHeld(run: RunState): number {
  for (let group = run.eased.pop(); group >= 0; group = run.eased.pop()) {
    const state = run.groups.get(group);
    while (state?.held !== undefined && state.active < specOf(run, group).maxParallel) {
      const node = state.held.pop();
      if (node < 0) break;
      if (takePlace(run, node)) return node;
    }
  }
  return -1;
}

function depthOf(run: RunState, group: number): number {
  let depth = 0;
  for (let around = groupOf(run, group); around >= 0; around = groupOf(run, around)) depth += 1;
  return depth;
}

/** The innermost group around a node that has no room for what the node would make active. */
function fullGroup(run: RunState, node: number): GroupState | undefined {
  for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
    const state = run.groups.get(group);
    if (state === undefined) return undefined;
    if (state.active >= specOf(run, group).maxParallel) return state;
    if (state.active > 0) return undefined;
  }
  return undefined;
}
