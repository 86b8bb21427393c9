import type { DatabaseClock } from './database-clock.ts';
import type { EngineLog } from './engine-log.ts';
import type { Lease } from './lease.ts';
import type { ActionRunner } from './ports/action-runner.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { EngineHealth } from './ports/engine-api.ts';
import type { EngineAbout, EngineStore } from './ports/store.ts';
import type { RunTable } from './run-table.ts';

export interface EngineOptions {
  readonly engineId: string;
  readonly name: string;
  readonly store: EngineStore;
  readonly runner: ActionRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: EngineLog;
  /** Runs in memory at once; what is beyond waits in the database for any engine. */
  readonly capacity?: number;
  /** Attempts at once in this engine. */
  readonly slots?: number;
  /** Connections that the journal writes over. */
  readonly lanes?: number;
  readonly leaseMs?: number;
  /** A run that has nothing to do for longer than that leaves memory. */
  readonly parkAfterMs?: number;
  /** Where it runs, and what. */
  readonly about?: Pick<EngineAbout, 'host' | 'pid' | 'version'>;
  /** The engine's previous process under this id is proven dead. */
  readonly previousIsDead?: boolean;
}

const DEFAULTS = { capacity: 500, slots: 500, lanes: 1, leaseMs: 10_000, parkAfterMs: 60_000 };

export type EngineSettings = EngineOptions & typeof DEFAULTS;

export function withDefaults(options: EngineOptions): EngineSettings {
  return { ...DEFAULTS, ...options };
}

/** What the parts of an engine share. */
export interface EngineState {
  readonly settings: EngineSettings;
  readonly lease: Lease;
  /** On database time. */
  readonly clock: DatabaseClock;
  readonly table: RunTable;
  status: EngineHealth['status'];
  /** Why the database cannot be reached, while it cannot. */
  trouble: string | undefined;
  epoch: number;
  /** Other engines on this database. */
  peers: number;
  /** The registration under a new epoch that is under way. */
  beginning: Promise<void> | undefined;
}
