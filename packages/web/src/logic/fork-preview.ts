import type { JsonObject } from '@tenuto/contract';
import { type RunGraph, rowOf } from './run-graph.ts';
import { NOT_THERE, type RunStates, stateOf } from './run-states.ts';

interface Choice {
  readonly from: string | undefined;
  /** Ids of nodes that are to be other ones. */
  readonly nodes: readonly string[];
  /** Names of parameters that are to be other ones. */
  readonly params: readonly string[];
}

/** What of a plan is looked at here. */
interface Planned {
  readonly nodes?: unknown;
}

interface Known {
  readonly node_id: string;
  readonly status: string;
  readonly parent_nodes: readonly string[];
}

/** The nodes of a run, as far as what runs again depends on them. */
export function nodesOf({ ids, parents }: RunGraph, states: RunStates): readonly Known[] {
  return ids.flatMap((id, node) => {
    if (states.codes[node] === NOT_THERE) return [];
    const before = Array.from(rowOf(parents, node), (parent) => ids[parent] ?? '');
    return [{ node_id: id, status: stateOf(states, node), parent_nodes: before }];
  });
}

/**
 * Ids of the nodes that a fork runs again, by the edges and by what the plan says of parameters. The
 * server decides; it also follows names.
 */
export function runsAgain(
  nodes: readonly Known[],
  plan: Planned | undefined,
  { from, nodes: changed, params }: Choice,
): ReadonlySet<string> {
  if (from === undefined) return new Set(nodes.map(({ node_id }) => node_id));
  const again = new Set<string>([from, ...changed, ...readersOf(plan, params)]);
  for (const { node_id: id, status } of nodes) if (status !== 'completed') again.add(id);
  const below = new Map<string, string[]>();
  for (const { node_id: id, parent_nodes: parents } of nodes) {
    for (const parent of parents) below.set(parent, [...(below.get(parent) ?? []), id]);
  }
  for (const id of again) for (const child of below.get(id) ?? []) again.add(child);
  const known = new Set(nodes.map(({ node_id }) => node_id));
  return new Set([...again].filter((id) => known.has(id)));
}

function readersOf(plan: Planned | undefined, params: readonly string[]): readonly string[] {
  const { nodes } = plan ?? {};
  if (!Array.isArray(nodes) || params.length === 0) return [];
  return nodes.flatMap((node: unknown) => {
    if (!isObject(node) || typeof node.id !== 'string') return [];
    const text = JSON.stringify(node);
    return params.some((name) => text.includes(`params.${name}`)) ? [node.id] : [];
  });
}

/** A text that has to be a JSON object; an empty one is none. */
export function readObject(text: string): { value?: JsonObject; problem?: string } {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { value } : { problem: '{ … }' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
