import type { EngineIdentity, Peer } from '@tenuto/engine';
import type { Rules } from './rules.ts';
import type { Tables } from './tables.ts';

/** Makes or renews an engine's fences under a higher epoch. */
export function register(
  tables: Tables,
  { engineId, lanes, leaseMs }: EngineIdentity,
  rules: Rules,
): number {
  const fences = tables.fences.get(engineId) ?? new Map();
  tables.fences.set(engineId, fences);
  const highest = Math.max(0, ...[...fences.values()].map((fence) => fence.epoch));
  const epoch = rules.registerRaisesEpoch ? highest + 1 : Math.max(1, highest);
  for (const lane of fences.keys()) fences.set(lane, { epoch, alive: false });
  for (let lane = 0; lane < lanes; lane += 1) fences.set(lane, { epoch, alive: true });
  tables.beats.set(engineId, (tables.beats.get(engineId) ?? 0) + 1);
  tables.leases.set(engineId, leaseMs);
  tables.stopped.delete(engineId);
  return epoch;
}

/** Whether one of the engine's fences stands under that epoch: what all but the journal ask. */
export function stands(tables: Tables, engineId: string, epoch: number): boolean {
  const fences = tables.fences.get(engineId)?.values() ?? [];
  return [...fences].some((fence) => fence.alive && fence.epoch === epoch);
}

/** Whether any of the engine's fences stands. */
export function isAlive(tables: Tables, engineId: string): boolean {
  return [...(tables.fences.get(engineId)?.values() ?? [])].some((fence) => fence.alive);
}

export function beat(tables: Tables, engineId: string, epoch: number): boolean {
  if (!stands(tables, engineId, epoch)) return false;
  tables.beats.set(engineId, (tables.beats.get(engineId) ?? 0) + 1);
  return true;
}

export function peers(tables: Tables, engineId: string): Peer[] {
  const found: Peer[] = [];
  for (const [other, count] of tables.beats) {
    if (other === engineId || !isAlive(tables, other)) continue;
    found.push({ engineId: other, beat: count, leaseMs: tables.leases.get(other) ?? 0 });
  }
  return found;
}

/** Takes down the fences of an engine that has nothing left; else it stays, to be taken over. */
export function retire(
  tables: Tables,
  { engineId, epoch, rules }: { engineId: string; epoch: number; rules: Rules },
): void {
  const owns = [...tables.live.values()].some((row) => row.engine === engineId);
  if (owns && rules.retireAsksRuns) return;
  for (const fence of tables.fences.get(engineId)?.values() ?? []) {
    if (fence.epoch !== epoch) continue;
    fence.alive = false;
    tables.stopped.add(engineId);
  }
}
