/**
 * Places in groups: a group lets `maxParallel` of its children be active at once. A child that is
 * no group is active from its release until its end; a group inside a group is active while some
 * child of its own is, so that it never keeps a place from what it waits for.
 *
 * What finds no place is held by the group it stands in. When that group has room itself and only
 * one further out is full, the group queues there, and its turn is the turn of what it holds.
 */
import { createReadyQueue } from './ready-queue.ts';
import {
  clearFlag,
  FLAG,
  groupOf,
  hasFlag,
  type RunState,
  setFlag,
  specOf,
  statusOf,
} from './state.ts';

/** Takes a place for a node in every group it needs one in; without one, the node is held. */
export function takePlace(run: RunState, node: number): boolean {
  const group = groupOf(run, node);
  const full = fullGroup(run, group);
  if (full < 0) {
    occupy(run, node);
    return true;
  }
  hold(run, group, node);
  queueUp(run, group, full);
  return false;
}

/** Gives the places of a node that has ended back. */
export function leavePlace(run: RunState, node: number): void {
  if (!hasFlag(run, node, FLAG.active)) return;
  clearFlag(run, node, FLAG.active);
  for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
    const state = run.groups.get(group);
    if (state === undefined) break;
    state.active -= 1;
    ease(run, group);
    if (state.active > 0) break;
  }
}

/** A held node whose turn has come, its place taken; or -1. */
export function nextHeld(run: RunState): number {
  for (let group = run.eased.pop(); group >= 0; group = run.eased.pop()) {
    const full = fullGroup(run, group);
    if (full >= 0) {
      queueUp(run, group, full);
      continue;
    }
    const child = run.groups.get(group)?.held?.pop() ?? -1;
    if (child < 0) continue;
    ease(run, group);
    const inner = run.groups.get(child);
    if (inner === undefined) {
      // Somebody has decided about it meanwhile.
      if (statusOf(run, child) !== 'ready' || hasFlag(run, child, FLAG.active)) continue;
      occupy(run, child);
      return child;
    }
    inner.queued = false;
    ease(run, child);
  }
  return -1;
}

function occupy(run: RunState, node: number): void {
  setFlag(run, node, FLAG.active);
  for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
    const state = run.groups.get(group);
    if (state === undefined || ++state.active > 1) break;
    ease(run, group);
  }
}

/** The innermost group from `group` outwards that keeps its children from becoming active, or -1. */
function fullGroup(run: RunState, group: number): number {
  for (let at = group; at >= 0; at = groupOf(run, at)) {
    const active = run.groups.get(at)?.active ?? 0;
    if (active >= specOf(run, at).maxParallel) return at;
    if (active > 0) return -1;
  }
  return -1;
}

function queueUp(run: RunState, group: number, full: number): void {
  for (let at = group; at !== full; at = groupOf(run, at)) {
    const state = run.groups.get(at);
    if (state === undefined || state.queued) continue;
    state.queued = true;
    hold(run, groupOf(run, at), at);
  }
}

function hold(run: RunState, group: number, child: number): void {
  const state = run.groups.get(group);
  if (state === undefined) return;
  state.held ??= createReadyQueue();
  state.held.push(child, specOf(run, child).priority);
}

/** Lets a group look for what it holds. Inner ones come first: they finish what was begun. */
function ease(run: RunState, group: number): void {
  const held = run.groups.get(group)?.held;
  if (held === undefined || held.length === 0) return;
  let depth = 0;
  for (let at = groupOf(run, group); at >= 0; at = groupOf(run, at)) depth += 1;
  run.eased.push(group, -depth);
}
