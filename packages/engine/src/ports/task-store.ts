import type {
  FiringOrigin,
  FiringOutcome,
  FiringReason,
  RunStatus,
  ScheduleKind,
  TaskDefinition,
  TaskOrder,
  TaskPayload,
  TaskStatus,
} from '@tenuto/contract';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** Where a task stands: what changes with its firings. Times in milliseconds since the epoch. */
export interface TaskStanding {
  readonly status: TaskStatus;
  /** The next firing that its schedule expects; null when there is none. */
  readonly tickAt: number | null;
  /** When it is made: later by jitter, or because it was snoozed. */
  readonly dueAt: number | null;
  readonly snoozed: boolean;
  readonly snoozeReason: string | null;
  readonly pausedAt: number | null;
  readonly lastFiredAt: number | null;
  /** Runs that its trigger has made; those that were asked for do not count. */
  readonly fired: number;
  /** Of a condition: what the last look has found. */
  readonly conditionHolds: boolean | null;
  /** The run that is finding out whether the condition holds. */
  readonly probeRun: string | null;
}

/** A task as a scheduler sees it. */
export interface ScheduledTask extends TaskStanding {
  readonly taskId: string;
  /** Grows with every change that others decide by; who changes it says which turn it has seen. */
  readonly turn: number;
  readonly definition: TaskDefinition;
  readonly createdAt: number;
  /** Runs of it that go on, when they were counted last: they can only have become fewer. */
  readonly live: number;
  /** Firings that wait for their turn. */
  readonly queued: number;
}

