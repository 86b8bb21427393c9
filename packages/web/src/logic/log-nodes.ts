import { GRAPH_STATES, type GraphState, type JobGraph } from '@tenuto/contract';
import { NOT_THERE, type RunStates } from './run-states.ts';

type Nodes = Pick<JobGraph, 'node_ids'>;
type States = Pick<RunStates, 'codes' | 'instances'>;

/** The log of which node most people come for, the most wanted first. */
const WANTED: readonly (readonly GraphState[])[] = [
  ['failed', 'timeout'],
  ['running'],
  ['retrying'],
  ['completed'],
];

/** Ids of the nodes that a run has, in the order of its plan and then of their making. */
export function nodeIds({ node_ids: planned }: Nodes, { codes, instances }: States): string[] {
  const made = instances.map(({ node_id: id }) => id);
  return [...planned.filter((_, node) => codes[node] !== NOT_THERE), ...made];
}

/** The node whose log is shown while none is chosen. */
export function worthReading(nodes: Nodes, states: States): string | undefined {
  for (const wanted of WANTED) {
    const codes = wanted.map((state) => GRAPH_STATES.indexOf(state));
    const found = states.codes.findIndex((code) => codes.includes(code));
    if (found >= 0) return idOf(nodes, states, found);
  }
  return nodes.node_ids.find((_, node) => states.codes[node] !== NOT_THERE);
}

function idOf({ node_ids: planned }: Nodes, { instances }: States, node: number) {
  return planned[node] ?? instances.find((one) => one.node === node)?.node_id;
}
