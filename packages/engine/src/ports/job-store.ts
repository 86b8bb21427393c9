import type {
  AttemptKind,
  AttemptStatus,
  Json,
  JsonObject,
  RunKind,
  RunStatus,
  UsedRetryPolicy,
  WaitingFor,
} from '@tenuto/contract';
import type { PhasedInput } from '../plan/phased-input.ts';
import type { RunJournal, StartedAttempt } from '../run/journal-entry.ts';
import type { AuditEntry, RunCounts, RunInput } from './engine-api.ts';
import type { InboxBody, InboxType } from './inbox.ts';

/**
 * Whose data a request may reach. Everything that reads or changes by id takes it, so that
 * forgetting the owner does not compile; what belongs to somebody else is simply not there.
 */
export interface Access {
  readonly owner: string;
  /** True for administrators: the owner is then no limit. */
  readonly all: boolean;
  /** Other owners whose things are reached like one's own: teams. */
  readonly shared?: readonly string[];
}

/** What a run was given, and what the API tells about it later. */
export interface StoredInput extends RunInput {
  /** The job's own `max_retries`; absent on runs that were not submitted as jobs. */
  readonly maxRetries?: number;
  /** The stored retry policies that it uses, in the versions that were in force. */
  readonly retryPolicies?: readonly UsedRetryPolicy[];
  /** How many runs stand above it that have started each other; none when absent. */
  readonly depth?: number;
  /** Of a run of a profile. */
  readonly phased?: PhasedInput;
  /** The run that it is a fork of. */
  readonly forkedFrom?: ForkedFrom;
}

/** Where a fork comes from. */
export interface ForkedFrom {
  readonly runId: string;
  /** The node that it began at; null when it runs all of them. */
  readonly node: string | null;
  /** How many attempts it began with. */
  readonly taken: number;
}

/** A run as its row says; its owner may know more (see `Engine.live`). Times are epoch ms. */
export interface RunRecord {
  readonly runId: string;
  readonly planHash: string;
  readonly kind: RunKind;
  /** The task that has made it. */
  readonly taskId: string | null;
  readonly owner: string;
  readonly name: string;
  readonly jobType: string;
  readonly description: string | null;
  readonly priority: number;
  readonly triggeredBy: string;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
  readonly input: StoredInput;
  /** Nodes of its plan; `for_each` may make more of them. */
  readonly nodeCount: number;
  readonly createdAt: number;
  readonly scheduledAt: number | null;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly status: RunStatus;
  readonly progress: RunProgress | null;
  /** A cancel is in its inbox. */
  readonly cancelling: boolean;
  readonly version: number;
  /** It stands in the history: nothing runs any more. */
  readonly over: boolean;
}

/** What an engine writes about a run now and then, and at its end. */
export interface RunProgress {
  readonly counts?: RunCounts;
  readonly current?: readonly string[];
  /** Attempts beyond the first of each node. */
  readonly retries?: number;
  /** Phases that wait to be told to go on. */
  readonly next?: readonly string[];
  readonly error?: JsonObject;
}

/** Which runs a list shows; everything given must hold. */
export interface RunFilter {
  /** Jobs when absent. */
  readonly kind?: RunKind | 'any';
  readonly taskId?: string;
  /** Only these. */
  readonly runIds?: readonly string[];
  /** Only what goes on, and cannot until somebody does something. */
  readonly waitingFor?: WaitingFor;
  readonly statuses?: readonly RunStatus[];
  /** Created at or after, in milliseconds since the epoch. */
  readonly createdFrom?: number;
  /** Created before. */
  readonly createdBefore?: number;
  /** Only what began at this time or later. */
  readonly startedFrom?: number;
  /** Only what was over by this time. */
  readonly endedBy?: number;
  readonly jobType?: string;
  readonly tag?: string;
  readonly name?: string;
  readonly namePrefix?: string;
  /** Top-level metadata values; each matches the text, and the JSON value that it spells. */
  readonly metadata?: readonly (readonly [key: string, value: string])[];
}

