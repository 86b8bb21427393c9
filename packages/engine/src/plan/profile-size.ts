/** How much a profile unfolds to: few lines of it can be a graph that no memory holds. */
import type { Profile, ProfilePhase } from '@tenuto/contract';
import { AGENT_ACTION } from './profile-phase.ts';

/** What all agents of a profile may be told together of others, and of files that they are to leave. */
export const TOLD_MOST = 20_000;

/**
 * Counts what is written into the parameters of agents: each is told of all agents of all phases
 * before its own, of those that it needs, and of the files that are expected of it.
 * @param needs what each phase needs, by its id
 */
export function toldToAgents(
  { phases }: Profile,
  needs: ReadonlyMap<string, readonly string[]>,
): number {
  const agentsOf = new Map(phases.map(({ id, agents }) => [id, agents.length]));
  let told = 0;
  for (const phase of phases) {
    let before = 0;
    for (const id of phasesBehind(phase.id, needs)) before += agentsOf.get(id) ?? 0;
    told += toldInPhase(phase, before);
  }
  return told;
}

function toldInPhase({ agents, artifacts = [] }: ProfilePhase, before: number): number {
  let told = 0;
  for (const { uses = AGENT_ACTION, needs = [], artifacts: own } of agents) {
    if (uses !== AGENT_ACTION) continue;
    told += before + needs.length + Math.min(own?.length ?? artifacts.length, artifacts.length);
  }
  return told;
}

function phasesBehind(
  id: string,
  needs: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const need of needs.get(next) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      open.push(need);
    }
  }
  return found;
}
