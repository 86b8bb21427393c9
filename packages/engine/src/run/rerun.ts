/**
 * Running parts of a run again: what is chosen becomes pending as if it had never run, what stays
 * says once more what it said to those after it, and everything is decided anew.
 *
 * A group of which a part stays goes on where it was; one of which nothing stays starts again, and
 * the instances that its `for_each` made are given up for new ones.
 */
import type { Onward } from './event.ts';
import { directChildren } from './group.ts';
import { createReadyQueue } from './ready-queue.ts';
import { consider, countFailure, isGroup, tell } from './release.ts';
import { beginRound, roundOf } from './round.ts';
import {
  attemptOf,
  clearFlag,
  FLAG,
  groupOf,
  hasFlag,
  isTerminal,
  patternOf,
  type RunState,
  setFlag,
  setStatus,
  setWaiting,
  specOf,
  statusOf,
  uncount,
} from './state.ts';

/** What runs again. A cut keeps what ended up to there, in the order of ends; 0 keeps nothing. */
export type Rerun =
  | { readonly from: 'failed'; readonly onward?: readonly Onward[] }
  | { readonly from: 'node'; readonly node: number; readonly also?: readonly number[] }
  | { readonly from: 'cut'; readonly cut: number };

const STAYS = 0;
const AGAIN = 1;
/** A group of which some children stay. */
const GOES_ON = 2;

/**
 * @param before called when all is pending again and nothing is released yet
 */
export function rerun(run: RunState, what: Rerun, before: () => void = () => {}): void {
  const marks = choose(run, what);
  giveUpInstances(run, marks);
  const chosen = nodesMarked(marks, AGAIN);
  const onward = new Map(
    (what.from === 'failed' ? what.onward : undefined)?.map((o) => [o.node, o]),
  );
  for (const node of chosen) reset(run, node, marks, onward.get(node));
  retell(run, marks);
  for (const group of nodesMarked(marks, GOES_ON)) goOn(run, group, marks);
  run.phase = 'work';
  run.status = 'running';
  run.ready.clear();
  run.eased = createReadyQueue();
  recount(run, marks);
  before();
  for (const node of chosen) consider(run, node);
}

/** Whether a run that goes on from what failed would run a node again. */
export function runsAgain(run: RunState, node: number): boolean {
  return choose(run, { from: 'failed' })[node] === AGAIN;
}

/** Nodes whose own work was begun and did not complete, in a run that is over. */
export function cutOff(run: RunState): readonly number[] {
  const nodes: number[] = [];
  for (let node = 0; node < run.size; node += 1) {
    if (attemptOf(run, node) === 0 || run.groups.has(node)) continue;
    if (hasFlag(run, node, FLAG.dormant) || hasFlag(run, node, FLAG.undone)) continue;
    const status = statusOf(run, node);
    if (status === 'completed' || status === 'skipped') continue;
    if (roundOf(run, node).kind === 'work' && specOf(run, node).type !== 'cleanup')
      nodes.push(node);
  }
  return nodes;
}

/** Whether a node cannot be reached yet: it is in a group that was never started. */
export function isHeldBack(run: RunState, node: number): boolean {
  return heldBackBy(run, node) !== node;
}

function nodesMarked(marks: Uint8Array, mark: number): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < marks.length; node += 1) if (marks[node] === mark) nodes.push(node);
  return nodes;
}

function choose(run: RunState, what: Rerun): Uint8Array {
  const marks = new Uint8Array(run.size);
  if (what.from === 'cut') chooseAfter(run, what.cut, marks);
  const named = what.from === 'node' ? [what.node, ...(what.also ?? [])] : [];
  for (const node of named) spread(run, heldBackBy(run, node), marks, () => true);
  if (what.from !== 'cut') chooseFailed(run, marks);
  for (let node = 0; node < run.plan.nodeCount; node += 1) {
    if (run.plan.specs[node]?.type === 'cleanup') marks[node] = AGAIN;
  }
  return marks;
}

