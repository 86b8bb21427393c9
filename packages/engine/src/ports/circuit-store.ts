import type { Circuit, CircuitSettings } from '../retry/index.ts';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** A circuit belongs to the owner of the runs that it guards. */
export interface CircuitKey {
  readonly owner: string;
  readonly key: string;
}

export interface CircuitRow extends CircuitKey {
  readonly circuit: Circuit;
  /** Rises with every change. */
  readonly version: number;
}

/** What engines need of the store to share circuits; throws StoreFault. */
export interface CircuitVerbs {
  /** Those of the circuits that have ever been written. */
  circuits(keys: readonly CircuitKey[]): Promise<readonly CircuitRow[]>;
  /**
   * Writes a circuit if it is still at the version that was read (0: there is none yet), and gives
   * back the slot of a probe.
   * @returns the row as it is then, or undefined when somebody else was first
   */
  saveCircuit(change: {
    readonly row: CircuitRow;
    readonly settings: CircuitSettings;
  }): Promise<CircuitRow | undefined>;
  /**
   * Takes the one slot for a probe of a circuit that may be tried, for some time.
   * @returns the row, half open, or undefined when it is not to be had
   */
  claimProbe(claim: {
    readonly of: CircuitKey;
    readonly engineId: string;
    readonly leaseMs: number;
  }): Promise<CircuitRow | undefined>;
}

export interface CircuitRecord extends CircuitRow {
  readonly settings: CircuitSettings;
  readonly reason: string | null;
  readonly changedBy: string | null;
  /** Whether a probe is under way. */
  readonly probing: boolean;
  readonly updatedAt: number;
}

export interface CircuitFilter {
  readonly state?: Circuit['state'];
  readonly keyPrefix?: string;
}

interface CircuitChange {
  readonly key: string;
  readonly reason?: string;
  readonly audit: AuditEntry;
}

/** What the API asks of the store about circuits; throws as {@link JobStore} does. */
export interface CircuitStore {
  circuit(access: Access, key: string): Promise<CircuitRecord | undefined>;
  /** By key. */
  list(
    access: Access,
    filter: CircuitFilter,
    page: PageRequest<string>,
  ): Promise<Page<CircuitRecord>>;
  /** Opens a circuit by hand until a time; one that nothing has used yet is made. */
  trip(
    access: Access,
    change: CircuitChange & { readonly openUntil: number },
  ): Promise<CircuitRecord>;
  /** Closes a circuit by hand; undefined when there is none. */
  reset(access: Access, change: CircuitChange): Promise<CircuitRecord | undefined>;
}
