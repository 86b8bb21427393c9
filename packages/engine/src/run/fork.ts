/**
 * Which attempts a fork takes over. A fork is a run of (nearly) the same plan that begins with what
 * its original has done already: all but a chosen node, what has changed, and what comes after
 * either. Which attempts those are is decided twice, and both must agree:
 *
 * - what may not stay is marked in the original, and spreads to all that came of it;
 * - what may stay is applied to a new run, in the order in which it happened, so that no node is
 *   taken over that the fork has not let go itself. The journal that comes of it is the fork's.
 */

import type { Plan } from '../plan/index.ts';
import type { RunInput } from '../ports/engine-api.ts';
import { apply } from './apply.ts';
import type { AttemptEnded } from './event.ts';
import { readsOf } from './fork-references.ts';
import { directChildren } from './group.ts';
import type { RunJournal } from './journal-entry.ts';
import { isGroup } from './release.ts';
import { restoreRun } from './restore.ts';
import { roundOf } from './round.ts';
import {
  createRun,
  FLAG,
  groupOf,
  hasFlag,
  idOf,
  isTerminal,
  patternOf,
  type RunFacts,
  type RunState,
  specOf,
  statusOf,
} from './state.ts';

/** The run that is forked, with all that happened to it. */
export interface ForkedRun {
  readonly plan: Plan;
  readonly journal: RunJournal;
}

/** The run that is to be. */
export interface NewRun {
  readonly id: string;
  /** Of the same shape: the same ids, groups and edges. */
  readonly plan: Plan;
  readonly input: RunInput;
  readonly facts: RunFacts;
  /** When it begins, in milliseconds since the epoch. */
  readonly startedAt: number;
}

/** What runs again, besides all that comes of it. */
export interface RunsAgain {
  /** Id of a node, or of an instance of one; of a node that has instances, all of them. */
  readonly fromNode: string;
  /** Ids of the plan's nodes that are not what they were, or read what is not. */
  readonly changed: ReadonlySet<string>;
}

/** An attempt that the fork begins with. */
export interface TakenOver {
  /** The node's place in the original, and the attempt that ended it. */
  readonly from: number;
  readonly attempt: number;
  /** Its place in the fork: instances may be made in another order. */
  readonly node: number;
  readonly id: string;
}

/** Whether a run has had a node of this id. */
export function hasNode({ plan, journal }: ForkedRun, id: string): boolean {
  if (plan.ids.includes(id)) return true;
  const { run } = restoreRun(plan, journal);
  for (let node = plan.nodeCount; node < run.size; node += 1) {
    if (!hasFlag(run, node, FLAG.dormant) && idOf(run, node) === id) return true;
  }
  return false;
}

/**
 * Chooses what a fork takes over, in the order in which its journal tells of it.
 * @throws RangeError when the plans are not of one shape
 */
export function takeOver(original: ForkedRun, fork: NewRun, again: RunsAgain): TakenOver[] {
  if (fork.plan.nodeCount !== original.plan.nodeCount) {
    throw new RangeError(`the plan of fork ${fork.id} is of another shape`);
  }
  const { run, ends } = replayed(original);
  const open = runsAgain(run, again, (node) => stays(run, node, ends.get(node)?.event));
  const kept = [...ends.values()]
    .filter(({ event }) => open[event.node] !== 1 && mayStay(run, event))
    .sort((a, b) => a.seq - b.seq);
  return applied(run, fork, kept);
}

interface End {
  readonly seq: number;
  readonly event: AttemptEnded;
}

/** The run as it is now, with the last attempt of each node. */
function replayed({ plan, journal }: ForkedRun): {
  readonly run: RunState;
  readonly ends: ReadonlyMap<number, End>;
} {
  const { run } = restoreRun(plan, journal);
  const ends = new Map<number, End>();
  for (const { seq, event } of journal.entries) {
    if (event.type === 'ended') ends.set(event.node, { seq, event });
  }
  return { run, ends };
}

