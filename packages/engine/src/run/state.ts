import {
  type Classification,
  type Json,
  NODE_STATUSES,
  type NodeStatus,
  type RunStatus,
} from '@tenuto/contract';
import type { NodeSpec, Plan, StoredPolicy } from '../plan/index.ts';
import type { Wait } from '../ports/action-runner.ts';
import type { RunInput } from '../ports/engine-api.ts';
import { createReadyQueue, type ReadyQueue } from './ready-queue.ts';
import type { OpenSession, RecoveryStep, Round } from './recovery-step.ts';

/** What a failed node says about itself. */
export interface NodeError {
  readonly classification: Classification;
  readonly type: string;
  readonly message: string;
}

/** One item of a `for_each` group: copies of the group's descendants, laid out one after another. */
export interface Block {
  /** Instance index minus pattern index, the same for all nodes of the block. */
  readonly offset: number;
  readonly base: number;
  /** The instance of the group that was expanded. */
  readonly owner: number;
  readonly itemName: string;
  readonly item: Json;
  readonly index: number;
}

export interface GroupState {
  /** Direct children that have not ended. */
  remaining: number;
  /** Children that hold a place. */
  active: number;
  failed: boolean;
  /** Children that go on as soon as there is a place; most groups never hold one. */
  held: ReadyQueue | undefined;
  /** It holds children and stands in the queue of a full group around it. */
  queued: boolean;
  firstBlock: number;
  blockCount: number;
}

/** What a waiting node waits for; a retry waits for a time. */
export type NodeWait = (
  | Wait
  | { readonly kind: 'retry'; readonly until: number }
  /** A person; who decides, or a deadline, is heard of by message. */
  | { readonly kind: 'intervention'; readonly id: string }
  /** Its target's circuit; not journaled, see hold.ts. */
  | { readonly kind: 'circuit'; readonly key: string; readonly until?: number }
) & {
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
};

/** Of a node's past, what its retry policy asks for. */
export interface RetryTrace {
  /** The round that it is of: each has a past of its own. */
  readonly base: number;
  /** When the first attempt of the round started, in milliseconds since the epoch. */
  readonly firstStartedAt: number;
  /** How long the node was to wait for its next attempt, in milliseconds. */
  readonly delayMs: number;
}

/** What came of the nodes that ran under a stored retry policy; see policy-tally.ts. */
export interface PolicyTally {
  nodes: number;
  completed: number;
  attempts: number;
  /** Nodes of more than one attempt, and those of them that completed. */
  retried: number;
  recovered: number;
}

/**
 * A run in memory. Nodes are numbers: below plan.nodeCount the plan's own, from there on instances
 * made by `for_each`. What every node has stands in `cells`; what few have, in maps.
 */
export interface RunState {
  readonly id: string;
  readonly plan: Plan;
  readonly input: RunInput;
  readonly facts: RunFacts;
  status: RunStatus;
  begun: boolean;
  /**
   * `work` until all but the cleanup nodes have ended; `undoing` while nodes are compensated (see
   * undo.ts); `stopping` while attempts that were told to
   * abort are still going; then `cleanup`; `over` when nothing is left.
   */
  phase: 'work' | 'undoing' | 'stopping' | 'cleanup' | 'over';
  cells: Int32Array;
  /** Nodes, instances included. */
  size: number;
  readonly blocks: Block[];
  /** The block of each instance, by index - plan.nodeCount. */
  readonly blockOf: number[];
  readonly groups: Map<number, GroupState>;
  readonly outputs: Map<number, Json>;
  /** Of nodes that run again, what they put out last before: `nodes.<id>.previous`. */
  readonly previous: Map<number, Json>;
  readonly errors: Map<number, NodeError>;
  readonly times: Map<number, { startedAt?: number; endedAt?: number }>;
  readonly waits: Map<number, NodeWait>;
  /** Of nodes that are between attempts, where their policy asks for it. */
  readonly traces: Map<number, RetryTrace>;
  /** Of the stored retry policies that nodes have run under since the run was begun or reopened. */
  readonly tallies: Map<StoredPolicy, PolicyTally>;
  readonly ready: ReadyQueue;
  /** Attempts that are going on. */
  slots: number;
  /** Nodes of the present phase that have not ended. */
  open: number;
  readonly counts: Int32Array;
  /** Nodes whose failure fails the run. */
  failures: number;
  /** The first failure that counts: what the run says went wrong. */
  firstFailure: number;
  /** Nodes that ended in the event being applied and whose successors have not been told. */
  readonly settled: number[];
  /** Groups in which a place was given back while they hold nodes. */
  eased: ReadyQueue;
  /** Time of the event being applied, in milliseconds since the epoch. */
  now: number;
  /** Nothing starts; what is going on ends. */
  paused: boolean;
  /** Messages that no node has waited for yet, by name, oldest first. */
  readonly signals: Map<string, Json[]>;
  /** Rounds beyond the first, by node. */
  readonly rounds: Map<number, Round>;
  /** The order in which nodes ended, from 1, in plans that ask for it. */
  readonly order: Map<number, number>;
  ends: number;
  /** How often each rule was followed for each node; see followed.ts. */
  readonly followed: Map<string, number>;
  /** Recoveries under way, by node or {@link RUN}. */
  readonly sessions: Map<number, OpenSession>;
  /** A recovery of the whole run that a node's end calls for, and that is still to be begun. */
  wanted: { readonly node: number; readonly step: RecoveryStep } | undefined;
  undo: Undo | undefined;
  /** When the run was taken up again after its end, in milliseconds since the epoch. */
  reopenedAt: number | undefined;
}

