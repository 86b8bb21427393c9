import type {
  ArtifactType,
  AttemptKind,
  AttemptStatus,
  JsonObject,
  RunStatus,
} from '@tenuto/contract';
import type { JournalEntry, RunJournal } from '../run/journal-entry.ts';
import type { CircuitVerbs } from './circuit-store.ts';
import type { AuditEntry, Submission } from './engine-api.ts';
import type { InboxItem } from './inbox.ts';
import type { ReportedTest } from './reported-test.ts';

/** A run's id in both of its forms; the bytes go to the database. */
export interface RunId {
  readonly text: string;
  readonly bytes: Uint8Array;
}

export interface SubmitRow {
  readonly runId: RunId;
  readonly submission: Submission;
  readonly createdAt: number;
  readonly status: RunStatus;
  /** Owned by the engine of the flush from the start, or left for any engine to claim. */
  readonly owned: boolean;
}

export interface AttemptRow {
  readonly runId: RunId;
  readonly seq: number;
  readonly node: number;
  readonly attempt: number;
  readonly generation: number;
  readonly kind: AttemptKind;
  readonly status: AttemptStatus;
  /** JSON text. */
  readonly output?: string | undefined;
  /** SHA-256 of an output that is stored apart. */
  readonly outputRef?: Uint8Array | undefined;
  /** JSON text of a NodeError. */
  readonly error?: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly retryAt?: number | undefined;
  /** JSON text of a RecoveryStep. */
  readonly recovery?: string | undefined;
  /** Whether the attempt has a row in `started`, to be deleted; known when the batch is made. */
  promoted: boolean;
}

export interface EventRow {
  readonly runId: RunId;
  readonly seq: number;
  readonly at: number;
  readonly type: JournalEntry['event']['type'] | 'late' | 'refused' | 'transition';
  readonly body: JsonObject;
}

export interface StartedRow {
  readonly runId: RunId;
  readonly node: number;
  readonly attempt: number;
  readonly startedAt: number;
}

/** What came of the nodes of a run that ran under a stored retry policy; see policy-tally.ts. */
export interface PolicySample {
  readonly policyId: string;
  readonly version: number;
  readonly nodes: number;
  readonly completed: number;
  readonly attempts: number;
  readonly retried: number;
  readonly recovered: number;
}

/** What a run that ends adds to the counts of its day; see run-tally.ts. */
export interface EndTally {
  readonly owner: string;
  readonly kind: 'job' | 'phased' | 'task';
  readonly taskId: string | undefined;
  /** `2026-01-15`, in UTC. */
  readonly day: string;
  /** See `bucketOf`. */
  readonly bucket: number;
  readonly durationMs: number;
}

/** A change of an owned run's row. Each says which inbox the owner has seen. */
export type RunUpdate =
  | {
      readonly kind: 'finish';
      readonly runId: RunId;
      readonly inboxSeq: number;
      readonly status: RunStatus;
      readonly completedAt: number;
      readonly progress: string;
      /** JSON text: whom the run itself has asked to be told of this end. */
      readonly targets?: string | undefined;
      /** Written only if the run is ended by this. */
      readonly samples?: readonly PolicySample[];
      /** Counted only if the run is ended by this. */
      readonly tally?: EndTally;
    }
  /** Gives the run up: to nobody, until `wakeAt` (parking) or at once (handing back). */
  | {
      readonly kind: 'release';
      readonly runId: RunId;
      readonly inboxSeq: number;
      readonly status: RunStatus;
      readonly wakeAt: number;
      readonly progress: string;
    }
  | {
      readonly kind: 'progress';
      readonly runId: RunId;
      readonly status: RunStatus;
      readonly progress: string;
    };

/**
 * A row of a table that few flushes write to, under its column names; the kind says which table,
 * and whether the row is new.
 */
export interface Aside {
  readonly kind: AsideKind;
  readonly row: JsonObject;
}
export type AsideKind =
  | 'recovery'
  | 'recovery_audit'
  | 'intervention'
  | 'intervention_closed'
  | 'effect'
  | 'effect_ended';

export interface InboxRow {
  readonly runId: RunId;
  readonly seq: number;
}

/** What one flush commits, all or nothing. */
export interface Batch {
  readonly seq: number;
  readonly floorSeq: number;
  /** 22 bytes a start: run id, node (u32 big endian), attempt (u16 big endian). */
  readonly starts: Uint8Array;
  readonly submits: readonly SubmitRow[];
  readonly attempts: readonly AttemptRow[];
  readonly events: readonly EventRow[];
  readonly started: readonly StartedRow[];
  readonly updates: readonly RunUpdate[];
  readonly consumed: readonly InboxRow[];
  readonly audits: readonly AuditRow[];
  readonly asides: readonly Aside[];
}

export interface AuditRow {
  readonly id: Uint8Array;
  readonly at: number;
  readonly entry: AuditEntry;
}

export interface FlushResult {
  /**
   * `committed`, now or by an earlier copy of the same batch; `fenced`: the lane belongs to nobody
   * or to a later epoch and nothing was written; `gap`: the batch before this one is missing, so
   * the database has lost history.
   */
  readonly outcome: 'committed' | 'fenced' | 'gap';
  /** Submitted runs that were not stored because their idempotency key was used before. */
  readonly duplicates: readonly string[];
  /** Runs with a finish or release that did not take: not owned any more, or the inbox grew. */
  readonly refused: readonly string[];
}

/** The journal's way into the database: one connection, one statement a flush. */
export interface Lane {
  /**
   * Commits a batch. Sending the same batch again is harmless; that is how an ambiguous commit is
   * resolved.
   * @throws StoreFault; `kind` says whether to send again or to look for the row that is wrong.
   */
  flush(batch: Batch): Promise<FlushResult>;
  close(): Promise<void>;
}

