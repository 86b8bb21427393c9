/** What comes before and behind the phases of a run. */
import type { PhasePlan } from './phased-input.ts';

type Ordered = Pick<PhasePlan, 'id' | 'needs'>;

/** The phases that have to be over before one begins. */
export function phasesBefore(phases: readonly Ordered[], id: string): ReadonlySet<string> {
  const byId = new Map(phases.map((phase) => [phase.id, phase]));
  return reached(id, (phase) => byId.get(phase)?.needs ?? []);
}

/** The phases that begin only once one is over. */
export function phasesBehind(phases: readonly Ordered[], id: string): ReadonlySet<string> {
  return reached(id, (phase) =>
    phases.filter(({ needs }) => needs.includes(phase)).map((next) => next.id),
  );
}

function reached(from: string, next: (id: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const one of next(at)) {
      if (found.has(one)) continue;
      found.add(one);
      open.push(one);
    }
  }
  return found;
}
