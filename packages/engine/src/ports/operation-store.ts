import type { Page, PageRequest } from './job-store.ts';

/**
 * `live`: it has been heard of within its lease. `silent`: not any more, and nobody has taken over
 * yet. `lost`: others have taken over. `stopped`: it went in good order, with nothing left.
 */
export type EngineStanding = 'live' | 'silent' | 'lost' | 'stopped';

/** An engine as it stands in the store; times in milliseconds since the epoch. */
export interface EngineRecord {
  readonly engineId: string;
  readonly name: string;
  readonly host: string | null;
  readonly pid: number | null;
  readonly version: string | null;
  readonly epoch: number;
  readonly standing: EngineStanding;
  readonly startedAt: number;
  readonly beatAt: number;
  readonly leaseMs: number;
  readonly stoppedAt: number | null;
  readonly lostAt: number | null;
  /** How many runs went back into the queue when it was taken over. */
  readonly releasedRuns: number | null;
  readonly ownedRuns: number;
  readonly runningNodes: number;
  readonly capacity: number | null;
  readonly slots: number | null;
  /** Where it stands among the others, newest start first. */
  readonly key: EnginePlace;
}

export interface EnginePlace {
  /** Microseconds since the epoch, as text: more than a number holds exactly. */
  readonly startedMicros: string;
  readonly engineId: string;
}

/** What there is to say about the database itself. */
export interface DatabaseFacts {
  readonly version: string;
  /** Of the last migration. */
  readonly schemaVersion: number;
  readonly connections: number;
  readonly mostConnections: number;
  /** Runs that wait for an engine to claim them, up to a bound. */
  readonly queuedRuns: number;
}

/** What those ask of the store who operate servers; throws as {@link JobStore} does. */
export interface OperationStore {
  /** Newest start first. */
  engines(
    filter: { readonly standing?: EngineStanding },
    page: PageRequest<EnginePlace>,
  ): Promise<Page<EngineRecord>>;
  database(): Promise<DatabaseFacts>;
}