/** Whether an attempt is the last word about its node, and one that a fork may take over. */
function mayStay(run: RunState, { node, status, retryAt, recovery }: AttemptEnded): boolean {
  if (hasFlag(run, node, FLAG.dormant) || hasFlag(run, node, FLAG.undone)) return false;
  if (statusOf(run, node) !== status || retryAt !== undefined) return false;
  const { kind } = roundOf(run, node);
  if (status === 'completed') return kind === 'work' || kind === 'fallback';
  // A failure that was allowed is what the nodes after it went on with.
  const forgiven = specOf(run, node).allowFailure && recovery === undefined && kind === 'work';
  return forgiven && status === 'failed';
}

/** Whether what is known of a node is what the fork will know, its own part in it not counted. */
function stays(run: RunState, node: number, end: AttemptEnded | undefined): boolean {
  if (hasFlag(run, node, FLAG.dormant) || specOf(run, node).uses === undefined) return true;
  if (hasFlag(run, node, FLAG.excused)) return false;
  const status = statusOf(run, node);
  // What never began follows from what came before it, and will follow again.
  if (status === 'skipped' || (status === 'failed' && end === undefined)) return true;
  return end !== undefined && mayStay(run, end);
}

/** Applies what may stay to the new run; what that run has not let go is not taken over. */
function applied(run: RunState, fork: NewRun, kept: readonly End[]): TakenOver[] {
  const next = createRun(fork);
  apply(next, { type: 'begin', at: fork.startedAt });
  const placeOf = createPlaces(next);
  const taken: TakenOver[] = [];
  for (const { event } of kept) {
    const id = idOf(run, event.node);
    const node = placeOf(id);
    if (node === undefined || statusOf(next, node) !== 'ready') continue;
    const { retryAt: _retryAt, recovery: _recovery, ...end } = event;
    apply(next, { ...end, node });
    taken.push({ from: event.node, attempt: event.attempt, node, id });
  }
  return taken;
}

/** Finds nodes by their ids in a run that grows. */
function createPlaces(run: RunState): (id: string) => number | undefined {
  const places = new Map<string, number>();
  let seen = 0;
  return (id) => {
    for (; seen < run.size; seen += 1) {
      if (!hasFlag(run, seen, FLAG.dormant)) places.set(idOf(run, seen), seen);
    }
    return places.get(id);
  };
}

/** 1 for each node that runs again: what is chosen, and what came of it. */
function runsAgain(
  run: RunState,
  { fromNode, changed }: RunsAgain,
  isKnown: (node: number) => boolean,
): Uint8Array {
  const marks = new Uint8Array(run.size);
  const readers = readersByNode(run);
  const open: number[] = [];
  const mark = (node: number) => {
    if (marks[node] === 1) return;
    marks[node] = 1;
    open.push(node);
  };
  const markAfter = (node: number) => {
    forEachAfter(run, node, mark);
    readers.get(node)?.forEach(mark);
  };
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant)) continue;
    const pattern = run.plan.ids[patternOf(run, node)] ?? '';
    const named = fromNode === pattern || fromNode === idOf(run, node);
    const cleanup = specOf(run, node).type === 'cleanup';
    if (named || cleanup || changed.has(pattern) || !isKnown(node)) mark(node);
    // A group that has not ended: what ended in it stays, what went on without waiting for it not.
    else if (!isTerminal(run, node)) markAfter(node);
  }
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isGroup(specOf(run, node))) directChildren(run, node).forEach(mark);
    markAfter(node);
    // A group of which a part runs again ends anew: its other parts stay, what comes after does not.
    for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) markAfter(group);
  }
  return marks;
}

function forEachAfter(run: RunState, node: number, visit: (next: number) => void): void {
  const pattern = patternOf(run, node);
  const { successors, successorOffsets } = run.plan;
  const end = successorOffsets[pattern + 1] ?? 0;
  for (let e = successorOffsets[pattern] ?? 0; e < end; e += 1) {
    visit((successors[e] ?? 0) + node - pattern);
  }
}

/** The nodes that read a node's output or facts, with or without an edge between them. */
function readersByNode(run: RunState): ReadonlyMap<number, number[]> {
  const readers = new Map<number, number[]>();
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant)) continue;
    for (const read of readsOf(run, node)) {
      const known = readers.get(read);
      if (known === undefined) readers.set(read, [node]);
      else known.push(node);
    }
  }
  return readers;
}