/** A compensation under way: back to a checkpoint, newest first. */
export interface Undo {
  readonly after: 'resume' | 'fail' | 'abort';
  /** What ended up to here stays; 0 keeps nothing. */
  readonly cut: number;
  /** What is still to be undone; undefined while attempts are going on that were told to abort. */
  left: number[] | undefined;
  done: number;
}

/** What `run` is in expressions. */
export interface RunFacts {
  readonly name: string;
  readonly owner: string;
  readonly createdAt: number;
}

const STRIDE = 3;
const STATUS = 0;
const WAITING = 1;
const ATTEMPT = 2;

export const FLAG = {
  /** A dependency was satisfied, was skipped, or failed. */
  satisfied: 1 << 8,
  skipped: 1 << 9,
  failed: 1 << 10,
  /** Not to be considered before its group starts, or before cleanup. */
  gated: 1 << 11,
  /** Counts among its group's active children. */
  active: 1 << 12,
  /** A pattern: only its instances run. */
  dormant: 1 << 13,
  /** Skipped by a recovery: for those after it, it counts as completed. */
  excused: 1 << 14,
  /** Its effects were undone. */
  undone: 1 << 15,
} as const;

const CODE = Object.fromEntries(NODE_STATUSES.map((status, i) => [status, i])) as Record<
  NodeStatus,
  number
>;
const FIRST_TERMINAL = CODE.completed;

/** A run that has not begun: its nodes are pending, nothing has been released. */
export function createRun(parts: {
  readonly id: string;
  readonly plan: Plan;
  readonly input: RunInput;
  readonly facts: RunFacts;
}): RunState {
  const run: RunState = {
    ...parts,
    status: 'running',
    begun: false,
    phase: 'work',
    cells: new Int32Array(parts.plan.nodeCount * STRIDE),
    size: parts.plan.nodeCount,
    blocks: [],
    blockOf: [],
    groups: new Map(),
    outputs: new Map(),
    previous: new Map(),
    errors: new Map(),
    times: new Map(),
    waits: new Map(),
    traces: new Map(),
    tallies: new Map(),
    ready: createReadyQueue(),
    slots: 0,
    open: 0,
    counts: new Int32Array(NODE_STATUSES.length),
    failures: 0,
    firstFailure: -1,
    settled: [],
    eased: createReadyQueue(),
    now: 0,
    paused: false,
    signals: new Map(),
    rounds: new Map(),
    order: new Map(),
    ends: 0,
    followed: new Map(),
    sessions: new Map(),
    wanted: undefined,
    undo: undefined,
    reopenedAt: undefined,
  };
  for (let node = 0; node < run.size; node += 1) {
    const cleanup = parts.plan.specs[node]?.type === 'cleanup';
    const around = parts.plan.patterns[node] ?? -1;
    if (around >= 0) setFlag(run, node, FLAG.dormant);
    else admit(run, node, cleanup || (parts.plan.groups[node] ?? -1) >= 0);
    if (around < 0 && !cleanup) run.open += 1;
  }
  return run;
}

/** Makes room for `count` more instances and returns the index of the first. */
export function growRun(run: RunState, count: number): number {
  const base = run.size;
  const needed = (base + count) * STRIDE;
  if (needed > run.cells.length) {
    const cells = new Int32Array(Math.max(needed, run.cells.length * 2));
    cells.set(run.cells);
    run.cells = cells;
  }
  run.size = base + count;
  return base;
}

export function statusOf(run: RunState, node: number): NodeStatus {
  return NODE_STATUSES[cell(run, node, STATUS) & 0xff] ?? 'pending';
}