/** All but what ended up to the cut. */
function chooseAfter(run: RunState, cut: number, marks: Uint8Array): void {
  const stays = (node: number) =>
    isTerminal(run, node) && (run.order.get(node) ?? Number.POSITIVE_INFINITY) <= cut;
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant) || !stays(node)) continue;
    for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
      if (!stays(group)) marks[group] = GOES_ON;
    }
  }
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant) || stays(node) || marks[node] !== STAYS) continue;
    marks[node] = AGAIN;
  }
}

/** What was undone, what did not complete and was not allowed to, and what did not run for it. */
function chooseFailed(run: RunState, marks: Uint8Array): void {
  const goesOn = (node: number) => isGroup(specOf(run, node)) && hasStarted(run, node);
  const open = (node: number) => !isDone(run, node) && !goesOn(node);
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant) || specOf(run, node).type === 'cleanup') continue;
    if (hasFlag(run, node, FLAG.undone)) {
      // What came after it stood on effects that are no more.
      spread(run, node, marks, () => true);
      continue;
    }
    const status = statusOf(run, node);
    if (status === 'completed' || status === 'skipped' || isForgiven(run, node)) continue;
    if (goesOn(node)) continue;
    spread(run, node, marks, open);
  }
}

function isDone(run: RunState, node: number): boolean {
  return statusOf(run, node) === 'completed' || hasFlag(run, node, FLAG.excused);
}

function isForgiven(run: RunState, node: number): boolean {
  for (let at = node; at >= 0; at = groupOf(run, at)) if (specOf(run, at).allowFailure) return true;
  return false;
}

/** A group whose children have been let go: one whose list could not be had has none. */
function hasStarted(run: RunState, group: number): boolean {
  const state = run.groups.get(group);
  return state !== undefined && (specOf(run, group).forEach === undefined || state.blockCount > 0);
}

/** The outermost group around a node that was never started: it decides on the node; or the node. */
function heldBackBy(run: RunState, node: number): number {
  let outermost = node;
  for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
    if (!run.groups.has(group)) outermost = group;
  }
  return outermost;
}

/** Marks a node, what it holds, and all after it that `reaches` says yes to. */
function spread(
  run: RunState,
  first: number,
  marks: Uint8Array,
  reaches: (node: number) => boolean,
): void {
  const open = [first];
  const mark = (node: number) => {
    if (marks[node] === AGAIN) return;
    marks[node] = AGAIN;
    open.push(node);
    if (isGroup(specOf(run, node))) for (const child of directChildren(run, node)) mark(child);
  };
  if (marks[first] === AGAIN) return;
  mark(first);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (let group = groupOf(run, node); group >= 0; group = groupOf(run, group)) {
      if (marks[group] !== STAYS) break;
      marks[group] = GOES_ON;
      open.push(group);
    }
    forEachSuccessor(run, node, (next) => {
      const goesOn = isGroup(specOf(run, next)) && marks[next] === GOES_ON;
      if (reaches(next) && !goesOn && heldBackBy(run, next) === next) mark(next);
    });
  }
}

function forEachSuccessor(
  run: RunState,
  node: number,
  visit: (next: number, edge: number) => void,
): void {
  const { plan } = run;
  const pattern = patternOf(run, node);
  const to = plan.successorOffsets[pattern + 1] ?? 0;
  for (let edge = plan.successorOffsets[pattern] ?? 0; edge < to; edge += 1) {
    visit((plan.successors[edge] ?? 0) + node - pattern, edge);
  }
}

/** Of groups that start again, `for_each` makes new instances; the old ones are history. */
function giveUpInstances(run: RunState, marks: Uint8Array): void {
  const owners = nodesMarked(marks, AGAIN).filter(
    (node) => specOf(run, node).forEach !== undefined && run.groups.has(node),
  );
  // All are found before the first is given up: an instance may be such a group itself.
  for (const node of owners.flatMap((owner) => instancesOf(run, owner))) {
    outdate(run, node);
    giveUp(run, node, marks);
  }
}

