import { ExpressionError, type Json, LIMITS } from '@tenuto/contract';
import { childrenOf } from '../plan/index.ts';
import { evaluateAt } from './bindings.ts';
import { roundOf } from './round.ts';
import {
  admit,
  blockOf,
  clearFlag,
  FLAG,
  type GroupState,
  growRun,
  isTerminal,
  type NodeError,
  patternOf,
  type RunState,
  setFlag,
  setStatus,
  specOf,
  statusOf,
} from './state.ts';

/** What groups need of releases; handed over because each needs the other. */
export interface Decisions {
  consider(run: RunState, node: number): void;
  endNode(run: RunState, node: number, status: 'completed' | 'failed' | 'skipped'): void;
  failNode(run: RunState, node: number, error: NodeError): void;
}

/** Starts a group: its children, or those of each item, are let go as far as its limit allows. */
export function startGroup(run: RunState, group: number, decisions: Decisions): void {
  setStatus(run, group, 'running');
  const spec = specOf(run, group);
  const state: GroupState = {
    remaining: 0,
    active: 0,
    failed: false,
    held: undefined,
    queued: false,
    firstBlock: run.blocks.length,
    blockCount: 0,
  };
  run.groups.set(group, state);
  if (run.plan.outputKept[patternOf(run, group)] === 1) {
    run.times.set(group, { startedAt: run.now });
  }
  if (spec.forEach !== undefined && !expand(run, group, state, decisions)) return;
  // One that was skipped by hand beforehand is not waited for.
  const children = directChildren(run, group).filter((child) => !isTerminal(run, child));
  state.remaining = children.length;
  if (children.length === 0) endGroup(run, group, state, decisions);
  for (const child of children) clearFlag(run, child, FLAG.gated);
  for (const child of children) decisions.consider(run, child);
}

/** A child has ended; with the last one the group ends. */
export function childEnded(
  run: RunState,
  group: number,
  child: number,
  decisions: Decisions,
): void {
  const state = run.groups.get(group);
  if (state === undefined) return;
  const status = statusOf(run, child);
  if (status !== 'completed' && status !== 'skipped' && !specOf(run, child).allowFailure) {
    state.failed = true;
  }
  state.remaining -= 1;
  if (state.remaining === 0) endGroup(run, group, state, decisions);
}

/** The children of a group that ended without having started do not run either. */
export function skipUnstarted(run: RunState, group: number, decisions: Decisions): void {
  const pattern = patternOf(run, group);
  const leaf = (run.plan.subtreeEnd[pattern] ?? 0) === pattern + 1;
  if (leaf || run.groups.has(group) || specOf(run, group).forEach !== undefined) return;
  for (const child of directChildren(run, group)) {
    if (!isTerminal(run, child)) decisions.endNode(run, child, 'skipped');
  }
}

function endGroup(run: RunState, group: number, state: GroupState, decisions: Decisions): void {
  if (run.plan.outputKept[patternOf(run, group)] === 1) {
    run.outputs.set(group, groupOutput(run, group, state));
  }
  if (!state.failed) {
    decisions.endNode(run, group, 'completed');
    return;
  }
  decisions.failNode(run, group, {
    classification: 'permanent',
    type: 'children_failed',
    message: 'A child of the group did not complete.',
  });
}

/** The outputs of the children in order; with several children an item, one object an item. */
function groupOutput(run: RunState, group: number, state: GroupState): Json {
  const output = (child: number): Json => run.outputs.get(child) ?? null;
  const patterns = childrenOf(run.plan, patternOf(run, group));
  if (specOf(run, group).forEach === undefined) return directChildren(run, group).map(output);
  const blocks = run.blocks.slice(state.firstBlock, state.firstBlock + state.blockCount);
  const [only] = patterns;
  if (patterns.length === 1 && only !== undefined) {
    return blocks.map((block) => output(only + block.offset));
  }
  return blocks.map((block) =>
    Object.fromEntries(
      patterns.map((pattern) => [run.plan.ids[pattern] ?? '', output(pattern + block.offset)]),
    ),
  );
}

export function directChildren(run: RunState, group: number): number[] {
  const patterns = childrenOf(run.plan, patternOf(run, group));
  if (specOf(run, group).forEach === undefined) {
    const offset = blockOf(run, group)?.offset ?? 0;
    return patterns.map((pattern) => pattern + offset);
  }
  const state = run.groups.get(group);
  const children: number[] = [];
  for (let b = 0; b < (state?.blockCount ?? 0); b += 1) {
    const offset = run.blocks[(state?.firstBlock ?? 0) + b]?.offset ?? 0;
    for (const pattern of patterns) children.push(pattern + offset);
  }
  return children;
}

/** Makes a block of instances for each item. False when the list cannot be had: the group failed. */
function expand(run: RunState, group: number, state: GroupState, decisions: Decisions): boolean {
  let items: readonly Json[];
  try {
    items = itemsOf(run, group);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    decisions.failNode(run, group, {
      classification: 'validation',
      type: 'for_each_failed',
      message: error.message,
    });
    return false;
  }
  items.forEach((item, index) => {
    addBlock(run, group, item, index);
  });
  state.blockCount = items.length;
  return true;
}

function itemsOf(run: RunState, group: number): readonly Json[] {
  const value = evaluateAt(run, group, specOf(run, group).forEach);
  if (!Array.isArray(value)) throw new ExpressionError('for_each does not give a list.');
  const items = value as readonly Json[];
  if (items.length > LIMITS.forEachItems) {
    throw new ExpressionError(
      `for_each gives ${items.length} items; at most ${LIMITS.forEachItems} are allowed.`,
    );
  }
  const pattern = patternOf(run, group);
  const each = (run.plan.subtreeEnd[pattern] ?? 0) - pattern - 1;
  if (run.size + each * items.length > LIMITS.runNodes) {
    throw new ExpressionError(`The run would grow beyond ${LIMITS.runNodes} nodes.`);
  }
  return items;
}

function addBlock(run: RunState, group: number, item: Json, index: number): void {
  const { plan } = run;
  const pattern = patternOf(run, group);
  const end = plan.subtreeEnd[pattern] ?? 0;
  const base = growRun(run, end - pattern - 1);
  const block = run.blocks.length;
  const itemName = specOf(run, group).itemName;
  run.blocks.push({ offset: base - pattern - 1, base, owner: group, itemName, item, index });
  const { generation } = roundOf(run, group);
  for (let node = pattern + 1; node < end; node += 1) run.blockOf.push(block);
  for (let node = pattern + 1; node < end; node += 1) {
    const instance = node + base - pattern - 1;
    if (generation > 0) run.rounds.set(instance, { generation, kind: 'work', base: 0 });
    if (plan.patterns[node] !== pattern) {
      setFlag(run, instance, FLAG.dormant);
      continue;
    }
    admit(run, instance, true);
    run.open += 1;
  }
}
