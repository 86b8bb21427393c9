/** Graphs and their states, made of names: for tests. */
import { GRAPH_STATES, type GraphState, type JobGraph, type JobGraphState } from '@tenuto/contract';
import { type Instance, type RunGraph, runGraphOf } from './run-graph.ts';

export interface PlanNode {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly uses?: string;
  readonly group?: string;
  readonly pattern?: string;
}

/** A plan as the server tells it; the longest way to each node is its level. */
export function planOf(nodes: readonly PlanNode[], labels: JobGraph['edges']['labels'] = []) {
  const at = new Map(nodes.map(({ id }, node) => [id, node]));
  const levels: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  nodes.forEach(({ needs = [] }, node) => {
    const parents = needs.map((need) => at.get(need) ?? 0);
    levels.push(parents.reduce((most, parent) => Math.max(most, (levels[parent] ?? 0) + 1), 0));
    from.push(...parents);
    to.push(...parents.map(() => node));
  });
  const names = [...new Set(nodes.map(({ uses = 'work' }) => uses))];
  const column = (of: (node: PlanNode) => string | undefined) =>
    nodes.some((node) => of(node) !== undefined)
      ? nodes.map((node) => at.get(of(node) ?? '') ?? -1)
      : [];
  const plan: JobGraph = {
    ...{ job_id: '', plan_hash: '', node_ids: nodes.map(({ id }) => id), levels },
    ...{ types: nodes.map(() => 0), type_names: ['action'], action_names: names },
    uses: nodes.map(({ uses = 'work' }) => names.indexOf(uses)),
    groups: column(({ group }) => group),
    patterns: column(({ pattern }) => pattern),
    edges: { from, to, labels },
    critical_path: [],
  };
  return plan;
}

export function graphFrom(
  nodes: readonly PlanNode[],
  instances: readonly Instance[] = [],
): RunGraph {
  return runGraphOf(planOf(nodes), instances);
}

export const codeOf = (state: GraphState): number => GRAPH_STATES.indexOf(state);

/** An answer about the nodes 0, 1, 2 and so on. */
export function answer(
  states: readonly GraphState[],
  more: Partial<JobGraphState> = {},
): JobGraphState {
  return {
    ...{ mark: 'm.1.1', whole: true, more: false, status: 'running', base_ms: 1_000 },
    nodes: {
      node: states.map((_, node) => node),
      state: states.map(codeOf),
      attempts: states.map(() => 1),
    },
    ...{ instances: [], waits: [], running: [] },
    attempts: { node: [], attempt: [], state: [], started: [], ended: [] },
    ...more,
  };
}
