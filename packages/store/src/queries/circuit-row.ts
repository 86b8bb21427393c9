import type { Circuit, CircuitRow } from '@tenuto/engine';

/** A circuit as its row says; times come as milliseconds, whole to the microsecond. */
export interface StoredCircuit {
  readonly owner: string;
  readonly key: string;
  readonly state: Circuit['state'];
  readonly failures: number;
  readonly successes: number;
  readonly open_until: number | null;
  readonly slices: Circuit['slices'];
  readonly version: number;
}

export const CIRCUIT_COLUMNS = `c.owner, c.key, c.state, c.failures, c.successes,
  (extract(epoch from c.open_until) * 1000)::float8 as open_until, c.slices, c.version`;

export function circuitRow(row: StoredCircuit): CircuitRow {
  const { owner, key, state, failures, successes, slices, version } = row;
  const openUntil = row.open_until ?? undefined;
  return { owner, key, version, circuit: { state, failures, successes, openUntil, slices } };
}