export function isTerminal(run: RunState, node: number): boolean {
  return (cell(run, node, STATUS) & 0xff) >= FIRST_TERMINAL;
}

/** Counts a node that is about to take part, as pending. */
export function admit(run: RunState, node: number, gated: boolean): void {
  const { predecessorOffsets } = run.plan;
  const pattern = patternOf(run, node);
  run.cells[node * STRIDE + WAITING] =
    (predecessorOffsets[pattern + 1] ?? 0) - (predecessorOffsets[pattern] ?? 0);
  if (gated) setFlag(run, node, FLAG.gated);
  run.counts[CODE.pending] = (run.counts[CODE.pending] ?? 0) + 1;
}

export function setStatus(run: RunState, node: number, status: NodeStatus): void {
  const at = node * STRIDE + STATUS;
  const old = run.cells[at] ?? 0;
  const code = CODE[status];
  run.cells[at] = (old & ~0xff) | code;
  const { counts } = run;
  counts[old & 0xff] = (counts[old & 0xff] ?? 0) - 1;
  counts[code] = (counts[code] ?? 0) + 1;
}

export function countOf(run: RunState, status: NodeStatus): number {
  return run.counts[CODE[status]] ?? 0;
}

export function hasFlag(run: RunState, node: number, flag: number): boolean {
  return (cell(run, node, STATUS) & flag) !== 0;
}

export function setFlag(run: RunState, node: number, flag: number): void {
  const at = node * STRIDE + STATUS;
  run.cells[at] = (run.cells[at] ?? 0) | flag;
}

export function clearFlag(run: RunState, node: number, flag: number): void {
  const at = node * STRIDE + STATUS;
  run.cells[at] = (run.cells[at] ?? 0) & ~flag;
}

export function waitingOf(run: RunState, node: number): number {
  return cell(run, node, WAITING);
}

export function setWaiting(run: RunState, node: number, parents: number): void {
  run.cells[node * STRIDE + WAITING] = parents;
}

/** Takes a node out of the counts: it takes no part any more. */
export function uncount(run: RunState, node: number): void {
  const code = cell(run, node, STATUS) & 0xff;
  run.counts[code] = (run.counts[code] ?? 0) - 1;
}

export function countDown(run: RunState, node: number): number {
  const at = node * STRIDE + WAITING;
  const left = (run.cells[at] ?? 0) - 1;
  run.cells[at] = left;
  return left;
}

/** Number of the node's latest attempt; 0 before the first. */
export function attemptOf(run: RunState, node: number): number {
  return cell(run, node, ATTEMPT) & 0xffff;
}

export function setAttempt(run: RunState, node: number, attempt: number): void {
  const at = node * STRIDE + ATTEMPT;
  run.cells[at] = ((run.cells[at] ?? 0) & ~0xffff) | attempt;
}

/** How often the node's engine or worker died under it. */
export function lossesOf(run: RunState, node: number): number {
  return cell(run, node, ATTEMPT) >>> 16;
}

export function addLoss(run: RunState, node: number): void {
  const at = node * STRIDE + ATTEMPT;
  run.cells[at] = (run.cells[at] ?? 0) + 0x10000;
}

function cell(run: RunState, node: number, field: number): number {
  return run.cells[node * STRIDE + field] ?? 0;
}

export function blockOf(run: RunState, node: number): Block | undefined {
  const instance = node - run.plan.nodeCount;
  return instance < 0 ? undefined : run.blocks[run.blockOf[instance] ?? -1];
}

/** The plan's node that an instance is a copy of; a plan's own node is itself. */
export function patternOf(run: RunState, node: number): number {
  return node - (blockOf(run, node)?.offset ?? 0);
}

export function specOf(run: RunState, node: number): NodeSpec {
  const spec = run.plan.specs[patternOf(run, node)];
  if (spec === undefined) throw new RangeError(`run ${run.id} has no node ${node}`);
  return spec;
}

/** The group instance a node stands in directly, or -1. */
export function groupOf(run: RunState, node: number): number {
  const block = blockOf(run, node);
  if (block === undefined) return run.plan.groups[node] ?? -1;
  const group = (run.plan.groups[node - block.offset] ?? -1) + block.offset;
  return group < block.base ? block.owner : group;
}

/** The node's id; instances of for_each carry their item: `child[3]`. */
export function idOf(run: RunState, node: number): string {
  const id = run.plan.ids[patternOf(run, node)] ?? '';
  let suffix = '';
  for (let b = blockOf(run, node); b !== undefined; b = blockOf(run, b.owner)) {
    suffix = `[${b.index}]${suffix}`;
  }
  return id + suffix;
}