/** A task as people see it. */
export interface TaskRecord extends ScheduledTask {
  readonly owner: string;
  readonly payload: TaskPayload;
  /** Grows with what people change. */
  readonly version: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** What comes of one firing. */
export interface Firing {
  /** With `at` unique within the task; both follow from what called for the firing. */
  readonly key: string;
  readonly at: number;
  /** The time that it stands for. */
  readonly tick: number;
  readonly dueAt: number;
  readonly origin: FiringOrigin;
  readonly outcome: FiringOutcome;
  readonly reason: FiringReason | null;
  /** Of what is fired, and of what is coalesced into that: which of the new runs it is. */
  readonly run?: number;
  readonly eventId?: string;
  readonly triggeredBy: string;
  /** JSON members that the run is given besides the task's own input; of a fired or queued one. */
  readonly extra: string;
  /** No other firing of the owner's under this key for so long; else it is skipped. */
  readonly dedupe?: { readonly key: string; readonly windowSeconds: number };
}

/** The next turn of a task: where it stands from then on, and what was fired. */
export interface TaskTurn {
  readonly taskId: string;
  /** The turn that was seen; at any other nothing happens. */
  readonly turn: number;
  /** `fired` is counted up by the store: a key that was used before takes runs away again. */
  readonly standing: Omit<TaskStanding, 'fired'>;
  readonly firings: readonly Firing[];
  /** Whether runs that go on are cancelled. */
  readonly cancelPrevious?: boolean;
  /** Others may go on from what they have seen: it counts as no turn. */
  readonly quiet?: boolean;
  /** Starts a run of the probe, as `standing.probeRun` from then on. */
  readonly startProbe?: boolean;
}

/** A turn that was taken, with the runs that it has made, in their order. */
export interface TakenTurn {
  readonly taskId: string;
  readonly runIds: readonly string[];
}

/** A probe that is over. */
export interface EndedProbe {
  readonly taskId: string;
  readonly runId: string;
  /** What the condition came to; null when the probe, or the condition, has failed. */
  readonly holds: boolean | null;
}

/**
 * What a scheduler asks of the store. Several work side by side: a turn is taken by one of them.
 * All of it throws StoreFault.
 */
export interface ScheduleStore {
  /** Tasks with a firing that is due before `withinMs` from now, soonest first. */
  due(within: {
    readonly withinMs: number;
    readonly limit: number;
  }): Promise<{ readonly now: number; readonly tasks: readonly ScheduledTask[] }>;
  /** Those of the tasks that are there, as they stand now. */
  standing(taskIds: readonly string[]): Promise<readonly ScheduledTask[]>;
  /** Takes turns, each whole or not at all. */
  take(turns: readonly TaskTurn[]): Promise<readonly TakenTurn[]>;
  /**
   * Lets firings that wait become runs, as far as overlap policies and concurrency keys allow.
   * @returns how many became runs
   */
  release(): Promise<number>;
  /** Tasks whose probe is over. */
  probes(limit: number): Promise<readonly EndedProbe[]>;
  /** Makes room in the history for firings as far back as any task may be behind. */
  makeRoom(): Promise<void>;
  /** Sums up what runs have come to, and forgets what is over its time. */
  tidy(): Promise<void>;
  /** Milliseconds since the epoch by the database's clock. */
  databaseTime(): Promise<number>;
}

/** What the runs of a task are made of. */
export interface TaskMaking {
  readonly plan: StoredMaking;
  /** JSON text of the input of each run. */
  readonly input: string;
  readonly probe?: { readonly plan: StoredMaking; readonly input: string };
  /** Its runs are phased, of the profile of this name. */
  readonly profile?: string;
}
interface StoredMaking {
  readonly hash: string;
  readonly document: string;
  readonly nodeCount: number;
}

export interface NewTask {
  readonly taskId: string;
  readonly owner: string;
  readonly definition: TaskDefinition;
  readonly payload: TaskPayload;
  readonly making: TaskMaking;
  /** The moment from which its schedule was read, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly standing: Pick<TaskStanding, 'status' | 'tickAt' | 'dueAt'>;
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  readonly audit: AuditEntry;
}

/** A change that somebody asks for: the next turn of the task, and what it says from then on. */
export interface TaskChange extends TaskTurn {
  readonly content?: {
    readonly definition: TaskDefinition;
    readonly payload: TaskPayload;
    readonly making: TaskMaking;
  };
  /** Its queue is emptied: what waits is skipped. */
  readonly dropQueue?: boolean;
  readonly remove?: boolean;
  /** Remembers that this was done: under the first run that it has made, else under the task. */
  readonly idempotency?: {
    readonly owner: string;
    readonly key: string;
    readonly requestHash: Uint8Array;
  };
  readonly audit: AuditEntry;
}
/** `moved`: the task has had another turn; read it again. */
export type TaskChangeResult = TakenTurn | 'moved' | 'missing';

/** Where a task stands in either order. */
export interface TaskKey {
  readonly dueAt: number;
  readonly taskId: string;
}

export interface TaskFilter {
  readonly status?: TaskStatus;
  readonly scheduleKind?: ScheduleKind;
  readonly createdBy?: string;
  readonly title?: string;
  readonly titlePrefix?: string;
  readonly concurrencyKey?: string;
  /** Whether the last of its runs that is over has failed. */
  readonly failing?: boolean;
}

/** A firing as it was written down, or as it waits. */
export interface FiringRecord
  extends Pick<Firing, 'key' | 'at' | 'tick' | 'dueAt' | 'origin' | 'outcome' | 'reason'> {
  readonly taskId: string;
  readonly runId: string | null;
  readonly eventId: string | null;
  readonly recordedAt: number;
}
export interface FiringKey {
  readonly at: number;
  readonly key: string;
}
export interface FiringFilter {
  readonly outcome?: FiringOutcome;
  readonly from?: number;
  readonly to?: number;
}

/** An event, as far as a firing needs it. */
export interface FiringEvent {
  readonly eventId: string;
  /** When it was published, in milliseconds since the epoch: the same each time it is told. */
  readonly at: number;
  /** JSON text: `event` in the expressions of the run. */
  readonly event: string;
}
/** Events that a task is to be fired for, once: one, or those that were gathered. Oldest first. */
export interface EventFiring {
  readonly taskId: string;
  readonly events: readonly FiringEvent[];
}
/**
 * What came of it, the newest of its events standing for the others. `known`: it was told before.
 * `inactive`: the task is over, or its condition has not turned true.
 */
export type EventFired = FiringOutcome | 'known' | 'inactive';

/** One of the last runs of a task. */
export interface TaskRun {
  readonly taskId: string;
  readonly runId: string;
  readonly status: RunStatus;
}

/** What the API asks of the store about tasks; throws as {@link JobStore} does. */
export interface TaskStore {
  create(task: NewTask): Promise<'created' | 'duplicate'>;
  find(access: Access, taskId: string): Promise<TaskRecord | undefined>;
  list(
    access: Access,
    wanted: { readonly filter: TaskFilter; readonly order: TaskOrder },
    page: PageRequest<TaskKey>,
  ): Promise<Page<TaskRecord>>;
  /** The last runs of each of the tasks, newest first; of tasks that the caller has found. */
  lastRuns(taskIds: readonly string[], most: number): Promise<readonly TaskRun[]>;
  change(access: Access, change: TaskChange): Promise<TaskChangeResult>;
  /** Newest first; what waits stands among them. */
  firings(
    access: Access,
    of: { readonly taskId: string } & FiringFilter,
    page: PageRequest<FiringKey>,
  ): Promise<Page<FiringRecord>>;
  /** Firings that a pause has swallowed since some moment, oldest first. */
  missed(access: Access, of: { taskId: string; since: number; most: number }): Promise<number[]>;
  /** Milliseconds since the epoch by the database's clock. */
  now(): Promise<number>;
}