export type StoreFaultKind = 'unavailable' | 'rejected';

/** A failure of the database, told apart by what the caller can do. */
export class StoreFault extends Error {
  /** `unavailable`: send again later. `rejected`: the same statement will fail again. */
  readonly kind: StoreFaultKind;

  constructor(kind: StoreFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreFault';
    this.kind = kind;
  }
}

/** A run that an engine has come to own, with all it needs to go on. */
export interface OwnedRun {
  readonly planHash: string;
  readonly submission: Omit<Submission, 'plan'>;
  readonly journal: RunJournal;
  /** Milliseconds the run has spent with nothing to do but wait. */
  readonly idleMs: number;
  readonly status: RunStatus;
  /** Number of the last line that the run's journal has, those that replay leaves out included. */
  readonly lastSeq: number;
  readonly inboxSeq: number;
  readonly inbox: readonly InboxItem[];
}

/** A peer that has not stopped, with the count its heartbeat has reached. */
export interface Peer {
  readonly engineId: string;
  readonly beat: number;
  /** How long it may be silent, as it has said itself. */
  readonly leaseMs: number;
}

export interface EngineIdentity {
  readonly engineId: string;
  readonly name: string;
  readonly lanes: number;
  readonly leaseMs: number;
  readonly about?: EngineAbout;
}

/** What an engine tells people of itself. */
export interface EngineAbout {
  readonly host?: string;
  readonly pid?: number;
  readonly version?: string;
  readonly capacity?: number;
  readonly slots?: number;
}

/** What an engine has to do just now; for people, too. */
export interface EngineLoad {
  readonly runningNodes: number;
}

/** What the engine needs of the database besides its journal. All of it throws StoreFault. */
export interface EngineStore extends CircuitVerbs {
  /** Makes the engine's fences; an identity that was used before gets a higher epoch. */
  register(identity: EngineIdentity): Promise<{ readonly epoch: number }>;
  openLane(lane: { engineId: string; lane: number; epoch: number }): Promise<Lane>;
  /** Counts the heartbeat up; false when the engine has been taken over. */
  beat(engineId: string, epoch: number, load?: EngineLoad): Promise<boolean>;
  peers(engineId: string): Promise<readonly Peer[]>;
  /**
   * Fences an engine off and releases its runs. `seenBeat` is the count it was seen to stand still
   * at; undefined when its process is known to be dead.
   * @returns how many runs were released; undefined when it has renewed after all, or when none of
   *   its fences stands.
   */
  takeOver(engineId: string, seenBeat: number | undefined): Promise<number | undefined>;
  /** Marks an engine that stopped in good order, with nothing left to take over. */
  retire(engineId: string, epoch: number): Promise<void>;
  claim(by: { engineId: string; epoch: number; limit: number }): Promise<readonly string[]>;
  /** Reads owned runs whole, those of the list that are still owned by the engine. */
  readOwned(engineId: string, runIds: readonly string[]): Promise<readonly OwnedRun[]>;
  ownedRunIds(engineId: string): Promise<readonly string[]>;
  /** Inbox items of the engine's runs. */
  inbox(engineId: string): Promise<readonly InboxItem[]>;
  /** Final states of those of the runs that are over. */
  outcomes(runIds: readonly string[]): Promise<readonly { runId: string; status: RunStatus }[]>;
  /**
   * Lets the default of each intervention whose deadline has passed be what was decided, and tells
   * its run.
   * @returns how many
   */
  expireInterventions(): Promise<number>;
  /** Puts a cancel into the inboxes of runs that others own. */
  requestCancel(runIds: readonly string[], reason: string): Promise<void>;
  plan(hash: string): Promise<string>;
  putPlan(hash: string, document: string, nodeCount: number): Promise<void>;
  putBlobs(blobs: readonly { hash: Uint8Array; bytes: Uint8Array }[]): Promise<void>;
  /** Stores files that an attempt leaves, their bytes first; those that are there already stay. */
  putArtifacts(artifacts: readonly ArtifactRow[]): Promise<void>;
  putLogs(rows: readonly LogRow[]): Promise<void>;
  /**
   * Stores results of tests and counts them into what is known of each test; those that are there
   * already change nothing.
   */
  putTestResults(results: AttemptTests): Promise<void>;
  /** Makes partitions ahead of time and drops batches and strays that nothing needs any more. */
  maintain(): Promise<void>;
  /** Milliseconds since the epoch by the database's clock. */
  databaseTime(): Promise<number>;
}

export interface ArtifactRow {
  readonly runId: RunId;
  readonly node: number;
  readonly nodeId: string;
  readonly attempt: number;
  /** The name that its action gave it. */
  readonly name: string;
  /** Among all files of the run; see `checkPath`. */
  readonly path: string;
  readonly phase?: string;
  readonly type: ArtifactType;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array;
}

export interface LogRow {
  readonly runId: RunId;
  readonly node: number;
  readonly attempt: number;
  readonly seq: number;
  readonly at: number;
  readonly stream: string;
  readonly text: string;
}

/** Results of tests of one attempt, all of them or a part. */
export interface AttemptTests {
  readonly runId: RunId;
  readonly nodeId: string;
  readonly attempt: number;
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many there are in all: until then the attempt's results are not complete. */
  readonly total: number;
  readonly results: readonly TestRow[];
}

export interface TestRow {
  readonly testId: string;
  /** Place in the report: with the attempt, what makes a result the same result. */
  readonly position: number;
  /** Which of several tests of one identity in the report it is. */
  readonly occurrence: number;
  readonly test: ReportedTest;
}