/** `after` is the cursor of the page before: an opaque key of its last item. */
export interface PageRequest<Key> {
  readonly limit: number;
  readonly offset: number;
  readonly after?: Key;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly totalIsEstimate: boolean;
  readonly hasMore: boolean;
}

export interface AttemptRecord {
  readonly node: number;
  readonly attempt: number;
  readonly generation: number;
  readonly kind: AttemptKind;
  readonly status: AttemptStatus;
  readonly output: Json;
  readonly error: JsonObject | null;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly retryAt: number | null;
}
/** An attempt that has ended, without what came of it. Times are epoch ms. */
export interface AttemptTime {
  readonly seq: number;
  readonly node: number;
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface AttemptKey {
  readonly node: number;
  readonly attempt: number;
}

export interface LogRecord {
  readonly attempt: number;
  readonly seq: number;
  readonly at: number;
  readonly stream: string;
  readonly text: string;
}
/** Which lines of a node are read; all of them without any. */
export interface LogFilter {
  readonly attempt?: number | undefined;
  /** The lowest `seq`. */
  readonly from?: number | undefined;
  readonly stream?: string | undefined;
  /** Only lines that hold it, whatever its case. */
  readonly text?: string | undefined;
  readonly newestFirst?: boolean | undefined;
}

export interface LogKey {
  readonly attempt: number;
  readonly seq: number;
}

export interface EventRecord {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly body: JsonObject;
}

/** What the attempts of one node come to, in the generation of the last that has ended. */
export interface NodeRecord {
  readonly generation: number;
  /** Start of the first attempt, end of the last one that has ended. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** The attempts together, in milliseconds. */
  readonly durationMs: number;
  /** Of the last attempt that has ended. */
  readonly output: Json;
  readonly error: JsonObject | null;
}

export interface CancelRequest {
  readonly runId: string;
  readonly mode: 'graceful' | 'immediate';
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly reason?: string;
  readonly audit: AuditEntry;
  /** The abort of a run that is over is the action of a recovery, whose session has this id. */
  readonly recovery?: { readonly session: string; readonly reason: string };
}
/**
 * `asked`: the owner finds it in the run's inbox. `aborted`: a failed or timed-out run is final
 * now. `final`: it had ended before. `stale`: the version is another one by now. `missing`: not
 * there for this access.
 */
export type CancelResult = 'asked' | 'aborted' | 'final' | 'stale' | 'missing';

export interface RunEdit {
  readonly runId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly priority?: number;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  /** Milliseconds since the epoch; null means at once. */
  readonly scheduledAt?: number | null;
  readonly audit: AuditEntry;
}
/** `started`: the run has started or is over. `stale`: the version is another one by now. */
export type EditResult = 'edited' | 'started' | 'stale' | 'missing';

/** What a run can be told from outside, and what the message says; see {@link InboxBody}. */
export interface RunMessage<Type extends InboxType = InboxType> {
  readonly runId: string;
  readonly type: Type;
  readonly body: InboxBody[Type];
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}
/** `told`: the owner finds it in the run's inbox. `over`: the run has ended. */
export type TellResult = 'told' | 'over' | 'stale' | 'missing';

/** A run that has failed or timed out and is taken up again. */
export interface Reopening extends RunMessage<'retry' | 'recover'> {
  readonly status: 'retrying' | 'recovering';
}
/** `live`: it is not over. `final`: nothing leads back from its end. */
export type ReopenResult = 'reopened' | 'live' | 'final' | 'stale' | 'missing';

/** A run that has not started is held back, or let go again. */
export interface Hold {
  readonly runId: string;
  readonly held: boolean;
  readonly version?: number;
  readonly reason?: string;
  readonly audit: AuditEntry;
}
/** `started`: it has started: tell it. `unchanged`: it is not held, or held already. */
export type HoldResult = 'changed' | 'unchanged' | 'started' | 'stale' | 'missing';

/** What must be known of a run to do something to it. */
export interface RunSummary {
  readonly runId: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly version: number;
  /** It has been claimed once. */
  readonly started: boolean;
  readonly over: boolean;
  /** The kinds of messages that its owner has yet to hear. */
  readonly told: readonly InboxType[];
}

/** Where a run that is not over stands: who has it, or how far it is from being claimed. */
export interface RunStanding {
  readonly engine: {
    readonly engineId: string;
    readonly name: string;
    /** Its fences stand; one that has died loses them a lease later. */
    readonly alive: boolean;
  } | null;
  /** Engines whose fences stand. */
  readonly engines: number;
  /** Runs of the same owner that are claimed before it; counted up to 1,000. */
  readonly ahead: number;
  /** The messages that its owner has yet to hear, in their order. */
  readonly told: readonly InboxType[];
  /** When it is looked at next, in milliseconds since the epoch; null when only news wakes it. */
  readonly wakeAt: number | null;
  /** Attempts that have been going on for some seconds. */
  readonly started: readonly StartedAttempt[];
}

/**
 * What the API asks of the store, in verbs of the domain. Every function throws
 * OrchestrationError `store_unavailable` when the database is away, and `overloaded` when a
 * statement took longer than it may.
 */
export interface JobStore {
  find(access: Access, runId: string): Promise<RunRecord | undefined>;
  list(access: Access, filter: RunFilter, page: PageRequest<string>): Promise<Page<RunRecord>>;
  /** The runs that a list shows, in its order, without what only a list shows. */
  matching(
    access: Access,
    filter: RunFilter,
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<readonly RunSummary[]>;
  /** Undefined when the run is over or not there. */
  standing(access: Access, runId: string): Promise<RunStanding | undefined>;
  /** What an idempotency key was used for, if it was within its life. */
  submission(
    owner: string,
    key: string,
  ): Promise<{ readonly runId: string; readonly requestHash: Uint8Array } | undefined>;
  /** Writes the wish and its audit row in one statement; the owner carries it out. */
  cancel(access: Access, request: CancelRequest): Promise<CancelResult>;
  edit(access: Access, edit: RunEdit): Promise<EditResult>;
  /** Puts a message into the inbox of a run that is not over, with its audit row. */
  tell(access: Access, message: RunMessage): Promise<TellResult>;
  /** Whether a message has been taken out of the run's inbox by its owner. */
  heard(access: Access, runId: string): Promise<boolean>;
  /**
   * Moves a failed or timed-out run back from the history, with the message that says what is to
   * become of it, the transition and the audit row, in one statement; any engine claims it.
   */
  reopen(access: Access, reopening: Reopening): Promise<ReopenResult>;
  /** Pauses a run that has not started, or takes that back; with the transition and the audit row. */
  hold(access: Access, hold: Hold): Promise<HoldResult>;
  /** All that happened to the run, for replay. */
  journal(access: Access, runId: string): Promise<RunJournal | undefined>;
  /** The canonical JSON of a run's plan. */
  planDocument(access: Access, runId: string): Promise<string | undefined>;
  /** By node and attempt. */
  attempts(
    access: Access,
    of: { readonly runId: string; readonly node?: number },
    page: PageRequest<AttemptKey>,
  ): Promise<Page<AttemptRecord>>;
  /** When attempts that have ended since a line of the journal began and ended, by that line. */
  attemptTimes(
    access: Access,
    of: { readonly runId: string; readonly after: number; readonly limit: number },
  ): Promise<readonly AttemptTime[]>;
  /** Attempts that go on, where that is written down. */
  started(access: Access, runId: string): Promise<readonly StartedAttempt[]>;
  /** Some nodes, by index; one of which no attempt has ended is absent. */
  nodes(
    access: Access,
    of: { readonly runId: string; readonly nodes: readonly number[] },
  ): Promise<ReadonlyMap<number, NodeRecord>>;
  /** Oldest first, unless asked otherwise. */
  logs(
    access: Access,
    of: LogFilter & { readonly runId: string; readonly node: number },
    page: PageRequest<LogKey>,
  ): Promise<Page<LogRecord>>;
  /** What happened to the run besides attempts, oldest first; only the types asked for. */
  events(access: Access, runId: string, types: readonly string[]): Promise<readonly EventRecord[]>;
  /** Answers when the database does. */
  ping(): Promise<void>;
}
