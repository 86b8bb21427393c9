/** A graph of a profile in which phases are not executed: what they left is given. */
import type { DagInput, JsonObject, NodeInput } from '@tenuto/contract';
import type { PhasePlan } from '../ports/phased-input.ts';
import { agentOf, approvalOf, gatesOf, nextOf, startOf } from './profile-phase.ts';

/** Ids of the nodes of a phase whose outputs say what it has left. */
export function resultNodes({ id, agents }: PhasePlan): readonly string[] {
  return [...agents.map((agent) => agentOf(id, agent)), gatesOf(id)];
}

/**
 * The same graph with `kept` phases taken as done: the results of their nodes come from
 * `params.kept`, by node id.
 */
export function keepPhases(
  dag: DagInput,
  phases: readonly PhasePlan[],
  kept: ReadonlySet<string>,
): DagInput {
  const given = new Map<string, string>();
  const gone = new Set<string>();
  for (const phase of phases.filter(({ id }) => kept.has(id))) {
    for (const id of resultNodes(phase)) given.set(id, startOf(phase.id));
    gone.add(nextOf(phase.id));
    for (const gate of [undefined, ...phase.gates.map(({ id }) => id)]) {
      gone.add(approvalOf(phase.id, gate));
    }
  }
  for (const id of given.keys()) gone.delete(id);
  const nodes = dag.nodes
    .filter(({ id }) => !gone.has(id))
    .map((node) => {
      const start = given.get(node.id);
      return start === undefined ? node : resultNode(node, start);
    });
  return { ...dag, nodes };
}

/** Yields what the node had put out in the run that it is taken from. */
function resultNode({ id, description }: NodeInput, start: string): NodeInput {
  const expression = `params.kept[${JSON.stringify(id)}]`;
  return {
    ...{ id, uses: 'transform.cel', with: { expression } satisfies JsonObject },
    parent_nodes: [start],
    ...(description !== undefined && { description }),
  };
}

/** The phases that have to be over before one begins; undefined for one that is not there. */
export function phasesBefore(
  phases: readonly PhasePlan[],
  id: string,
): ReadonlySet<string> | undefined {
  const byId = new Map(phases.map((phase) => [phase.id, phase]));
  if (!byId.has(id)) return undefined;
  const before = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const need of byId.get(next)?.needs ?? []) {
      if (before.has(need)) continue;
      before.add(need);
      open.push(need);
    }
  }
  return before;
}
