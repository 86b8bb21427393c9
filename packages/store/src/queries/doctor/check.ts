import type { DoctorCheck } from '@tenuto/engine';
import type { Repair } from './repair.ts';

/** A check as a query: what it finds is evidence. */
export interface Check extends Omit<DoctorCheck, 'repair'> {
  /**
   * SQL that answers evidence as `subject` and `detail`, both text. It walks no history: what it
   * reads, it reads by an index, from the sample, or up to a bound.
   */
  find(scope: Scope): string;
  readonly repair?: Repair;
}

/** What the query of a check may be bounded by. */
export interface Scope {
  /** The runs of the sample, as rows with a `run_id`. */
  sample(): string;
  /** How many rows of a table are looked at, where only a part is. */
  rows(): string;
}

/**
 * The live rows `r` of runs in `t`: looked up one by one. A plain join may be turned around, and
 * walk through all that waits.
 */
export const LIVE = `cross join lateral (
  select r.* from run_live r where r.run_id = t.run_id offset 0) r`;
