/**
 * What a run must do, told a second time and naively: from the graph as it is written, by names,
 * without counters or queues.
 */
import type { DagInput, NodeInput, NodeStatus } from '@tenuto/contract';
import { ALL_COMPLETED, LISTS, ONE_FAILED, VALUES } from './random-graph.ts';

export type StatusOf = (id: string) => NodeStatus | undefined;

export interface Oracle {
  /** Every node, instances of for_each included, with how it must end. */
  finals(actual: StatusOf, ended: (id: string) => NodeStatus): Map<string, NodeStatus>;
  /** Whether what a node depends on lets it start. */
  mayStart(id: string, now: StatusOf): boolean;
  /** Direct children of each group by instance id, as far as there are any. */
  node(id: string): NodeInput;
  parentGroup(id: string): string | undefined;
  isFailureOfRun(id: string, status: NodeStatus): boolean;
}

interface Parent {
  readonly node: NodeInput;
  readonly label: string | undefined;
}

const ENDED: readonly unknown[] = ['completed', 'failed', 'skipped', 'cancelled', 'timeout'];

export function isEnded(status: NodeStatus | undefined): boolean {
  return ENDED.includes(status);
}

export function createOracle(dag: DagInput): Oracle {
  const nodes = new Map<string, NodeInput>();
  const groups = new Map<string, NodeInput>();
  const before = new Map<string, string>();
  const collect = (node: NodeInput, group: NodeInput | undefined): void => {
    nodes.set(node.id, node);
    if (group !== undefined) groups.set(node.id, group);
    (node.children ?? []).forEach((child, i) => {
      const previous = node.children?.[i - 1];
      if (node.type === 'sequential_group' && previous) before.set(child.id, previous.id);
      collect(child, node);
    });
  };
  for (const node of dag.nodes) collect(node, undefined);

  const node = (id: string): NodeInput => {
    const found = nodes.get(id.replace(/\[.*/, ''));
    if (found === undefined) throw new Error(`the graph has no ${id}`);
    return found;
  };

  function parentsOf({ id, needs = [] }: NodeInput): Parent[] {
    const labels = new Map<string, string | undefined>();
    const previous = before.get(id);
    for (const parent of previous === undefined ? needs : [...needs, previous]) {
      labels.set(parent, undefined);
    }
    for (const edge of dag.edges ?? []) {
      if (edge.to === id) labels.set(edge.from, String(edge.when));
    }
    return [...labels].map(([parent, label]) => ({ node: node(parent), label }));
  }

  /** Of an edge: whether it lets its target go, forbids it, or has not been decided. */
  function verdict({ node: parent, label }: Parent, status: NodeStatus | undefined) {
    if (!isEnded(status)) return 'open';
    if (status === 'skipped') return 'skipped';
    if (status === 'completed') {
      const value = VALUES.get(parent.condition_expression ?? '');
      return label === undefined || label === value ? 'good' : 'skipped';
    }
    if (!isAllowedToFail(parent)) return 'failed';
    return label === undefined ? 'good' : 'skipped';
  }

  function decision(target: NodeInput, suffix: string, statusOf: StatusOf) {
    const parents = parentsOf(target);
    const statuses = parents.map((parent) => statusOf(parent.node.id + suffix));
    const verdicts = parents.map((parent, i) => verdict(parent, statuses[i]));
    const rule = target.dependency_condition ?? 'all';
    if (rule === 'any' && verdicts.includes('good')) return 'go';
    if (verdicts.includes('open')) return 'open';
    if (rule === 'all_done') return 'go';
    if (rule === 'conditional') return decided(target.condition_expression, statuses);
    if (verdicts.includes('failed')) return target.skip_on_failure ? 'skipped' : 'failed';
    return verdicts.includes('skipped') ? 'skipped' : 'go';
  }

  function finals(actual: StatusOf, ended: (id: string) => NodeStatus) {
    const known = new Map<string, NodeStatus>();
    const final = (target: NodeInput, suffix: string, isStarted: boolean): NodeStatus => {
      const id = target.id + suffix;
      const status = known.get(id) ?? decide(target, suffix, isStarted);
      known.set(id, status);
      return status;
    };
    const decide = (target: NodeInput, suffix: string, isStarted: boolean): NodeStatus => {
      const release = isStarted ? decision(target, suffix, finalOf(suffix)) : 'skipped';
      const id = target.id + suffix;
      const outcome = release === 'go' ? guarded(target, actual(id)) : release;
      if (outcome !== 'go') {
        skipChildren(target, suffix);
        return outcome === 'failed' ? 'failed' : 'skipped';
      }
      if (target.type === 'checkpoint') return 'completed';
      if (target.type === 'condition') return conditionEnd(target);
      return target.children === undefined ? ended(id) : group(target, suffix);
    };
    /** A parent stands beside its child, in the same item. */
    const finalOf = (suffix: string) => (id: string) => {
      const parent = node(id);
      return final(parent, suffix, hasStarted(parent, suffix));
    };
    const hasStarted = (target: NodeInput, suffix: string): boolean => {
      const around = groups.get(target.id);
      if (around === undefined) return true;
      const outer = around.for_each === undefined ? suffix : suffix.replace(/\[\d+\]$/, '');
      const release = hasStarted(around, outer) ? decision(around, outer, finalOf(outer)) : 'no';
      return release === 'go' && guarded(around, actual(around.id + outer)) === 'go';
    };
    const skipChildren = (target: NodeInput, suffix: string): void => {
      if (target.for_each !== undefined) return;
      for (const child of target.children ?? []) final(child, suffix, false);
    };
    const group = (target: NodeInput, suffix: string): NodeStatus => {
      const items = target.for_each === undefined ? undefined : LISTS.get(target.for_each);
      if (items === -1) return 'failed';
      const suffixes =
        items === undefined ? [suffix] : Array.from({ length: items }, (_, i) => `${suffix}[${i}]`);
      const isBad = suffixes.map((inner) =>
        (target.children ?? []).map((child) => isBadEnd(child, final(child, inner, true))),
      );
      return isBad.flat().includes(true) ? 'failed' : 'completed';
    };
    for (const target of dag.nodes) final(target, '', true);
    return known;
  }

  function mayStart(id: string, now: StatusOf): boolean {
    const target = node(id);
    for (let at = parentGroup(id); at !== undefined; at = parentGroup(at)) {
      if (now(at) !== 'running') return false;
    }
    return decision(target, id.slice(target.id.length), now) === 'go' && target.if !== false;
  }

  function parentGroup(id: string): string | undefined {
    const target = node(id);
    const around = groups.get(target.id);
    if (around === undefined) return undefined;
    const suffix = id.slice(target.id.length);
    return around.id + (around.for_each === undefined ? suffix : suffix.replace(/\[\d+\]$/, ''));
  }

  function isFailureOfRun(id: string, status: NodeStatus): boolean {
    if (!isBadEnd(node(id), status)) return false;
    for (let at = parentGroup(id); at !== undefined; at = parentGroup(at)) {
      if (isAllowedToFail(node(at))) return false;
    }
    return true;
  }

  return { finals, mayStart, node, parentGroup, isFailureOfRun };
}

function isAllowedToFail(node: NodeInput): boolean {
  return node.allow_failure ?? node.type === 'notification';
}

function isBadEnd(node: NodeInput, status: NodeStatus): boolean {
  return status !== 'completed' && status !== 'skipped' && !isAllowedToFail(node);
}

function conditionEnd(node: NodeInput): NodeStatus {
  return VALUES.get(node.condition_expression ?? '') === undefined ? 'failed' : 'completed';
}

/** A guard that reads what goes on beside it may say either; the other ones say one thing. */
function guarded(node: NodeInput, actual: NodeStatus | undefined) {
  switch (node.if) {
    case false:
    case 'params.no':
      return 'skipped';
    case 'params.two':
      return 'failed';
    case undefined:
    case true:
      return 'go';
    default:
      return actual === 'skipped' ? 'skipped' : 'go';
  }
}

function decided(expression: string | undefined, statuses: readonly unknown[]) {
  switch (expression) {
    case ALL_COMPLETED:
      return statuses.every((status) => status === 'completed') ? 'go' : 'skipped';
    case ONE_FAILED:
      return statuses.includes('failed') ? 'go' : 'skipped';
    case 'params.no':
      return 'skipped';
    default:
      return 'failed';
  }
}
