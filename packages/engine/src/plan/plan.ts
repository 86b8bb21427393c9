import type {
  AmbiguityPolicy,
  DependencyCondition,
  InlineRetryPolicy,
  NodeType,
} from '@tenuto/contract';
import type { Expression, Template } from '../expression/index.ts';
import type { RetryPolicy } from '../retry/index.ts';

/** An action with its parameters. */
export interface ActionSpec {
  readonly uses: string;
  readonly with: Template;
}

/** A stored retry policy in one of its versions; what it says becomes part of the plan. */
export interface StoredPolicy {
  readonly policyId: string;
  readonly version: number;
  readonly policy: InlineRetryPolicy;
}

/** Stored retry policies by id, in lower case. */
export type StoredPolicies = ReadonlyMap<string, StoredPolicy>;

/** What a node does and under which rules; shared by all nodes that are written alike. */
export interface NodeSpec {
  readonly type: NodeType;
  /** The action's name; absent on nodes that do no work of their own. */
  readonly uses: string | undefined;
  readonly with: Template;
  /** `if`; a constant `true` is absent. */
  readonly guard: Expression | false | undefined;
  readonly condition: Expression | undefined;
  readonly dependency: DependencyCondition;
  readonly skipOnFailure: boolean;
  readonly allowFailure: boolean;
  readonly retry: RetryPolicy;
  /** The stored policy that `retry` is, but for the number of attempts; absent when it is none. */
  readonly retryFrom: StoredPolicy | undefined;
  readonly timeoutMs: number | undefined;
  readonly graceMs: number;
  /** An attempt that says nothing for longer is given up as lost. */
  readonly heartbeatMs: number | undefined;
  /** What is done in its place when it has failed for good. */
  readonly fallback: ActionSpec | undefined;
  /** Whether a circuit breaker stands before it. */
  readonly guarded: boolean;
  /** `{key}`: the name of that circuit, where the node names one. */
  readonly circuitKey: Template | undefined;
  /** What undoes it. */
  readonly rollback: ActionSpec | undefined;
  /** What follows when an engine died in the middle of its effect; absent, as the action says. */
  readonly onAmbiguous: AmbiguityPolicy | undefined;
  /** What finds out whether its effect has happened. */
  readonly probe: ActionSpec | undefined;
  readonly priority: number;
  readonly forEach: Expression | undefined;
  readonly itemName: string;
  /** How many children of a group run at once. */
  readonly maxParallel: number;
  /** What the result of a test case is kept under, where its action reports no tests itself. */
  readonly testCase: { readonly suite: string; readonly name: string | undefined } | undefined;
}

/**
 * An immutable compiled graph. Nodes have integer indexes in preorder: the descendants of a group
 * at index g are the indexes g + 1 .. subtreeEnd[g] - 1. Edges are in CSR form (compressed sparse
 * rows): the successors of i are successors[successorOffsets[i] .. successorOffsets[i + 1] - 1].
 */
export interface Plan {
  /** SHA-256 of `document`, in hex. */
  readonly hash: string;
  /** Canonical JSON of what was submitted, defaults included; compiling it gives this plan. */
  readonly document: string;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly ids: readonly string[];
  readonly specs: readonly NodeSpec[];
  readonly successorOffsets: Int32Array;
  readonly successors: Int32Array;
  /** Labels of edges out of conditions, by position in `successors`. */
  readonly labels: ReadonlyMap<number, string>;
  readonly predecessorOffsets: Int32Array;
  readonly predecessors: Int32Array;
  /** The group each node stands in directly, or -1. */
  readonly groups: Int32Array;
  readonly subtreeEnd: Int32Array;
  /**
   * The innermost `for_each` group around each node, or -1. A node inside one is a pattern: it
   * does not run itself, its instances do.
   */
  readonly patterns: Int32Array;
  /** 1 where some expression may read the node's output or facts: they are kept in memory. */
  readonly outputKept: Uint8Array;
  /** Whether nodes can be undone, or a checkpoint returned to: the order of ends is then kept. */
  readonly keepsOrder: boolean;
  /** `save_as` names and ids by which `steps` and `nodes` find a node. */
  readonly names: ReadonlyMap<string, number>;
  /** Secrets that parameters name, each with a place where one does. */
  readonly secrets: ReadonlyMap<string, string>;
  /** How many nodes stand before each on the longest way to it, groups it stands in included. */
  readonly levels: Int32Array;
}

/** Descendants of a group that are its direct children, in order. */
export function childrenOf(plan: Plan, group: number): number[] {
  const children: number[] = [];
  for (let i = group + 1; i < (plan.subtreeEnd[group] ?? 0); i = plan.subtreeEnd[i] ?? i + 1) {
    children.push(i);
  }
  return children;
}

export interface PlanShape {
  /** Number of levels: the length of the longest path in nodes. */
  readonly depth: number;
  readonly widestLevel: { readonly level: number; readonly nodes: number };
  /** Ids along one longest path. */
  readonly criticalPath: readonly string[];
  /** How many nodes each level holds. */
  readonly levelSizes: readonly number[];
}

/** Levels and the critical path (every node counted as one) of a plan, for people to look at. */
export function shapeOf(plan: Plan): PlanShape {
  const levelSizes: number[] = [];
  let last = -1;
  for (let i = 0; i < plan.nodeCount; i += 1) {
    const level = plan.levels[i] ?? 0;
    while (levelSizes.length <= level) levelSizes.push(0);
    levelSizes[level] = (levelSizes[level] ?? 0) + 1;
    if (last < 0 || level > (plan.levels[last] ?? 0)) last = i;
  }
  const nodes = levelSizes.reduce((widest, size) => Math.max(widest, size), 0);
  return {
    depth: levelSizes.length,
    widestLevel: { level: levelSizes.indexOf(nodes), nodes },
    criticalPath: pathTo(plan, last),
    levelSizes,
  };
}

function pathTo(plan: Plan, end: number): string[] {
  const path: string[] = [];
  for (let at = end; at >= 0; ) {
    path.push(plan.ids[at] ?? '');
    const wanted = (plan.levels[at] ?? 0) - 1;
    at = wanted < 0 ? -1 : stepBack(plan, at, wanted);
  }
  return path.reverse();
}

/** A node one level up on which `at` waits: a parent, the group it stands in, or a group's child. */
function stepBack(plan: Plan, at: number, level: number): number {
  const isBefore = (node: number) => plan.levels[node] === level;
  const group = plan.groups[at] ?? -1;
  if (isBefore(group)) return group;
  const parents = plan.predecessors.subarray(
    plan.predecessorOffsets[at],
    plan.predecessorOffsets[at + 1],
  );
  const parent = parents.find(isBefore);
  if (parent !== undefined) return parent;
  for (const ended of parents) {
    for (let i = ended + 1; i < (plan.subtreeEnd[ended] ?? 0); i += 1) if (isBefore(i)) return i;
  }
  return -1;
}