/** What a group's `for_each` has made, dormant nodes included. */
function instancesOf(run: RunState, owner: number): number[] {
  const state = run.groups.get(owner);
  const pattern = patternOf(run, owner);
  const each = (run.plan.subtreeEnd[pattern] ?? 0) - pattern - 1;
  const instances: number[] = [];
  for (let b = 0; b < (state?.blockCount ?? 0); b += 1) {
    const base = run.blocks[(state?.firstBlock ?? 0) + b]?.base ?? 0;
    for (let node = base; node < base + each; node += 1) instances.push(node);
  }
  return instances;
}

/**
 * What a `for_each` makes next is of a generation that none of its instances has had: their ids are
 * the same, and the keys of their effects must not be.
 */
function outdate(run: RunState, instance: number): void {
  const { generation } = roundOf(run, instance);
  for (let group = groupOf(run, instance); group >= 0; group = groupOf(run, group)) {
    const round = roundOf(run, group);
    if (specOf(run, group).forEach === undefined || round.generation >= generation) continue;
    run.rounds.set(group, { ...round, generation });
  }
}

function giveUp(run: RunState, node: number, marks: Uint8Array): void {
  marks[node] = STAYS;
  if (hasFlag(run, node, FLAG.dormant)) return;
  uncount(run, node);
  setFlag(run, node, FLAG.dormant);
  forget(run, node);
  run.groups.delete(node);
}

function reset(run: RunState, node: number, marks: Uint8Array, onward: Onward | undefined): void {
  const spec = specOf(run, node);
  if (attemptOf(run, node) > 0 || spec.forEach !== undefined) {
    const decided = onward?.decided === true;
    beginRound(run, node, { kind: 'work', renewed: onward === undefined, decided });
  }
  setStatus(run, node, 'pending');
  for (const flag of Object.values(FLAG)) clearFlag(run, node, flag);
  const group = groupOf(run, node);
  const gated = spec.type === 'cleanup' || (group >= 0 && marks[group] === AGAIN);
  if (gated) setFlag(run, node, FLAG.gated);
  const pattern = patternOf(run, node);
  const { predecessorOffsets } = run.plan;
  setWaiting(
    run,
    node,
    (predecessorOffsets[pattern + 1] ?? 0) - (predecessorOffsets[pattern] ?? 0),
  );
  const output = run.outputs.get(node);
  if (output !== undefined) run.previous.set(node, output);
  forget(run, node);
  run.groups.delete(node);
}

function forget(run: RunState, node: number): void {
  run.outputs.delete(node);
  run.errors.delete(node);
  run.times.delete(node);
  run.waits.delete(node);
  run.order.delete(node);
}

/** What stays tells those that run again what it has told before. */
function retell(run: RunState, marks: Uint8Array): void {
  for (let node = 0; node < run.size; node += 1) {
    clearFlag(run, node, FLAG.active);
    if (marks[node] !== STAYS || hasFlag(run, node, FLAG.dormant) || !isTerminal(run, node)) {
      continue;
    }
    forEachSuccessor(run, node, (next, edge) => {
      if (marks[next] === AGAIN) tell(run, node, { next, edge });
    });
  }
}

function goOn(run: RunState, group: number, marks: Uint8Array): void {
  const state = run.groups.get(group);
  if (state === undefined) throw new RangeError(`run ${run.id}: group ${group} never started`);
  const children = directChildren(run, group);
  state.remaining = children.filter((child) => marks[child] !== STAYS).length;
  state.failed = children.some((child) => marks[child] === STAYS && hasFailed(run, child));
  state.active = 0;
  state.held = undefined;
  state.queued = false;
  setStatus(run, group, 'running');
  clearFlag(run, group, FLAG.excused);
  forget(run, group);
}

function hasFailed(run: RunState, child: number): boolean {
  const status = statusOf(run, child);
  return status !== 'completed' && status !== 'skipped' && !specOf(run, child).allowFailure;
}

/** Counts what is open and what has failed, as if it had been counted all along. */
function recount(run: RunState, marks: Uint8Array): void {
  run.open = 0;
  run.failures = 0;
  run.firstFailure = -1;
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant) || specOf(run, node).type === 'cleanup') continue;
    if (!isTerminal(run, node)) run.open += 1;
    else if (marks[node] === STAYS) countFailure(run, node);
  }
}
