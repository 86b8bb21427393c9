/**
 * A profile as a graph. Each phase P is
 *
 *   P/start -> P/next -> P/<agent> ... -> P/approve-<gate> ... -> P/gates -> the phases that need P
 *
 * where `P/start` is a checkpoint (a rollback to the phase returns there), `P/next` waits to be told
 * to go on and is absent in phases that go on by themselves, and `P/gates` fails when a gate blocks.
 */
import type { DagInput, Profile, ProfilePhase } from '@tenuto/contract';
import type { PhasePlan } from './phased-input.ts';
import type { OrderedPhase, PlacedNode } from './profile-parts.ts';
import { phaseNodes } from './profile-phase.ts';

/** A profile as it is run. */
export interface ProfileGraph {
  readonly dag: DagInput;
  /** Its phases in an order in which each stands behind those that it needs. */
  readonly phases: readonly PhasePlan[];
  /** Leads from a place in the graph to one in the profile. */
  placeOf(path: string): string;
}

/**
 * Compiles a profile that has no problems (see `profileProblems`) to a graph.
 * @param autoAdvance what the run says about all its phases; undefined, phase and profile say it
 */
export function profileGraph(profile: Profile, autoAdvance: boolean | undefined): ProfileGraph {
  const ordered = orderPhases(profile.phases);
  const placed: PlacedNode[] = [];
  const phases: PhasePlan[] = [];
  for (const { phase, index, needs } of ordered) {
    const goesOn = autoAdvance ?? phase.auto_advance ?? profile.auto_advance ?? false;
    const before = ancestors(ordered, phase.id);
    placed.push(...phaseNodes({ profile, phase, index, needs, before, waits: !goesOn }));
    phases.push(planOf(phase, needs, !goesOn));
  }
  return { dag: { nodes: placed.map(({ node }) => node) }, phases, placeOf: placesOf(placed) };
}

function planOf(phase: ProfilePhase, needs: readonly string[], waits: boolean): PhasePlan {
  const { id, name, agents, gates = [], artifacts = [], budget } = phase;
  return {
    ...{ id, name: name ?? id, needs, waits, agents: agents.map((agent) => agent.id) },
    gates: gates.map(({ id: gateId, type, severity = 'error' }) => ({
      id: gateId,
      type,
      severity,
    })),
    expectedArtifacts: artifacts.length,
    ...(budget !== undefined && { budget }),
  };
}

/** Phases with their needs, each behind those that it needs; those of a cycle are left out. */
export function orderPhases(phases: readonly ProfilePhase[]): readonly OrderedPhase[] {
  const open = phases.map((phase, index) => ({ phase, index, needs: needsOf(phases, index) }));
  const ordered: OrderedPhase[] = [];
  const done = new Set<string>();
  for (;;) {
    const at = open.findIndex(({ needs }) => needs.every((need) => done.has(need)));
    const [next] = at < 0 ? [] : open.splice(at, 1);
    if (next === undefined) return ordered;
    done.add(next.phase.id);
    ordered.push(next);
  }
}

/** The ids of the phases that a phase needs. */
function needsOf(phases: readonly ProfilePhase[], index: number): readonly string[] {
  const written = phases[index]?.needs;
  if (written !== undefined) return [...new Set(written)];
  const before = phases[index - 1];
  return before === undefined ? [] : [before.id];
}

/** What each phase needs, by its id, in the order in which they are written. */
export function needsOfPhases(
  phases: readonly ProfilePhase[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(phases.map(({ id }, i) => [id, needsOf(phases, i)]));
}

/** All phases that have to be over before one begins, in order. */
function ancestors(ordered: readonly OrderedPhase[], id: string): readonly OrderedPhase[] {
  const wanted = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const need of ordered.find(({ phase }) => phase.id === next)?.needs ?? []) {
      if (wanted.has(need)) continue;
      wanted.add(need);
      open.push(need);
    }
  }
  return ordered.filter(({ phase }) => wanted.has(phase.id));
}

function placesOf(placed: readonly PlacedNode[]): (path: string) => string {
  return (path) => {
    const found = /^\/nodes\/(\d+)(.*)$/s.exec(path);
    const at = placed[Number(found?.[1] ?? -1)];
    if (at === undefined) return '/phases';
    const rest = found?.[2] ?? '';
    for (const [field, written] of Object.entries(at.fields ?? {})) {
      if (rest === field || rest.startsWith(`${field}/`)) {
        return `${at.place}${written}${rest.slice(field.length)}`;
      }
    }
    return `${at.place}${rest}`;
  };
}
