import type { CircuitKey, CircuitRow, CircuitVerbs } from '@tenuto/engine';
import type { Rules } from './rules.ts';
import { ownerKey, type Tables } from './tables.ts';

export function readCircuits({ circuits }: Tables, keys: readonly CircuitKey[]): CircuitRow[] {
  return keys.flatMap(({ owner, key }) => {
    const row = circuits.get(ownerKey(owner, key));
    return row === undefined ? [] : [rowOf(row)];
  });
}

/** Compare and set: the slot of a probe is free again. */
export function saveCircuit(
  { circuits }: Tables,
  { row }: Parameters<CircuitVerbs['saveCircuit']>[0],
): CircuitRow | undefined {
  const id = ownerKey(row.owner, row.key);
  if ((circuits.get(id)?.version ?? 0) !== row.version) return undefined;
  const saved = { ...row, version: row.version + 1 };
  circuits.set(id, { ...saved, probeUntil: undefined });
  return saved;
}

export function claimProbe(
  { circuits }: Tables,
  { of, leaseMs }: Parameters<CircuitVerbs['claimProbe']>[0],
  { now, rules }: { readonly now: number; readonly rules: Rules },
): CircuitRow | undefined {
  const id = ownerKey(of.owner, of.key);
  const row = circuits.get(id);
  if (row === undefined) return undefined;
  const { circuit, probeUntil = 0 } = row;
  const due = circuit.state === 'open' && (circuit.openUntil ?? 0) <= now;
  const isFree = probeUntil <= now || !rules.probesTakeSlot;
  if (!due && !(circuit.state === 'half_open' && isFree)) return undefined;
  const successes = circuit.state === 'open' ? 0 : circuit.successes;
  const tried = { ...circuit, state: 'half_open', successes, openUntil: undefined } as const;
  const claimed = { ...rowOf(row), circuit: tried, version: row.version + 1 };
  circuits.set(id, { ...claimed, probeUntil: now + leaseMs });
  return claimed;
}

function rowOf({ owner, key, circuit, version }: CircuitRow): CircuitRow {
  return { owner, key, circuit, version };
}
